import { parseDuration } from '../../api/duration.ts';
import { CallError } from '../../http/call-error.ts';
import { type AttemptId, formatAttemptId } from '../../key/attempt-id.ts';
import { discloses, looksSwapped } from '../../key/disclosure.ts';
import { isTooShort, MIN_KEY_LENGTH } from '../../key/fingerprint.ts';
import { SecretValue } from '../../key/secret-value.ts';
import { matchesPattern } from '../pattern.ts';
import type { IssueResult, KeyRecord, KeySpec } from '../port.ts';
import type { DeclaredKey, HttpDeclaration } from './declaration.ts';
import { writeLabel } from './label.ts';
import { pointTo } from './pointer.ts';
import { readKeyID, readTimes } from './record.ts';
import type { Values } from './template.ts';

/** What the names in an issue request stand for. `now`: wall-clock milliseconds. */
export function issueValues(
  { lifetime, key }: HttpDeclaration,
  attempt: AttemptId,
  spec: KeySpec,
  now: number,
): Values {
  const { member } = key.permissions;
  const permissions = member === undefined ? spec.permissions : spec.permissions.map((each) => ({ [member]: each }));
  const lifetimeMs = lifetime === undefined ? undefined : parseDuration(lifetime);
  const lifetimeSeconds = lifetimeMs === undefined ? undefined : Math.floor(lifetimeMs / 1_000);
  return {
    texts: {
      attemptID: formatAttemptId(attempt),
      label: writeLabel(attempt, key.labelSeparator ?? '/'),
      organization: spec.organization,
      ...(lifetimeMs === undefined ? {} : expiry(now + lifetimeMs)),
      lifetimeSeconds: lifetimeSeconds?.toString(),
    },
    wholes: { permissions, ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }) },
  };
}

/** As vendors want it: a time without fractions of a second, or a date. */
function expiry(at: number): { readonly expiresAt: string; readonly expiresOn: string } {
  const text = new Date(at).toISOString();
  return { expiresAt: `${text.slice(0, 19)}Z`, expiresOn: text.slice(0, 10) };
}

/** Refuses what no key of this vendor could be seen to have, before one is made. */
export function checkOffered({ key }: HttpDeclaration, { permissions, organization }: KeySpec, name: string): void {
  const { all } = key.permissions;
  if (all !== undefined && permissionText(all) !== permissionText(permissions)) {
    const message = `${name} gives every key the permissions [${all.join(', ')}]: spec.key.permissions of the ApiKeyRotation must be these`;
    throw new CallError('refused', 'PermissionsNotOffered', message);
  }
  if (organization === undefined || key.organization !== undefined) return;
  const remedy =
    'leave spec.key.organization of the ApiKeyRotation away, or let spec.http.key.organization of the issuer say';
  throw new CallError('refused', 'InvalidParameters', `${name} does not tell the organization of a key; ${remedy}`);
}

function permissionText(permissions: readonly string[]): string {
  return [...permissions].sort().join(' ');
}

/** Where there is no id, or the key in its place. */
export const NO_ID = 'it does not have the id of the key where spec.http.key.keyID says';
const MAYBE_SWAPPED =
  'what stands where spec.http.key.keyID says is as long as the key, and may be its text; correct keyID and spec.http.issue.key, or say in spec.http.key.keyIDPattern what ids look like';

/**
 * The key in an answer to an issue request; undefined where its id is not there, `Disclosing` where what stands there may be the key
 * itself. Label and permissions are what was asked for: the verification that follows sees whether they are so.
 */
export function readIssued(
  { issue, key: described }: HttpDeclaration,
  environment: string,
  attempt: AttemptId,
  { permissions }: KeySpec,
  body: unknown,
): IssueResult | { readonly type: 'Disclosing'; readonly why: string } | undefined {
  const told = pointTo(body, issue.record ?? '');
  const keyID = readKeyID(told, described);
  if (keyID === undefined) return undefined;
  const text = pointTo(body, issue.key);
  if (typeof text !== 'string') return { type: 'Replayed', keyID };
  const key = new SecretValue(text);
  if (discloses(keyID, key)) return { type: 'Disclosing', why: NO_ID };
  if (mayBeSwapped(described, keyID, key)) return { type: 'Disclosing', why: MAYBE_SWAPPED };
  const label = formatAttemptId(attempt);
  const record: KeyRecord = { keyID, environment, permissions, status: 'Active', label, ...readTimes(described, told) };
  if (!isTooShort(key)) return { type: 'Issued', record, key };
  const problem = `key ${keyID} has fewer than ${MIN_KEY_LENGTH} characters, which cannot be handled safely`;
  return { type: 'Unusable', record, problem };
}

/** What ids look like tells an id from a key that looks otherwise; else only their lengths do. */
function mayBeSwapped({ keyIDPattern }: DeclaredKey, keyID: string, key: SecretValue): boolean {
  const isTold = keyIDPattern !== undefined && !matchesPattern(keyIDPattern, key.reveal());
  return !isTold && looksSwapped(keyID, key);
}
