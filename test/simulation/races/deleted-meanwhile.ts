import type { Ledger } from '../ledger/ledger.ts';
import { firstKey } from '../scenarios/first-key.ts';
import type { Stage } from '../scenarios/stage.ts';
import { isIssue, type Race } from './race.ts';

type Policy = 'Retain' | 'Revoke';

/** A person and the operators: whatever these are at, the object is deleted. */
function deleted(during: 'first-issue' | 'rotation', deletionPolicy: Policy, more: Partial<Race> = {}): Race {
  return {
    name: `race-deleted-in-${during}-${deletionPolicy.toLowerCase()}`,
    says: `the object is deleted, with ${deletionPolicy}, at any moment of a ${during}: it goes, and leaves no key that nobody knows`,
    operators: 2,
    ends: 'Gone',
    sweep: ['meanwhile'],
    meanwhile: remove,
    ...(during === 'rotation' && { prepare: (stage) => firstKey(stage, { deletionPolicy }) }),
    async play(stage) {
      if (during === 'rotation') {
        stage.annotate({ rotate: 'a' });
      } else {
        stage.create({ deletionPolicy });
        stage.startPods(1);
      }
      const revision = during === 'rotation' ? 2 : 1;
      await stage.until((now) => isDeleted(stage) || (now.revision === revision && !now.rotation));
      remove(stage);
      await stage.gone();
    },
    happened: wasRunning,
    ...more,
  };
}

const POLICIES: readonly Policy[] = ['Retain', 'Revoke'];

/** Deletions of both policies at every moment; also while the operators recover from a call of which nobody heard again. */
export const deletedMeanwhile: readonly Race[] = POLICIES.flatMap((policy) => [
  deleted('first-issue', policy),
  deleted('rotation', policy),
  deleted('rotation', policy, {
    name: `race-deleted-in-recovery-${policy.toLowerCase()}`,
    says: `the object is deleted, with ${policy}, while two operators recover an attempt: neither holds the other up for ever`,
    issuers: ['replay-full', 'replay-id', 'list-only'],
    opening: { at: isIssue, faults: ['lost-request', 'crash-after'] },
  }),
]);

function isDeleted({ world }: Stage): boolean {
  return world.rotation()?.metadata.deletionTimestamp !== undefined || world.ledger.gone;
}

function remove(stage: Stage): void {
  if (stage.world.rotation() && !isDeleted(stage)) stage.remove();
}

/** Whether something ran when it was deleted. */
function wasRunning(ledger: Ledger): boolean {
  return ledger
    .all('ObjectWritten')
    .some(({ after }) => after?.metadata.deletionTimestamp !== undefined && after.status?.rotation !== undefined);
}
