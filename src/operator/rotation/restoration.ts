import type { Plan, RecordedKey } from '../../api/types.ts';
import type { AttemptId } from '../../key/attempt-id.ts';
import { recordedTarget } from '../../rotation/transitions/recorded.ts';
import { restoringPlan } from '../../rotation/transitions/roll-back.ts';
import type { HeldKey } from './act/held-key.ts';
import { mismatch } from './act/mismatch.ts';
import type { References } from './references.ts';
import { findKeyText } from './replaced-key.ts';

/** A key that a roll back publishes again, with its text, or why it cannot be had. */
export type Restoration =
  | { readonly type: 'Found'; readonly held: HeldKey }
  | { readonly type: 'None'; readonly message: string };

/**
 * Finds the text of the key that a roll back restores and lets the issuer confirm it: the recorded id, alive, with what it was
 * issued for, under our label of a lower attempt or adopted. `plan`: of the roll back, or of the rotation that would be rolled
 * back. Throws CallError where a place or the issuer does not answer.
 */
export type Restore = (
  namespace: string,
  attempt: AttemptId,
  plan: Plan,
  restored: RecordedKey,
) => Promise<Restoration>;

export function createRestore(references: References): Restore {
  return async (namespace, attempt, plan, restored) => {
    // The roll back itself may have begun to publish it where it was not before.
    const places = [...restored.targets, ...plan.targets.map((target) => recordedTarget(target, undefined))];
    const key = await findKeyText(references, namespace, { ...restored, targets: places });
    if (!key) return none('no target gives its text any more');
    const record = await references.issuer(namespace, restored.issuer).verify(key, restored);
    if (!record) return none('the issuer rejects it');
    const wanted = { attempt, plan: restoringPlan(plan, restored), oldKey: undefined, restored };
    const problem = mismatch(record, restored.keyID, wanted);
    return problem === undefined ? { type: 'Found', held: { record, key } } : none(problem);
  };
}

function none(message: string): Restoration {
  return { type: 'None', message };
}
