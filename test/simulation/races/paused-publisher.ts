import type { Ledger } from '../ledger/ledger.ts';
import { atTwoTargets } from './at-two-targets.ts';
import { attemptsIn, type CommittedAttempt } from './attempts.ts';
import { isStoreWrite, type Race } from './race.ts';

/** Race c: a process stops between two of its calls, and goes on when it is no longer its turn. */
export const pausedPublisher: Race = {
  ...atTwoTargets,
  name: 'race-paused-publisher',
  says: 'a publisher that was paused, or its late request, comes after a newer attempt: it changes nothing',
  operators: 2,
  sweep: ['pause', 'late-1m', 'late-5m'],
  happened: (ledger) => attemptsIn(ledger).some((newer) => isMetByWrite(ledger, newer)),
};

/** Whether a write of a process with an earlier attempt arrives after this one began, and is refused. */
function isMetByWrite(ledger: Ledger, { index, by }: CommittedAttempt): boolean {
  const earlier = attemptsIn(ledger).filter((attempt) => attempt.index < index && attempt.by !== by);
  return ledger.entries
    .slice(index)
    .some(
      (entry) =>
        entry.type === 'Failed' && isStoreWrite(entry.call) && earlier.some((attempt) => attempt.by === entry.by),
    );
}
