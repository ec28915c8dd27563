import type { ServerResponse } from 'node:http';
import { type FieldError, forbidden, invalid, notSupported, tooLong } from '../engine/field-error.ts';
import { asArray, asString, dig, type Json } from '../engine/json.ts';
import { badRequest, invalidOptions } from '../engine/status.ts';
import type { DeleteOptions } from '../engine/storage/deletion.ts';
import type { ListQuery } from '../engine/storage/listing.ts';
import type { WriteOptions } from '../engine/writes/write-request.ts';
import type { Target } from './route.ts';

const validations = ['', 'Ignore', 'Strict', 'Warn'];
const policies = ['Background', 'Foreground', 'Orphan'] as const;

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (!/^-?\d*$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text) > 0 ? Number(text) : undefined;
}

/** What a LIST or WATCH asks for. Throws 400. */
export function listQuery(query: URLSearchParams, target: Target): ListQuery {
  const text = (name: string) => query.get(name) ?? undefined;
  const byName = target.name === undefined ? undefined : `metadata.name=${target.name}`;
  return {
    labelSelector: text('labelSelector'),
    fieldSelector: [text('fieldSelector'), byName].filter(Boolean).join(',') || undefined,
    limit: integer(query, 'limit'),
    continue: text('continue'),
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch'),
  };
}

function dryRunErrors(values: string[]): FieldError[] {
  return values.some((value) => value !== 'All') ? [notSupported('dryRun', values, ['All'])] : [];
}

function dryRunsOf(query: URLSearchParams): string[] {
  return query.getAll('dryRun').filter((value) => value !== '');
}

/** What is wrong with the options that all writes share. */
export function optionErrors(query: URLSearchParams): FieldError[] {
  const given = query.get('fieldValidation') ?? '';
  const manager = query.get('fieldManager') ?? '';
  const errors = dryRunErrors(dryRunsOf(query));
  if (manager.length > 128) errors.push(tooLong('fieldManager', 128));
  if (!validations.includes(given)) errors.push(notSupported('fieldValidation', given, validations));
  return errors;
}

/** What a CREATE, UPDATE or PATCH asks for. @param kind of the options, as refusals name it. Throws 422. */
export function writeOptions(query: URLSearchParams, response: ServerResponse, kind: string): WriteOptions {
  const given = query.get('fieldValidation');
  const errors = optionErrors(query);
  if (kind === 'PatchOptions' && query.has('force')) {
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (errors.length > 0) throw invalidOptions(kind, errors);
  const fieldValidation = given === 'Strict' || given === 'Ignore' ? given : 'Warn';
  const warn = (message: string) => response.appendHeader('Warning', `299 - "${message.replace(/["\\]/g, '\\$&')}"`);
  return { fieldValidation, warn, dryRun: dryRunsOf(query).length > 0 };
}

/** What a DELETE asks for, in its query or body. Throws 422. */
export function deleteOptions(query: URLSearchParams, body: Json): DeleteOptions {
  integer(query, 'gracePeriodSeconds');
  const text = (...path: string[]) => asString(dig(body, ...path)) || undefined;
  const dryRuns = [...dryRunsOf(query), ...asArray(dig(body, 'dryRun')).map(asString)];
  const errors = dryRunErrors(dryRuns);
  const orphan =
    dig(body, 'orphanDependents') ??
    (query.has('orphanDependents') ? query.get('orphanDependents') === 'true' : undefined);
  const asked = query.get('propagationPolicy') ?? text('propagationPolicy');
  const propagationPolicy = policies.find((policy) => policy === asked);
  if (asked !== undefined && propagationPolicy === undefined) {
    errors.push(notSupported('propagationPolicy', asked, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  if (asked !== undefined && typeof orphan === 'boolean') {
    errors.push(invalid('propagationPolicy', asked, 'orphanDependents and deletionPropagation cannot be both set'));
  }
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors);
  return {
    preconditions: { uid: text('preconditions', 'uid'), resourceVersion: text('preconditions', 'resourceVersion') },
    propagationPolicy: typeof orphan === 'boolean' ? (orphan ? 'Orphan' : 'Background') : propagationPolicy,
    dryRun: dryRuns.length > 0,
  };
}
