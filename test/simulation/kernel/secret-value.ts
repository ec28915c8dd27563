import { decodeSecret, type Secret } from '../../../src/stores/kubernetes/secret-data.ts';
import type { Value } from '../ledger/ledger.ts';
import type { Stored } from './kube-storage.ts';

/** What a Secret serves its readers. */
export function secretValue(object: Stored): Value {
  const { fields, marker } = decodeSecret(object as Secret);
  const texts = Object.values(fields).map((field) => field.reveal());
  return { version: object.metadata.resourceVersion ?? '', text: fields.key?.reveal(), marker, texts };
}
