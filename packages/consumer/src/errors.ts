/** What went wrong: with the key itself, or with telling the operator about it. */
export type ConsumerErrorCode = 'LoadFailed' | 'NoKey' | 'ReportFailed' | 'ReportRefused' | 'Closed';

/** A failure of this package. Its message holds neither key nor token and says what to do. */
export class ConsumerError extends Error {
  override readonly name = 'ConsumerError';
  readonly code: ConsumerErrorCode;

  constructor(code: ConsumerErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Throw it inside `use(fn)` when the API refused the key: the call is tried once more with a newer key, if there is one. */
export class KeyRefused extends Error {
  override readonly name = 'KeyRefused';

  constructor(message = 'The API refused the key', options?: { cause?: unknown }) {
    super(message, options);
  }
}

/** The system's code of a failure (`ENOENT`, `ECONNREFUSED`), or its class. Messages of others may quote what they choked on. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const source = error.cause instanceof Error ? error.cause : error;
  return 'code' in source && typeof source.code === 'string' ? source.code : source.name;
}
