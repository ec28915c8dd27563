import type { Clock } from '../runtime/clock.ts';
import { ApiError } from './api-error.ts';

/** How much one source address may ask for. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Sources remembered at most; beyond that those that have been quiet are forgotten. */
const MAX_SOURCES = 10_000;

/** Throws ApiError 429 when a source asks too often, so that no pod can turn its requests into load on the Kubernetes API. */
export function createRateLimiter(clock: Pick<Clock, 'monotonic'>, limit: RateLimit): (source: string) => void {
  const buckets = new Map<string, Bucket>();

  function level({ tokens, filledAt }: Bucket, now: number): number {
    return Math.min(limit.burst, tokens + ((now - filledAt) / 1000) * limit.perSecond);
  }
  function forgetQuiet(now: number): void {
    for (const [source, bucket] of buckets) if (level(bucket, now) >= limit.burst) buckets.delete(source);
  }
  return (source) => {
    const now = clock.monotonic();
    if (buckets.size >= MAX_SOURCES) forgetQuiet(now);
    const found = buckets.get(source);
    const tokens = (found ? level(found, now) : limit.burst) - 1;
    if (tokens < 0) throw new ApiError(429, 'TooManyRequests', 'Too many requests from this address: slow down', 1);
    buckets.set(source, { tokens, filledAt: now });
  };
}
