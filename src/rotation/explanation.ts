/** Reason (CamelCase) and message (a sentence without relative times) of a condition, event or log line. */
export interface Explanation {
  readonly reason: string;
  readonly message: string;
}
