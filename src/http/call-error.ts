/**
 * What is known after a call to the outside failed:
 * - `unknown`: no answer (time-out, reset, 5xx after sending): the call may have been carried out, now or later.
 * - `unavailable`: surely not carried out (connection refused, 429, 503, sealed), or a mere question; try again later.
 * - `conflict`: a compare-and-set found something else than it expected; nothing was written.
 * - `denied`: credentials missing, wrong or without permission.
 * - `refused`: the other side will not do this however often it is asked (bad request, unsupported setting).
 */
export type CallOutcome = 'unknown' | 'unavailable' | 'conflict' | 'denied' | 'refused';

/** A call to an issuer, a store or Kubernetes that did not succeed. Its message holds no secret and no upstream body. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly outcome: CallOutcome;
  /** CamelCase, fit for a condition's reason: `VaultSealed`, `RequestTimedOut`. */
  readonly reason: string;
  /** HTTP status code, where there was an answer. */
  readonly status: number | undefined;
  /** Seconds the other side asked us to wait (Retry-After). */
  readonly retryAfterSeconds: number | undefined;
  /** What failed is reading a credential of an issuer or a store: the message names places that may be its owner's affair alone. */
  readonly ofCredential: true | undefined;

  constructor(
    outcome: CallOutcome,
    reason: string,
    message: string,
    detail: {
      status?: number | undefined;
      retryAfterSeconds?: number | undefined;
      ofCredential?: true | undefined;
    } = {},
  ) {
    super(message);
    this.outcome = outcome;
    this.reason = reason;
    this.status = detail.status;
    this.retryAfterSeconds = detail.retryAfterSeconds;
    this.ofCredential = detail.ofCredential;
  }
}

/** A call that was not even begun, or that people have yet to carry out: it leaves no trace anywhere, in the audit neither. */
export class NotBegunError extends CallError {}

/** Milliseconds for which the other side asked us to wait; 0 where it named no time, or the error is none of a call. */
export function retryAfterMs(error: unknown): number {
  return error instanceof CallError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
}
