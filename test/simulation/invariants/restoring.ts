import type { AttemptId } from '../../../src/key/attempt-id.ts';
import type { Call } from '../kernel/faults.ts';
import type { Entry, EntryOf, Ledger } from '../ledger/ledger.ts';
import { attemptOf, committedIn, isAfter, isOf, isOurs, ownerIn } from './reading.ts';

/** What was decided from may have been seen so long before. */
const LOOKED_WITHIN_MS = 60_000;

/**
 * Whether the attempt that `begin` commits, or a later one, had come to a key or a marker before the process that began it looked for
 * the last time: a restore had taken it away from the status alone.
 */
export function leftTraces(begin: EntryOf<'StatusWritten'>, ledger: Ledger): boolean {
  const owner = ownerIn(begin.after, ledger);
  const ordinal = committedIn(begin.after);
  const isNotBelow = (trace: AttemptId | undefined) =>
    trace !== undefined && isOf(trace, owner) && !isAfter(ordinal, trace);
  const before = ledger.entries.slice(0, ledger.entries.indexOf(begin));
  return (
    seenIn(before, begin, isList).some((entry) => entry.type === 'Issued' && isNotBelow(attemptOf(entry.key, owner))) ||
    seenIn(before, begin, isRead).some((entry) => entry.type === 'TargetWritten' && isNotBelow(entry.after?.marker))
  );
}

/**
 * How often an attempt was rightly begun: more than once only where a restore took its intent away and nothing of it was to be seen. A
 * call that was under way then makes a key that nobody will publish.
 */
export function timesBegun({ uid, ...ordinal }: AttemptId, ledger: Ledger): number {
  const isBegin = ({ before, after }: EntryOf<'StatusWritten'>) =>
    after.metadata.uid === uid &&
    !isAfter(ordinal, committedIn(after)) &&
    !isAfter(committedIn(after), ordinal) &&
    isAfter(committedIn(after), committedIn(before));
  const begins = ledger.all('StatusWritten').filter((entry) => isOurs(entry) && isBegin(entry));
  return begins.filter((begin, index) => index === 0 || !leftTraces(begin, ledger)).length;
}

/** What a process could see when it looked for the last time; all that there was, if it did not look. */
function seenIn(before: readonly Entry[], { by, at }: Entry, isLook: (call: Call) => boolean): readonly Entry[] {
  const look = before.findLastIndex(
    (entry) => entry.type === 'Answered' && entry.by === by && entry.at > at - LOOKED_WITHIN_MS && isLook(entry.call),
  );
  return look === -1 ? before : before.slice(0, look);
}

function isList({ name }: Call): boolean {
  return name === 'issuer list';
}

function isRead({ name }: Call): boolean {
  return name === 'store read' || name === 'kube GET secrets';
}
