import { isRecord } from './json.ts';

const MAX_RETRY_AFTER_SECONDS = 3600;

/**
 * The peer's own name for an error (`error.code`, else `error.type`), where it is a mere word. Digits are not taken: no
 * key text passes for a word, even if a peer echoes one.
 */
export function readErrorCode(body: unknown): string | undefined {
  const error = isRecord(body) && isRecord(body.error) ? body.error : undefined;
  return [error?.code, error?.type]
    .filter((word) => typeof word === 'string')
    .find((word) => /^[a-z_]{1,64}$/.test(word));
}

/** Seconds of Retry-After, at most an hour; a date is measured against the Date of the same answer. */
export function readRetryAfter(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const text = headers['retry-after'];
  if (typeof text !== 'string') return undefined;
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - Date.parse(String(headers.date))) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 0), MAX_RETRY_AFTER_SECONDS) : undefined;
}
