import { decodeSecret, type Secret } from '../../../src/stores/kubernetes/secret-data.ts';
import type { Value } from '../ledger/ledger.ts';
import type { Stored } from './kube-storage.ts';
import { shownValue } from './shown-value.ts';

/** What a Secret serves its readers. */
export function secretValue(object: Stored): Value {
  const decoded = decodeSecret(object as Secret);
  const shown = shownValue({ version: object.metadata.resourceVersion ?? '', ...decoded });
  return { ...shown, texts: Object.values(decoded.fields).map((field) => field.reveal()) };
}
