/** An answer that is no success. Its message says field, problem and remedy; it never repeats what was sent. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status code. */
  readonly status: number;
  /** CamelCase, stable: what programs decide by. */
  readonly code: string;
  /** Seconds after which to try again, sent as Retry-After. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
