import type { StoredValue } from '../../../src/stores/port.ts';
import type { Value } from '../ledger/ledger.ts';

/** What a store shows those who read there. */
export function shownValue({ version, fields, marker }: StoredValue): Value {
  return { version, text: fields.key?.reveal(), previous: fields.previous?.reveal(), marker };
}
