import type { ConsumerStatus, RecordedKey, RotationStatus, RunningRotation } from '../../api/types.ts';
import type { ConsumerAssessment } from '../assessment.ts';
import type { Delivered, Facts, Holding, TargetProgress } from '../facts.ts';
import { recordRollout } from '../rollout-record.ts';
import { pendingConsumers } from './attempts.ts';
import { statusOf } from './status.ts';

// Each function answers the next status, or the running rotation in it, from publishing to the intent to revoke.

/** Step 5: every target serves the new key. */
export function publish(
  facts: Facts,
  rotation: RunningRotation,
  { key, targets, proofHashes }: Delivered,
): RotationStatus {
  const { request: _, ...rest } = rotation;
  // One that was dropped after it was written is nobody's affair any more.
  const planned = new Set(rotation.plan.targets.map(({ name }) => name));
  return {
    ...statusOf(facts),
    rotation: {
      ...rest,
      newKey: key,
      publishedAt: facts.time.stamp,
      targets: targets.filter(({ name }) => planned.has(name)).map((target) => ({ ...target, state: 'Published' })),
      consumers: pendingConsumers(facts, proofHashes),
    },
  };
}

/** What is known of the targets while they are being written; a message is cut to what status holds. */
export function tellTargets(status: RotationStatus, holding: Holding | undefined): RotationStatus {
  const { rotation } = status;
  if (!rotation || rotation.publishedAt || holding?.type !== 'Working' || !holding.targets) return status;
  const planned = new Set(rotation.plan.targets.map(({ name }) => name));
  const targets = holding.targets.filter(({ name }) => planned.has(name)).map(shortened);
  return { ...status, rotation: { ...rotation, targets } };
}

function shortened(target: TargetProgress): TargetProgress {
  return 'message' in target ? { ...target, message: target.message.slice(0, MESSAGE_LENGTH) } : target;
}

const MESSAGE_LENGTH = 1_024;

/** The consumers of spec, those added during the wait with what they can prove. */
export function changeConsumers(facts: Facts, rotation: RunningRotation): RotationStatus {
  const known = new Map((rotation.consumers ?? []).map((consumer) => [consumer.name, consumer]));
  const wanted = pendingConsumers(facts, facts.proofHashes ?? {});
  // Grace counts from the last consumer; a new one has not moved yet.
  const { migratedAt: _, ...rest } = rotation;
  return {
    ...statusOf(facts),
    rotation: { ...rest, consumers: wanted.map((consumer) => ({ ...consumer, ...known.get(consumer.name) })) },
  };
}

/** What the consumers have shown so far; `since` moves only when a consumer's state does. */
export function progress(
  facts: Facts,
  rotation: RunningRotation,
  assessments: readonly ConsumerAssessment[],
): RunningRotation {
  const before = new Map((rotation.consumers ?? []).map((consumer) => [consumer.name, consumer]));
  const consumers = assessments.map((now) => consumerStatus(now, before.get(now.name), facts));
  const allMigrated = consumers.every((consumer) => consumer.state === 'Migrated');
  const { migratedAt, ...rest } = rotation;
  return { ...rest, consumers, ...(allMigrated ? { migratedAt: migratedAt ?? facts.time.stamp } : {}) };
}

/** Step 7: the old key may be revoked; no way back. */
export function decideRevocation(
  facts: Facts,
  rotation: RunningRotation,
  old: RecordedKey,
  basis: 'Evidence' | 'WithoutEvidence' | 'Emergency',
): RotationStatus {
  return {
    ...statusOf(facts),
    rotation: { ...rotation, revokeIntent: { keyID: old.keyID, decidedAt: facts.time.stamp, basis } },
  };
}

/** The old key has leaked: nobody is waited for any more, also where its revocation is decided and only has to be carried out. */
export function waive(facts: Facts, rotation: RunningRotation, leakedKeyID: string): RotationStatus {
  const { revokeIntent } = rotation;
  const decided = revokeIntent && { revokeIntent: { ...revokeIntent, basis: 'Emergency' as const } };
  return { ...statusOf(facts), rotation: { ...rotation, leakedKeyID, ...decided } };
}

/** Whether the old key dies without a word of its consumers. */
export function isWaived({ leakedKeyID, oldKey }: RunningRotation): boolean {
  return leakedKeyID !== undefined && leakedKeyID === oldKey?.keyID;
}

/** After a long wait between intent and revocation the evidence still holds. */
export function renewRevocation(
  facts: Facts,
  rotation: RunningRotation,
  intent: NonNullable<RunningRotation['revokeIntent']>,
): RotationStatus {
  return { ...statusOf(facts), rotation: { ...rotation, revokeIntent: { ...intent, checkedAt: facts.time.stamp } } };
}

function consumerStatus(now: ConsumerAssessment, before: ConsumerStatus | undefined, facts: Facts): ConsumerStatus {
  const since = before?.state === now.state ? before.since : facts.time.stamp;
  const approvalPolicy = now.approvalPolicy ?? before?.approvalPolicy;
  const rollout = recordRollout(before?.rollout, now.rollout, facts.time.stamp);
  return {
    name: now.name,
    state: now.state,
    ...(since === undefined ? {} : { since }),
    ...(now.missingPods.length === 0 ? {} : { missingPods: now.missingPods.slice(0, 10) }),
    ...(before?.proofHash === undefined ? {} : { proofHash: before.proofHash }),
    ...(rollout && { rollout }),
    ...(approvalPolicy && { approvalPolicy }),
    message: now.message.slice(0, 1024),
  };
}
