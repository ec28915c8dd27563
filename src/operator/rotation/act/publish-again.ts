import type { PlannedTarget, RecordedKey } from '../../../api/types.ts';
import type { AttemptId } from '../../../key/attempt-id.ts';
import type { Facts, Holding } from '../../../rotation/facts.ts';
import type { RecordedValue } from '../../../rotation/replacement.ts';
import { namespaceOf, planOf } from '../gather/planned.ts';
import type { References } from '../references.ts';
import { requesterOf, revocationOf } from '../requester.ts';
import type { TargetReading } from '../target-io.ts';
import { createDelivery, type DeliveryContext } from './delivery.ts';
import type { Effects } from './effects.ts';
import type { HeldKey } from './held-key.ts';

export interface PublishAgainDeps {
  readonly references: References;
  readonly effectsFor: (facts: Facts) => Effects;
}

/** The current key, which is issued and verified already, and where it is written. */
export interface Again {
  readonly current: RecordedKey;
  readonly held: HeldKey;
  readonly attempt: AttemptId;
  readonly readings: readonly TargetReading[];
  readonly recordedAt: (target: PlannedTarget) => readonly RecordedValue[];
}

/** Writes the current key to further targets by the one way that there is: rule W, compare-and-set, read-back. Nothing is retired. */
export type PublishAgain = (facts: Facts, again: Again) => Promise<Holding>;

export function createPublishAgain({ references, effectsFor }: PublishAgainDeps): PublishAgain {
  return (facts, { current, held, attempt, readings, recordedAt }) => {
    const namespace = namespaceOf(facts);
    const targets = readings.map(({ target }) => target);
    const plan = planOf(facts);
    const { issuer, environment = plan.key.environment } = current;
    const context: DeliveryContext = {
      attempt,
      plan: { ...plan, targets },
      issuerOf: () => references.issuer(namespace, issuer),
      storeOf: (target) => references.store(namespace, target),
      assertTaken: (target) => references.assertTaken(namespace, target, { issuer, environment }),
      effects: effectsFor(facts),
      oldKey: undefined,
      knownKeys: [current],
      recordedAt,
      requester: requesterOf(facts.object),
      revocationOf: (keyID) => revocationOf(facts.object, keyID, references),
      consumers: [],
    };
    return createDelivery(context, held).run(context, readings);
  };
}
