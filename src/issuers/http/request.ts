import { CallError } from '../../http/call-error.ts';
import type { HttpRequest } from '../../http/client.ts';
import type { DeclaredRequest } from './declaration.ts';
import { fill, fillJson, UnfitValueError, ValueMissingError, type Values } from './template.ts';

/** The request that a declaration and the values of one call make. Throws CallError where they make none. */
export function makeRequest(
  declared: DeclaredRequest,
  values: Values,
  { peer, operation }: { readonly peer: string; readonly operation: string },
): HttpRequest {
  try {
    const { method, query, headers, body, form } = declared;
    return {
      method,
      operation,
      path: pathOf(declared.path, values),
      ...(query && { query: fillAll(query, values) }),
      ...(headers && { headers: headersOf(headers, values) }),
      ...(body && { body: fillJson(body, values) }),
      ...(form && { form: fillAll(form, values) }),
    };
  } catch (error) {
    if (error instanceof ValueMissingError) throw missing(error.missing, peer, operation);
    if (error instanceof UnfitValueError) throw unfit(error, peer, operation);
    throw error;
  }
}

/** A value is one segment or a part of one: a slash in it is encoded, and no segment may lead upwards or vanish. */
function pathOf(template: string, values: Values): string {
  const path = fill(template, values, encodeURIComponent);
  const [, ...segments] = path.replace(/\/$/, '').split('/');
  if (segments.every((segment) => !/^(\.|%2e){0,2}$/i.test(segment))) return path;
  throw new UnfitValueError('a segment of its path is empty or leads upwards');
}

function headersOf(templates: Readonly<Record<string, string>>, values: Values): Record<string, string> {
  const filled = Object.entries(fillAll(templates, values));
  if (filled.every(([, text]) => /^[\x20-\x7e]*$/.test(text)))
    return Object.fromEntries(filled.map(([name, text]) => [name.toLowerCase(), text]));
  throw new UnfitValueError('a header of it has characters that no header has');
}

function fillAll(templates: Readonly<Record<string, string>>, values: Values): Record<string, string> {
  return Object.fromEntries(Object.entries(templates).map(([name, text]) => [name, fill(text, values)]));
}

function missing(name: string, peer: string, operation: string): CallError {
  const field = name === 'organization' ? 'spec.key.organization' : `spec.key ${name}`;
  const message = `${peer} needs {{${name}}} to ${operation}: set ${field} of the ApiKeyRotation`;
  return new CallError('refused', 'InvalidParameters', message);
}

function unfit({ message: why }: UnfitValueError, peer: string, operation: string): CallError {
  const message = `the request to ${operation} at ${peer} cannot be made: ${why}; correct spec.key of the ApiKeyRotation`;
  return new CallError('refused', 'InvalidParameters', message);
}
