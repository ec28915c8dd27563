/**
 * The times of an election, in milliseconds and with client-go's defaults. What makes them safe: whoever leads begins nothing
 * more `renewDeadline` after it began its last successful renewal, whoever wants to lead waits `leaseDuration` from when it saw
 * that renewal, and a call is over after `callTimeout`: renewDeadline + callTimeout < leaseDuration.
 */
export interface ElectionTiming {
  /** How long others leave a holder alone whose lease does not change. Whole seconds: it stands in the Lease. */
  readonly leaseDuration: number;
  /** How long the holder believes in its last successful renewal, from when it began it. */
  readonly renewDeadline: number;
  /** Between two renewals; at most so long between two looks of a standby. */
  readonly retryPeriod: number;
  /**
   * The part of `retryPeriod` by which standbys look sooner, at random, so that they do not come at once. client-go looks later
   * instead, by up to 1.2 of it: then a new leader could need 24 s, which is more than we promise.
   */
  readonly jitterFactor: number;
  /** How long one call to the API server may take. */
  readonly callTimeout: number;
}

/** What the operator runs with: another replica leads at most 17 s after the last renewal of a leader that is gone. */
export const TIMING: ElectionTiming = {
  leaseDuration: 15_000,
  renewDeadline: 10_000,
  retryPeriod: 2_000,
  jitterFactor: 0.5,
  callTimeout: 3_000,
};
