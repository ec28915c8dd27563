import { atTwoTargets } from './at-two-targets.ts';
import { actsAfter, attemptsIn } from './attempts.ts';
import { isIssue, isStoreWrite, type Race } from './race.ts';

const twice: Pick<Race, 'operators' | 'sweep' | 'happened' | 'prepare' | 'play'> = {
  ...atTwoTargets,
  operators: 3,
  sweep: ['pause', 'late-1m', 'late-5m', 'lost-answer'],
  happened(ledger) {
    const recoveries = attemptsIn(ledger).filter(({ recovering }) => recovering);
    return recoveries.some((first) =>
      recoveries.some(
        ({ by, index, revision }) =>
          by !== first.by && revision === first.revision && index > first.index && actsAfter(ledger, first.by, index),
      ),
    );
  },
};

/** Race a, before anything is written: the recoveries fence, and issue again. */
export const fencedTwice: Race = {
  ...twice,
  name: 'race-fenced-twice',
  says: 'two operators recover one attempt that left no key at a target: neither revokes what the other publishes',
  opening: { at: isIssue, faults: ['crash-after', 'lost-answer'] },
};

/** Race a, with the key at one of two targets: the recoveries take it over. */
export const takenOverTwice: Race = {
  ...twice,
  name: 'race-taken-over-twice',
  says: 'two operators take one half published key over: neither revokes what the other publishes',
  opening: { at: isStoreWrite, faults: ['crash-after', 'pause'] },
};
