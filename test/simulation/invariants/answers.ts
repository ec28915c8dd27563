import { fingerprint } from '../../../src/key/fingerprint.ts';
import { toStoredValue } from '../../../src/stores/aws/aws-values.ts';
import type { SecretVersion } from '../../../src/stores/aws/secrets-client.ts';
import { decodeSecret, type Secret } from '../../../src/stores/kubernetes/secret-data.ts';
import type { StoredValue } from '../../../src/stores/port.ts';
import type { EntryOf } from '../ledger/ledger.ts';

/** What a read of this target answered; undefined where the answer is not one of it, or says that nothing stands there. */
export function servedBy(
  { call, value }: EntryOf<'Answered'>,
  path: string,
): { readonly fingerprint: string } | undefined {
  if (call.detail !== path || value === undefined) return undefined;
  const fields = fieldsIn(call.name, value);
  return fields?.key && { fingerprint: fingerprint(fields.key) };
}

function fieldsIn(name: string, value: unknown): StoredValue['fields'] | undefined {
  if (name === 'store read') return (value as StoredValue).fields;
  if (name === 'store served') return toStoredValue(name, value as SecretVersion).fields;
  return name === 'kube GET secrets' ? decodeSecret(value as Secret).fields : undefined;
}

/** Whether it is the answer to a read of this target, whatever stands there. */
export function isLookAt({ call }: EntryOf<'Answered'>, path: string): boolean {
  return call.detail === path && LOOKS.has(call.name);
}

/** A description tells which version is served, or that none is. */
const LOOKS: ReadonlySet<string> = new Set(['store read', 'store describe', 'kube GET secrets']);
