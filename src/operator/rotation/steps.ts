import { FINALIZER } from '../../api/names.ts';
import { rotations } from '../../api/resources.ts';
import type { ApiKeyRotation, PlannedTarget } from '../../api/types.ts';
import { CallError } from '../../http/call-error.ts';
import { type AttemptId, parseAttemptId } from '../../key/attempt-id.ts';
import { fingerprint } from '../../key/fingerprint.ts';
import type { DoomedKey, Notice, Step } from '../../rotation/decision.ts';
import type { Facts, Holding } from '../../rotation/facts.ts';
import { recordedAt } from '../../rotation/rules/before-attempt.ts';
import { recordedTarget } from '../../rotation/transitions.ts';
import type { KubeApi, KubeObject } from '../../runtime/kube/kube-api.ts';
import type { EventRecorder } from '../../telemetry/events.ts';
import { createDelivery, type DeliveryContext, read } from './delivery.ts';
import { createEffects, type EffectDeps, type Effects } from './effects.ts';
import type { Sight } from './looks.ts';
import { type EndedPhase, endedPhase } from './phase-time.ts';
import { fence, takeOver } from './recovery.ts';
import type { References } from './references.ts';
import type { Session } from './session.ts';
import { keyAt, type TargetReading } from './target-io.ts';
import { dropReports } from './vanished-reports.ts';

export interface StepDeps {
  readonly kube: KubeApi;
  readonly references: References;
  readonly installation: string;
  readonly events: EventRecorder;
  readonly effects: EffectDeps;
  readonly onPhaseEnded: (ended: EndedPhase) => void;
}

/** What a step leads to: the object that a write returned (undefined: it is gone), or facts to go on with. */
export type StepResult =
  | { readonly type: 'Wrote'; readonly object: ApiKeyRotation | undefined }
  /** `outdated`: facts that the step has made untrue and that must be looked at again. */
  | { readonly type: 'Found'; readonly facts: Partial<Facts>; readonly outdated?: readonly ('labelled' | 'targets')[] };

/** Carries one step out. Throws CallError where it could not; what is known then is in the session. */
export type TakeStep = (step: Step, facts: Facts, session: Session, sight: Sight) => Promise<StepResult>;

