import type { ConsumerSpec, ConsumerStatus, EvidenceSpec, MigrationReport } from '../api/types.ts';
import type { ConsumerAssessment } from '../rotation/assessment.ts';
import type { UsageFact } from '../rotation/facts.ts';
import { assessApproval } from './approval.ts';
import type { ApprovalGuard } from './approval-policy.ts';
import type { EvidenceSubject, Sightings, Verdict } from './evidence.ts';
import { assessLastUsed } from './last-used.ts';
import type { PodView } from './pod-view.ts';
import { assessProof } from './proof.ts';
import { assessReport } from './report.ts';
import { assessRollout } from './rollout/rollout.ts';
import type { RolloutSight } from './rollout/sight.ts';

/** What status can hold of one consumer. */
const MAX_MISSING_PODS = 10;
const MAX_MESSAGE = 1024;

/** One look at everything that consumers of one rotation have shown; reports and pods are those of its namespace. */
export interface EvidenceInput extends EvidenceSubject {
  readonly namespace: string;
  readonly rotationName: string;
  /** When the key was published everywhere; before that nothing can have been migrated to. */
  readonly publishedAt: string | undefined;
  readonly consumers: readonly ConsumerSpec[];
  /** `status.rotation.consumers`, for the proof hashes. */
  readonly statuses: readonly ConsumerStatus[];
  readonly reports: readonly MigrationReport[];
  /** Undefined where nobody looked: everything that depends on pods is pending then. */
  readonly pods: readonly PodView[] | undefined;
  /** Undefined where nobody asked when the keys were used. */
  readonly usage: UsageFact | undefined;
  /** Undefined where nobody looked whether approvals are guarded: none counts then. */
  readonly guard: ApprovalGuard | undefined;
  /** The workloads that consumers name, by consumer; pending where nobody looked. */
  readonly rollouts: ReadonlyMap<string, RolloutSight>;
}

/** Says for each consumer of spec, in that order, whether all its evidence is complete and who is missing. Pure. */
export function assessConsumers(input: EvidenceInput): ConsumerAssessment[] {
  return input.consumers.map((consumer) => assessConsumer(consumer, input));
}

function assessConsumer({ name, evidence }: ConsumerSpec, input: EvidenceInput): ConsumerAssessment {
  const { proofHash, rollout: record } = input.statuses.find((status) => status.name === name) ?? {};
  const { namespace, rotationName, reports, pods, usage, guard, publishedAt, rollouts } = input;
  const seen = { reports, pods, usage, guard, proofHash, record, rollout: rollouts.get(name) };
  const sightings = { namespace, rotationName, subject: input, consumer: name, ...seen };
  const verdicts = publishedAt ? evidence.map((item) => assess(item, { ...sightings, publishedAt })) : [UNPUBLISHED];
  const complete = verdicts.length > 0 && verdicts.every((verdict) => verdict.complete);
  const told = complete ? verdicts : verdicts.filter((verdict) => !verdict.complete);
  const reason = told.find((verdict) => verdict.reason)?.reason;
  const { stalled } = told.find((verdict) => verdict.stalled) ?? {};
  const { rollout } = verdicts.find((verdict) => verdict.rollout) ?? {};
  const { approvalPolicy } = verdicts.find((verdict) => verdict.approvalPolicy) ?? {};
  return {
    name,
    state: complete ? 'Migrated' : 'Pending',
    missingPods: verdicts.flatMap(({ missingPods }) => missingPods).slice(0, MAX_MISSING_PODS),
    message: messageOf(told),
    ...(reason ? { reason } : {}),
    ...(stalled && { stalled }),
    ...(rollout && { rollout }),
    ...(approvalPolicy && { approvalPolicy }),
  };
}

const UNPUBLISHED: Verdict = { complete: false, missingPods: [], message: 'the new key is not published yet' };

/** An evidence that this code does not know is never complete. */
function assess({ type, report, rollout, lastUsed }: EvidenceSpec, sightings: Sightings): Verdict {
  if (type === 'Report' && report) return assessReport(report, sightings);
  if (type === 'Proof') return assessProof(sightings);
  if (type === 'Approval') return assessApproval(sightings);
  if (type === 'LastUsed' && lastUsed) return assessLastUsed(lastUsed, sightings);
  if (type === 'Rollout' && rollout) return assessRollout(rollout, sightings);
  return { complete: false, missingPods: [], message: `evidence of type ${type} cannot be assessed` };
}

/** A command that is cut would be none. */
function messageOf(told: readonly Verdict[]): string {
  const message = told.map((verdict) => verdict.message).join('; ') || 'the consumer declares no evidence';
  const command = told.find((verdict) => verdict.command)?.command ?? '';
  const whole = `${message}\n${command}`;
  return command !== '' && whole.length <= MAX_MESSAGE ? whole : cut(message);
}

function cut(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1)}…`;
}
