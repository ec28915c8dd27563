import type { Entry, Ledger } from '../ledger/ledger.ts';
import { atTwoTargets } from './at-two-targets.ts';
import { attemptsIn, type CommittedAttempt } from './attempts.ts';
import type { Race } from './race.ts';

/** Race b: ids of attempts are the same whoever begins them. */
export const oneAttemptID: Race = {
  ...atTwoTargets,
  name: 'race-one-attempt-id',
  says: 'two operators begin the same attempt, whose id tells nobody whose it is: one of them makes its call',
  operators: 3,
  sweep: ['pause', 'lost-answer', 'late-1m', '500-done', 'crash-after'],
  at: ({ name }) => name === 'kube PUT status apikeyrotations',
  happened: (ledger) => attemptsIn(ledger).some((attempt) => isWantedByAnother(ledger, attempt)),
};

/** Whether another process wrote its status for the same attempt, and came too late. */
function isWantedByAnother({ entries }: Ledger, { index, by }: CommittedAttempt): boolean {
  const next = entries.findIndex(({ type }, at) => at > index && type === 'StatusWritten');
  return entries.slice(index, next).some((entry) => entry.by !== by && isRefusedStatus(entry));
}

function isRefusedStatus(entry: Entry): boolean {
  return entry.type === 'Failed' && entry.call.name === 'kube PUT status apikeyrotations';
}
