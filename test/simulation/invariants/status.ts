import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { givesAway } from '../kernel/telltale.ts';
import { type EntryOf, OUTSIDE } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { committedIn, isAfter, isOurs } from './reading.ts';
import { leftTraces } from './restoring.ts';

/** S6: no blind write. */
export const compareAndSet: Invariant = {
  id: 'S6',
  on: ['StatusWritten'],
  says: 'every status write is a compare-and-set on the version it was decided from',
  broken(entry) {
    if (entry.type !== 'StatusWritten' || !isOurs(entry) || entry.guarded) return undefined;
    return 'a status was written without a resourceVersion';
  },
};

/** S12: a newer protocol is left alone. */
export const handsOff: Invariant = {
  id: 'S12',
  on: ['Issued', 'Died', 'TargetWritten', 'StatusWritten'],
  says: 'unknown phase, field or protocol number: no effect',
  broken(entry, ledger) {
    const isEffect = ['Issued', 'Died', 'TargetWritten', 'StatusWritten'].includes(entry.type);
    if (!isEffect || !isOurs(entry)) return undefined;
    const object = entry.type === 'StatusWritten' ? entry.before : ledger.rotation;
    const protocol = object?.status?.protocol ?? 1;
    return protocol > 1 ? `${entry.type} although protocol ${protocol} is not ours` : undefined;
  },
};

/** S13: revisions only grow. */
export const monotonic: Invariant = {
  id: 'S13',
  on: ['StatusWritten'],
  says: 'revision and attempt never decrease',
  broken(entry) {
    if (entry.type !== 'StatusWritten' || !isOurs(entry)) return undefined;
    const [was, is] = [committedIn(entry.before), committedIn(entry.after)];
    return isAfter(was, is) ? `${was.revision}.${was.attempt} became ${is.revision}.${is.attempt}` : undefined;
  },
};

/**
 * S13, second half: where somebody put a status from the past in place, no attempt is begun a second time of which there was a trace
 * when its process looked. What a person accepts may be the highest that was seen.
 */
export const pastIsDetected: Invariant = {
  id: 'S13',
  on: ['StatusWritten'],
  says: 'the past is detected: no attempt is committed that was committed before a status was restored',
  broken(entry, ledger) {
    if (
      entry.type !== 'StatusWritten' ||
      !isOurs(entry) ||
      !isAfter(committedIn(entry.after), committedIn(entry.before))
    )
      return undefined;
    const isRestored = ({ by, before, after }: EntryOf<'StatusWritten'>) =>
      by === OUTSIDE &&
      after.metadata.uid === entry.after.metadata.uid &&
      isAfter(committedIn(before), committedIn(after));
    const accepted = ({ status }: ApiKeyRotation) => status?.lastHandled?.acceptState;
    if (accepted(entry.before) !== accepted(entry.after)) return undefined;
    // A restore takes several attempts away one by one: the highest of them is what was lost.
    const [lost] = ledger
      .all('StatusWritten')
      .filter(isRestored)
      .map(({ before }) => committedIn(before))
      .sort((one, other) => (isAfter(one, other) ? -1 : 1));
    if (!lost) return undefined;
    const { revision, attempt } = committedIn(entry.after);
    return isAfter({ revision, attempt }, lost) || !leftTraces(entry, ledger)
      ? undefined
      : `${revision}.${attempt} was begun although ${lost.revision}.${lost.attempt} had been committed`;
  },
};

/** S9: plaintext nowhere but at the issuer, in memory and in requests to stores. */
export const noPlaintext: Invariant = {
  id: 'S9',
  on: ['Said'],
  says: 'plaintext never in status, events, logs of any level, reports or error messages: no dozen letters of it, encoded or not',
  broken(entry) {
    if (entry.type !== 'Said') return undefined;
    return hasKeyText(entry.what, entry.instead) ? `key text stands in ${entry.where}` : undefined;
  },
};

/** Whether key text stands in it; `searched`: what stood there before, and is known to be free of it. */
function hasKeyText(value: unknown, searched?: unknown): boolean {
  if (value === searched) return false;
  if (typeof value === 'string') return givesAway(value);
  if (typeof value !== 'object' || value === null) return false;
  // An error with all that it says, as the worst of serializers would show it.
  if (value instanceof Error) return [value.message, value.stack, value.cause].some((part) => hasKeyText(part));
  const known = partsOf(searched);
  for (const [name, part] of Object.entries(value)) {
    const before = known[name];
    if (part !== before && (givesAway(name) || hasKeyText(part, before))) return true;
  }
  return false;
}

/** A status shares most of its parts with the one before it. */
function partsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : NOTHING;
}

const NOTHING = {};
