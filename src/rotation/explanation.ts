import type { ConditionReason } from '../api/reasons.ts';

/** Reason and message (a sentence without relative times) of a condition, event or log line. */
export interface Explanation {
  readonly reason: ConditionReason;
  readonly message: string;
}
