import type { PlannedTarget, RecordedKey } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import { parseAttemptId } from '../../../key/attempt-id.ts';
import type { Facts, FoundKey, Holding } from '../../../rotation/facts.ts';
import type { Ordinal } from '../../../rotation/ordinal.ts';
import { recordedAt } from '../../../rotation/replacement.ts';
import { isSaidToLeak, rollBackCommand } from '../../../rotation/requests.ts';
import type { Sight } from '../gather/looks.ts';
import { namespaceOf } from '../gather/planned.ts';
import type { References } from '../references.ts';
import { requesterOf, revocationOf } from '../requester.ts';
import { createRestore } from '../restoration.ts';
import type { Session } from '../session.ts';
import { read, type TargetReading } from '../target-io.ts';
import { createDelivery, type DeliveryContext } from './delivery.ts';
import type { Effects } from './effects.ts';
import type { HeldKey } from './held-key.ts';
import { fence, takeOver } from './recovery.ts';

export interface AttemptDeps {
  readonly references: References;
  readonly effectsFor: (facts: Facts) => Effects;
}

/** Work under the claim that this process holds. How far it came stands in the session, also when it could not go on now. */
export interface Attempts {
  deliver(facts: Facts, session: Session, sight: Sight): Promise<Holding>;
  recover(facts: Facts, fenceOnly: boolean, session: Session, sight: Sight): Promise<Holding>;
  /** Learns the id of the key that an unanswered issue call of this plan made, or makes now. */
  find(facts: Facts, call: Ordinal): Promise<FoundKey>;
}

export function createAttempts({ references, effectsFor }: AttemptDeps): Attempts {
  const restore = createRestore(references);

  function contextOf(facts: Facts): DeliveryContext {
    const { metadata, spec, status } = facts.object;
    const attempt = parseAttemptId(status?.rotation?.attemptID);
    if (!status?.rotation || !attempt) {
      throw new CallError('refused', 'UnknownState', 'status.rotation has no readable attemptID');
    }
    const { plan, oldKey, newKey, restoredKey, trigger } = status.rotation;
    const namespace = metadata.namespace ?? '';
    return {
      attempt,
      plan,
      issuerOf: latest(() => references.issuer(namespace, plan.issuer)),
      storeOf: (target: PlannedTarget) => references.store(namespace, target),
      assertTaken: (target) => references.assertTaken(namespace, target, { issuer: plan.issuer, ...plan.key }),
      effects: effectsFor(facts),
      requester: requesterOf(facts.object),
      revocationOf: (keyID, live = facts.object) =>
        revocationOf(live.metadata.uid === metadata.uid ? live : facts.object, keyID, references),
      oldKey: oldKey && { ...oldKey, leaked: trigger === 'Emergency' || isSaidToLeak(facts, oldKey.keyID) },
      restored: restoredKey,
      leaked: (status.abandoned ?? []).flatMap(({ leaked, keyID }) => (leaked && keyID !== undefined ? [keyID] : [])),
      knownKeys: [newKey, oldKey, restoredKey, status.current].filter((key) => key !== undefined),
      recordedAt: (target) => recordedAt(target, status),
      consumers: spec.consumers ?? [],
    };
  }

  async function deliver(facts: Facts, session: Session, sight: Sight): Promise<Holding> {
    const context = contextOf(facts);
    session.delivery ??= context.restored
      ? createDelivery(context, await heldAgain(facts, context, context.restored))
      : createDelivery(context);
    return session.delivery.run(context, takeReadings(sight) ?? []);
  }

  /** Nothing is issued in a roll back: what it publishes is an earlier key, verified before anything is written. */
  async function heldAgain(facts: Facts, { attempt, plan }: DeliveryContext, restored: RecordedKey): Promise<HeldKey> {
    const found = await restore(namespaceOf(facts), attempt, plan, restored);
    if (found.type === 'Found') return found.held;
    const message = `key ${restored.keyID} cannot be published again: ${found.message}. To go on with the key before: ${rollBackCommand(facts, attempt.revision)}`;
    throw new CallError('refused', 'RollbackImpossible', message);
  }

  async function hold(session: Session, work: Promise<Holding>): Promise<Holding> {
    try {
      const holding = await work;
      session.holding = holding;
      if (holding.type !== 'Working') delete session.delivery;
      return holding;
    } catch (error) {
      const { delivery } = session;
      const [key, targets] = [delivery?.inHand(), delivery?.progress()];
      session.holding = { type: 'Working', ...(key && { key }), ...(targets && { targets }) };
      throw error;
    }
  }

  return {
    deliver(facts, session, sight) {
      return hold(session, deliver(facts, session, sight));
    },
    async recover(facts, fenceOnly, session, sight) {
      const context = contextOf(facts);
      if (session.delivery && !fenceOnly) return hold(session, session.delivery.run(context, []));
      const { plan, storeOf } = context;
      const readings =
        takeReadings(sight) ?? (await Promise.all(plan.targets.map((target) => read(target, storeOf(target)))));
      const delivery = fenceOnly ? undefined : await takeOver(context, readings);
      if (!delivery) return hold(session, fence(context, readings));
      session.delivery = delivery;
      return hold(session, delivery.run(context, []));
    },
    async find(facts, { revision, attempt }) {
      const context = contextOf(facts);
      const call = { ...context.attempt, revision, attempt };
      const result = await context.effects.issue(context.issuerOf(), call, context.plan.key, context.requester);
      return { revision, attempt, keyID: result.type === 'Replayed' ? result.keyID : result.record.keyID };
    },
  };
}

/** What is found now, or was found last: a key in hand is given back also where its issuer's object has gone. Throws at first only. */
function latest<T>(find: () => T): () => T {
  let known = find();
  return () => {
    try {
      known = find();
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
    }
    return known;
  };
}

/** A reading serves one write only: it is what the write compares with. */
function takeReadings(sight: Sight): readonly TargetReading[] | undefined {
  const { readings } = sight;
  delete sight.readings;
  return readings;
}
