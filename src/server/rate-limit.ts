import type { Clock } from '../runtime/clock.ts';
import { ApiError } from './api-error.ts';

/** How much one source may ask for. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Sources remembered at most; the one that was heard of longest ago is forgotten for a new one. */
const MAX_SOURCES = 10_000;

/**
 * One token bucket a source. Throws ApiError 429 when a source asks too often, with the seconds until its bucket holds a token
 * again as Retry-After. `whose` completes "Too many requests of".
 */
export function createRateLimiter(
  clock: Pick<Clock, 'monotonic'>,
  { perSecond, burst }: RateLimit,
  whose: string,
): (source: string) => void {
  /** In the order in which sources were heard of. */
  const buckets = new Map<string, Bucket>();

  function refilled(source: string, now: number): number {
    const { tokens, filledAt } = buckets.get(source) ?? { tokens: burst, filledAt: now };
    return Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
  }
  function remember(source: string, bucket: Bucket): void {
    buckets.delete(source);
    buckets.set(source, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > MAX_SOURCES && oldest !== undefined) buckets.delete(oldest);
  }
  return (source) => {
    const now = clock.monotonic();
    const tokens = refilled(source, now);
    const isAdmitted = tokens >= 1;
    remember(source, { tokens: isAdmitted ? tokens - 1 : tokens, filledAt: now });
    if (isAdmitted) return;
    const seconds = Math.max(1, Math.ceil((1 - tokens) / perSecond));
    throw new ApiError(429, 'TooManyRequests', `Too many requests of ${whose}: wait as Retry-After says`, seconds);
  };
}
