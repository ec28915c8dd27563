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

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Where vendors say when their limit ends, if they do not say Retry-After; some send it with every answer. */
const RESET_HEADERS = ['ratelimit-reset', 'x-ratelimit-reset', 'x-rate-limit-reset'];
/** More seconds than these are no duration, but a time since 1970. */
const MAX_DELAY_SECONDS = 1_000_000_000;

/**
 * Seconds to wait, at most an hour: those of Retry-After, else, where there were too many requests, until the limit ends. A time is
 * measured against the Date of the same answer.
 */
export function readRetryAfter(headers: Headers, status?: number): number | undefined {
  const asked = headers['retry-after'];
  const text = asked ?? (status === 429 ? RESET_HEADERS.map((name) => headers[name]).find(Boolean) : undefined);
  if (typeof text !== 'string') return undefined;
  const seconds = secondsOf(text, Date.parse(String(headers.date)) / 1_000);
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 0), MAX_RETRY_AFTER_SECONDS) : undefined;
}

/** `now`: seconds since 1970. */
function secondsOf(text: string, now: number): number {
  if (!/^\d{1,10}$/.test(text)) return Date.parse(text) / 1_000 - now;
  return Number(text) > MAX_DELAY_SECONDS ? Number(text) - now : Number(text);
}
