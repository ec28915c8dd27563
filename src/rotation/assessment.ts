/** What the evidence of one consumer says, from one look at reports and pods. */
export interface ConsumerAssessment {
  /** The consumer's name in spec. */
  readonly name: string;
  /** Migrated only when every evidence of the consumer is complete for this uid, revision and fingerprint. */
  readonly state: 'Pending' | 'Migrated';
  /** Names of live pods that have not reported, sorted; at most 10, as status holds them. */
  readonly missingPods: readonly string[];
  /**
   * A sentence for people, without relative times, at most 1024 characters: who is missing, or that nobody is. What ends the wait stands
   * in a second line, where that is a long command.
   */
  readonly message: string;
  /** `PolicyMissing`: approvals count for nothing before an administrator has done something. */
  readonly reason?: 'PolicyMissing';
}
