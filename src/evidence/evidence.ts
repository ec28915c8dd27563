import type { MigrationReport } from '../api/types.ts';
import type { ConsumerAssessment } from '../rotation/assessment.ts';
import type { UsageFact } from '../rotation/facts.ts';
import type { RolloutRecord } from '../rotation/rollout-record.ts';
import type { ApprovalGuard } from './approval-policy.ts';
import type { PodView } from './pod-view.ts';
import type { RolloutSight } from './rollout/sight.ts';

/** The one key of the one rotation that evidence must be for. */
export interface EvidenceSubject {
  readonly uid: string;
  readonly revision: number;
  readonly fingerprint: string;
}

/** What was found when somebody looked; `pods`, `usage` and `guard` are undefined where nobody did. */
export interface Sightings {
  readonly namespace: string;
  readonly rotationName: string;
  readonly subject: EvidenceSubject;
  readonly consumer: string;
  /** When the key was published everywhere; RFC 3339 by the API server's clock. */
  readonly publishedAt: string;
  readonly reports: readonly MigrationReport[];
  readonly pods: readonly PodView[] | undefined;
  readonly usage: UsageFact | undefined;
  readonly guard: ApprovalGuard | undefined;
  /** SHA-256 of the proof that this consumer can give, from status; undefined until the key was read back for it. */
  readonly proofHash: string | undefined;
  /** The consumer's workload; undefined where nobody looked. */
  readonly rollout: RolloutSight | undefined;
  /** What status keeps of it. */
  readonly record: RolloutRecord | undefined;
}

/** What one evidence of one consumer says. */
export interface Verdict extends Pick<ConsumerAssessment, 'stalled' | 'rollout' | 'approvalPolicy'> {
  readonly complete: boolean;
  /** Names of all live pods that have not reported, or started too early, sorted. */
  readonly missingPods: readonly string[];
  /** For instance `waiting for reports of pods a, b (2 of 3 reported)`. */
  readonly message: string;
  /** What ends the wait, where that is a command that is too long for a sentence. */
  readonly command?: string;
  /** What people should know the wait by, where consumers can do nothing about it. */
  readonly reason?: ConsumerAssessment['reason'];
}

/** The reports of one type that count: for exactly this uid, revision, fingerprint and consumer. */
export function countingReports(
  { subject, consumer, reports }: Sightings,
  type: MigrationReport['spec']['type'],
): readonly MigrationReport[] {
  return reports.filter(
    ({ spec }) =>
      spec.type === type &&
      spec.consumer === consumer &&
      spec.rotationRef.uid === subject.uid &&
      spec.revision === subject.revision &&
      spec.fingerprint === subject.fingerprint,
  );
}
