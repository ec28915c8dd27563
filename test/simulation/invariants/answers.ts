import { fingerprint } from '../../../src/key/fingerprint.ts';
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
  return name === 'kube GET secrets' ? decodeSecret(value as Secret).fields : undefined;
}

/** Whether it is the answer to a read of this target, whatever stands there. */
export function isLookAt({ call }: EntryOf<'Answered'>, path: string): boolean {
  return call.detail === path && (call.name === 'store read' || call.name === 'kube GET secrets');
}
