import type { KeyRecord } from '../../../issuers/port.ts';
import type { SecretValue } from '../../../key/secret-value.ts';

/** A key in hand. */
export interface HeldKey {
  readonly record: KeyRecord;
  readonly key: SecretValue;
}
