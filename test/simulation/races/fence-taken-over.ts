import type { Ledger } from '../ledger/ledger.ts';
import { atTwoTargets } from './at-two-targets.ts';
import { attemptsIn, type CommittedAttempt } from './attempts.ts';
import { isIssue, type Race } from './race.ts';

/** Race i: who fences stops with the fence at some of the targets; another one goes on. */
export const fenceTakenOver: Race = {
  ...atTwoTargets,
  name: 'race-fence-taken-over',
  says: 'a fence that stands at some targets is taken over by another operator, whoever of them goes on',
  operators: 2,
  opening: { at: isIssue, faults: ['crash-after', 'lost-answer'] },
  sweep: ['pause', 'crash-before', 'crash-after', 'late-1m', 'late-5m', 'lost-answer'],
  happened: (ledger) => attemptsIn(ledger).some((fence) => fence.recovering && isTakenOver(ledger, fence)),
};

/** Whether its marker stood somewhere when another process began the next attempt of its revision to recover. */
function isTakenOver(ledger: Ledger, fence: CommittedAttempt): boolean {
  const next = attemptsIn(ledger).find(({ index }) => index > fence.index);
  if (!next?.recovering || next.by === fence.by || next.revision !== fence.revision) return false;
  return ledger.entries
    .slice(fence.index, next.index)
    .some((entry) => entry.type === 'TargetWritten' && entry.after?.marker?.attempt === fence.attempt);
}