export function createSteps({
  kube,
  references,
  installation,
  events,
  effects: effectDeps,
  onPhaseEnded,
}: StepDeps): TakeStep {
  async function commit(
    { object }: Facts,
    step: Extract<Step, { type: 'Commit' }>,
    session: Session,
    freshClaim: string,
  ): Promise<StepResult> {
    // A full replacement of status, as a compare-and-set on exactly the object that the decision was made from.
    const body = { ...object, status: step.status };
    const written = await kube.replace<ApiKeyRotation & KubeObject>(refOf(object), body, { subresource: 'status' });
    if (written.status?.rotation?.claim === freshClaim) beginClaim(session, freshClaim);
    const ended = endedPhase(object.status, step.status);
    if (ended) onPhaseEnded(ended);
    tell(written, step.notices);
    if (step.name === 'Done') {
      await dropReports(kube, session.vanished ?? []);
      delete session.vanished;
    }
    return { type: 'Wrote', object: written };
  }

  function beginClaim(session: Session, claim: string): void {
    session.claim = claim;
    session.holding = { type: 'Working', keyInHand: false };
    delete session.delivery;
  }

  function tell(object: ApiKeyRotation, notices: readonly Notice[]): void {
    for (const notice of notices) events.record(object, notice);
  }

  async function setFinalizers({ object }: Facts, finalizers: readonly string[]): Promise<StepResult> {
    const { resourceVersion } = object.metadata;
    const patch = { metadata: { finalizers, resourceVersion } };
    const written = await kube.mergePatch<ApiKeyRotation & KubeObject>(refOf(object), patch);
    return { type: 'Wrote', object: written };
  }

  async function removeFinalizer(facts: Facts, notices: readonly Notice[]): Promise<StepResult> {
    const { object } = facts;
    await setFinalizers(
      facts,
      (object.metadata.finalizers ?? []).filter((name) => name !== FINALIZER),
    );
    tell(object, notices);
    return { type: 'Wrote', object: undefined };
  }

  function effectsFor({ object }: Facts): Effects {
    const { namespace, name } = object.metadata;
    return createEffects(effectDeps, `${namespace}/${name}`, object.status?.rotation?.claim);
  }

  function contextOf(facts: Facts): DeliveryContext {
    const { object } = facts;
    const { rotation, current } = object.status ?? {};
    const attempt = parseAttemptId(rotation?.attemptID);
    if (!rotation || !attempt)
      throw new CallError('refused', 'UnknownState', 'status.rotation has no readable attemptID');
    const namespace = object.metadata.namespace ?? '';
    return {
      attempt,
      plan: rotation.plan,
      issuer: references.issuer(namespace, rotation.plan.issuer),
      storeOf: (target: PlannedTarget) => references.store(namespace, target),
      effects: effectsFor(facts),
      oldKey: rotation.oldKey,
      recordedAt: (target) => recordedAt(target, current),
      consumers: () => object.spec.consumers ?? [],
    };
  }

  /** Readings of this reconcile, or fresh ones. A reading serves one write only: it is what the write compares with. */
  async function readingsFor(context: DeliveryContext, sight: Sight): Promise<readonly TargetReading[]> {
    const { readings } = sight;
    delete sight.readings;
    return readings ?? Promise.all(context.plan.targets.map((target) => read(target, context.storeOf(target))));
  }

  async function deliver(facts: Facts, session: Session, sight: Sight): Promise<StepResult> {
    session.delivery ??= createDelivery(contextOf(facts));
    const readings = sight.readings ?? [];
    delete sight.readings;
    return hold(session, session.delivery.run(readings));
  }

  async function recover(facts: Facts, fenceOnly: boolean, session: Session, sight: Sight): Promise<StepResult> {
    if (session.delivery && !fenceOnly) return hold(session, session.delivery.run([]));
    const context = contextOf(facts);
    const readings = await readingsFor(context, sight);
    const delivery = fenceOnly ? undefined : await takeOver(context, readings);
    if (!delivery) return hold(session, fence(context, readings));
    session.delivery = delivery;
    return hold(session, delivery.run([]));
  }

  /** Remembers how far the attempt came, also when it could not go on now. */
  async function hold(session: Session, work: Promise<Holding>): Promise<StepResult> {
    try {
      const holding = await work;
      session.holding = holding;
      if (holding.type !== 'Working') delete session.delivery;
      // The targets were written, or were found to be others than read before.
      return { type: 'Found', facts: { holding }, outdated: ['targets'] };
    } catch (error) {
      session.holding = { type: 'Working', keyInHand: session.delivery?.hasKey ?? false };
      throw error;
    }
  }

  async function copy(facts: Facts, names: readonly string[]): Promise<StepResult> {
    const { object, references: resolved } = facts;
    const current = object.status?.current;
    if (!current || resolved.type !== 'Resolved') return { type: 'Found', facts: { copies: [] } };
    const namespace = object.metadata.namespace ?? '';
    const { targets } = resolved.plan;
    const readings = await Promise.all(targets.map((target) => read(target, references.store(namespace, target))));
    const source = readings.find(
      (reading) => !names.includes(reading.target.name) && fingerprintAt(reading) === current.fingerprint,
    );
    const key = source && keyAt(source);
    if (!key)
      throw new CallError(
        'refused',
        'NoSource',
        `no target serves key ${current.keyID} any more, so that it cannot be copied to ${names.join(', ')}; request a rotation`,
      );
    const issuer = references.issuer(namespace, current.issuer);
    const record = await issuer.verify(key);
    if (record?.keyID !== current.keyID)
      throw new CallError(
        'refused',
        'NoSource',
        `the issuer does not confirm key ${current.keyID}; request a rotation`,
      );
    const attempt: AttemptId = { ...ownerOf(facts), revision: current.revision ?? 0, attempt: current.attempt ?? 0 };
    const added = targets.filter((target) => names.includes(target.name));
    const context: DeliveryContext = {
      attempt,
      plan: { ...resolved.plan, targets: added },
      issuer,
      storeOf: (target) => references.store(namespace, target),
      effects: effectsFor(facts),
      oldKey: undefined,
      recordedAt: () => undefined,
      consumers: () => [],
    };
    const holding = await createDelivery(context, { record, key }).run(readings);
    if (holding.type !== 'Delivered')
      throw new CallError(
        'conflict',
        'TargetContended',
        `the copy of key ${current.keyID} to ${names.join(', ')} lost a race`,
      );
    const versions = new Map(holding.delivered.targets.map((written) => [written.name, written]));
    return {
      type: 'Found',
      facts: { copies: added.map((target) => recordedTarget(target, versions.get(target.name))) },
    };
  }

  async function revoke(facts: Facts, { keys, authority }: Extract<Step, { type: 'Revoke' }>): Promise<StepResult> {
    for (const key of keys) await revokeOne(facts, key);
    if (authority === 'deletion') return { type: 'Found', facts: { deletionRevoked: true }, outdated: ['labelled'] };
    if (authority === 'abandoned') return { type: 'Found', facts: {}, outdated: ['labelled'] };
    return { type: 'Found', facts: { keys: { newVerified: true, old: { live: false, ours: true } } } };
  }

  /** Revokes and then sees that the key is dead: some issuers take their time. */
  async function revokeOne(facts: Facts, { keyID, issuer: identity }: DoomedKey): Promise<void> {
    const { object } = facts;
    const issuer = references.issuer(object.metadata.namespace ?? '', identity);
    const { revision = 0, attempt = 0 } = object.status ?? {};
    await effectsFor(facts).revoke(issuer, keyID, { ...ownerOf(facts), revision, attempt });
    const told = await issuer.get(keyID);
    if (told?.status === 'Active')
      throw new CallError(
        'unavailable',
        'RevocationPending',
        `the issuer still shows key ${keyID} as alive after it was revoked`,
      );
  }

  function ownerOf({ object }: Facts): { installation: string; uid: string } {
    return { installation, uid: object.metadata.uid ?? '' };
  }

  return async (step, facts, session, sight) => {
    switch (step.type) {
      case 'Commit':
        return commit(facts, step, session, facts.freshClaim);
      case 'AddFinalizer':
        return setFinalizers(facts, [...(facts.object.metadata.finalizers ?? []), FINALIZER]);
      case 'RemoveFinalizer':
        return removeFinalizer(facts, step.notices);
      case 'Deliver':
        return deliver(facts, session, sight);
      case 'Recover':
        return recover(facts, step.fenceOnly, session, sight);
      case 'Copy':
        return copy(facts, step.targets);
      case 'Revoke':
        return revoke(facts, step);
    }
  };
}

function fingerprintAt(reading: TargetReading): string | undefined {
  const key = keyAt(reading);
  return key && fingerprint(key);
}

function refOf({ metadata }: ApiKeyRotation) {
  return { resource: rotations, namespace: metadata.namespace, name: metadata.name };
}
