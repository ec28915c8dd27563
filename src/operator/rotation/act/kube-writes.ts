import { FINALIZER } from '../../../api/names.ts';
import type { ApiKeyRotation, RotationStatus } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import { formatAttemptId } from '../../../key/attempt-id.ts';
import type { Notice, Step } from '../../../rotation/decision.ts';
import type { Facts } from '../../../rotation/facts.ts';
import { ownerOf } from '../../../rotation/transitions/status.ts';
import type { KubeApi, KubeObject } from '../../../runtime/kube/kube-api.ts';
import type { Log } from '../../../runtime/log.ts';
import type { EventRecorder } from '../../../telemetry/events.ts';
import type { Session } from '../session.ts';
import { refOf, replaceStatus } from '../status-write.ts';
import type { Effects } from './effects.ts';
import { type EndedPhase, endedPhase } from './phase-time.ts';
import { dropReports } from './vanished-reports.ts';

export interface KubeWriteDeps {
  readonly kube: Pick<KubeApi, 'replace' | 'mergePatch' | 'delete'>;
  readonly events: EventRecorder;
  readonly log: Log;
  readonly onPhaseEnded: (ended: EndedPhase) => void;
  readonly effectsFor: (facts: Facts) => Effects;
}

/** The protocol's writes to the object itself, each a compare-and-set on the version that was decided from. */
export interface KubeWrites {
  commit(facts: Facts, step: Extract<Step, { type: 'Commit' }>, session: Session): Promise<ApiKeyRotation>;
  addFinalizer(object: ApiKeyRotation): Promise<ApiKeyRotation>;
  removeFinalizer(object: ApiKeyRotation, notices: readonly Notice[]): Promise<void>;
}

export function createKubeWrites({ kube, events, log, onPhaseEnded, effectsFor }: KubeWriteDeps): KubeWrites {
  function tell(object: ApiKeyRotation, notices: readonly Notice[]): void {
    for (const notice of notices) events.record(object, notice);
  }

  /** A namespace that ends takes no events any more, and this is the last that is heard of the object and its keys. */
  function tellForTheLastTime(object: ApiKeyRotation, notices: readonly Notice[]): void {
    tell(object, notices);
    const { namespace, name } = object.metadata;
    for (const { type, reason, message } of notices) {
      log[type === 'Warning' ? 'warn' : 'info']({ namespace, name, reason }, message);
    }
  }

  function setFinalizers(object: ApiKeyRotation, finalizers: readonly string[]): Promise<ApiKeyRotation> {
    const { resourceVersion } = object.metadata;
    return kube.mergePatch<ApiKeyRotation & KubeObject>(refOf(object), { metadata: { finalizers, resourceVersion } });
  }

  return {
    async commit(facts, { name, status, notices }, session) {
      const { object, freshClaim } = facts;
      // Should the answer be lost, the claim still tells that the write was ours.
      if ([status.rotation?.claim, status.drift?.repair?.claim].includes(freshClaim)) session.offeredClaim = freshClaim;
      const record = { step: name, ...subjectOf(facts, status) };
      const written = await effectsFor(facts).commit(record, () => replaceStatus(kube, object, status));
      if (name === 'Repeat') session.holding = { type: 'Working' };
      const ended = endedPhase(object.status, status);
      if (ended) onPhaseEnded(ended);
      tell(written, notices);
      if (name === 'Done') {
        await dropReports(kube, session.vanished ?? []);
        delete session.vanished;
      }
      return written;
    },
    addFinalizer: (object) => setFinalizers(object, [...(object.metadata.finalizers ?? []), FINALIZER]),
    async removeFinalizer(object, notices) {
      const others = (object.metadata.finalizers ?? []).filter((name) => name !== FINALIZER);
      try {
        await setFinalizers(object, others);
      } catch (error) {
        // It may be gone, and then nobody comes here again.
        if (error instanceof CallError && error.outcome === 'unknown') tellForTheLastTime(object, notices);
        throw error;
      }
      tellForTheLastTime(object, notices);
    },
  };
}

/** What a status that is to be committed is about. */
function subjectOf(facts: Facts, { rotation, current, drift, revision = 0, attempt = 0 }: RotationStatus) {
  if (!rotation) {
    const attemptID = formatAttemptId({ ...ownerOf(facts), revision, attempt });
    return { attemptID, ...(drift?.repair && { claim: drift.repair.claim }), keyID: current?.keyID };
  }
  const { attemptID, claim, revokeIntent, newKey } = rotation;
  return { attemptID, claim, keyID: revokeIntent?.keyID ?? newKey?.keyID };
}
