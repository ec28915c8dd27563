import type { Entry, Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';

/** Tries of a deletion end after ten minutes; a process may stand still for two, be cut off for three, and rest for five. */
const BOUND_MS = 20 * 60_000;

/** L3: nothing keeps an object for ever. */
export const deletionEnds: Invariant = {
  id: 'L3',
  on: ['ObjectWritten'],
  says: 'a deletion ends within its bound, whatever does not answer',
  broken(entry, ledger) {
    const deletedAt = isRotation(entry) && !entry.after ? deletionOf(ledger) : undefined;
    if (deletedAt === undefined || entry.at - deletedAt <= BOUND_MS) return undefined;
    return `the deletion took ${Math.round((entry.at - deletedAt) / 1_000)} s`;
  },
};

function isRotation(entry: Entry): entry is Extract<Entry, { type: 'ObjectWritten' }> {
  return entry.type === 'ObjectWritten';
}

/** When the object that is gone was asked to go. */
function deletionOf(ledger: Ledger): number | undefined {
  const asked = ledger.last(
    'ObjectWritten',
    ({ before, after }) => !before?.metadata.deletionTimestamp && after?.metadata.deletionTimestamp !== undefined,
  );
  return asked?.at;
}
