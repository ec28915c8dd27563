import type { ConsumerStatus } from '../api/types.ts';
import type { Explanation } from './explanation.ts';

/** What the evidence of one consumer says, from one look at reports, pods and workloads. */
export interface ConsumerAssessment {
  /** The consumer's name in spec. */
  readonly name: string;
  /** Migrated only when every evidence of the consumer is complete for this uid, revision and fingerprint. */
  readonly state: 'Pending' | 'Migrated';
  /** Names of live pods that have not reported, or started too early, sorted; at most 10, as status holds them. */
  readonly missingPods: readonly string[];
  /**
   * A sentence for people, without relative times, at most 1024 characters: who is missing, or that nobody is. What ends the wait stands
   * in a second line, where that is a long command.
   */
  readonly message: string;
  /** `PolicyMissing`: approvals count for nothing before an administrator has done something. */
  readonly reason?: 'PolicyMissing';
  /** Set where the consumer cannot move before a person has changed something. */
  readonly stalled?: Explanation;
  /** Of a consumer with a Rollout whose workload was seen. */
  readonly rollout?: RolloutFinding;
  /** See ConsumerStatus. */
  readonly approvalPolicy?: NonNullable<ConsumerStatus['approvalPolicy']>;
}

/** One look at a workload and at what its pods read. When things were seen is put to it by the status that keeps it. */
export interface RolloutFinding {
  /** As `Deployment/payments-api`. */
  readonly workload: string;
  readonly workloadUID: string;
  /** What its pods read, as `Secret payments-apio, key API_KEY`. */
  readonly copy: string;
  /** Whether that holds the new key. */
  readonly copyIsNew: boolean;
  /** RFC 3339, server time: since when it does at the latest, where that need not be seen first. */
  readonly newSince?: string;
  /** Whether its pod template carries the mark of a restart for this revision. */
  readonly isRestarted: boolean;
  /** A restart is all that is missing: the workload as it was seen. */
  readonly restart?: WorkloadVersion;
}

/** One version of a workload of the rotation's namespace. */
export interface WorkloadVersion {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
  readonly resourceVersion: string;
}
