import type { ApiKeyRotation } from '../api/types.ts';

/** What is not on its way may still come: the next rotation begins whenever somebody asks for it. */
const NOTHING_ON_ITS_WAY_SECONDS = 10;
const LONGEST_SECONDS = 30;

/**
 * Seconds (Retry-After) after which a key that this rotation does not know may be known: one while an attempt to publish it is young,
 * and a tenth of the attempt's age, at most half a minute, where a store or the issuer holds it up. `now`: RFC 3339.
 */
export function comeAgainAfter({ status }: ApiKeyRotation, now: string): number {
  const { attemptAt = '', publishedAt } = status?.rotation ?? {};
  const age = (Date.parse(now) - Date.parse(attemptAt)) / 1_000;
  if (publishedAt !== undefined || !Number.isFinite(age)) return NOTHING_ON_ITS_WAY_SECONDS;
  return Math.min(LONGEST_SECONDS, Math.max(1, Math.floor(age / 10)));
}
