import type { EvidenceSpec } from '../api/types.ts';
import { milliseconds, toTimestamp } from '../rotation/duration.ts';
import type { OldKeyUse, UsageFact } from '../rotation/facts.ts';
import type { Sightings, Verdict } from './evidence.ts';

/** What spec says of a consumer that is seen by the use of the keys. */
export type LastUsedRule = NonNullable<EvidenceSpec['lastUsed']>;

/**
 * LastUsed: the old key has not been used for the quiet period, and the new one has, by somebody else than us. The quiet period counts
 * from publishing at the earliest, by the API server's clock, and from the last use, by the issuer's clock and as exactly as it tells.
 */
export function assessLastUsed({ quietPeriod }: LastUsedRule, { usage, publishedAt }: Sightings): Verdict {
  if (!usage) return pending('nobody has asked the issuer yet when the keys were used');
  const { old, fresh } = usage;
  if (old.type === 'Untold') return pending(old.why);
  if (fresh.type === 'Untold') return pending(fresh.why);
  const waits = [
    noise(old, usage, Date.parse(publishedAt), quietPeriod),
    fresh.type === 'Used'
      ? undefined
      : `waiting for a use of the new key ${fresh.keyID}: the issuer shows none by others later than ${toTimestamp(fresh.since)}`,
  ].filter((wait) => wait !== undefined);
  if (waits.length > 0 || fresh.type !== 'Used') return pending(waits.join('; '));
  const silence = old.type === 'Dead' ? 'is dead at the issuer' : `has not been used for ${quietPeriod}`;
  const message = `old key ${old.keyID} ${silence}, new key ${fresh.keyID} was used at ${toTimestamp(fresh.at)}`;
  return { complete: true, missingPods: [], message };
}

/** Milliseconds until the quiet period may be over, by what was seen; 0 or less where it was over then. NaN where a time is none. */
export function untilQuiet(quietMs: number, { old, now }: UsageFact, publishedAt: number): number {
  const sincePublishing = publishedAt + quietMs - now;
  if (old.type !== 'Told') return sincePublishing;
  const { asOf, lastUsedAt, resolutionMs } = old;
  return lastUsedAt === undefined
    ? sincePublishing
    : Math.max(sincePublishing, lastUsedAt + resolutionMs + quietMs - asOf);
}

/** Why the old key does not count as unused; undefined where it does. */
function noise(
  old: Exclude<OldKeyUse, { type: 'Untold' }>,
  usage: UsageFact,
  publishedAt: number,
  quietPeriod: string,
): string | undefined {
  const quietMs = milliseconds(quietPeriod);
  if (old.type === 'Dead') return undefined;
  if (quietMs < old.resolutionMs) return tooShort(quietPeriod, old.resolutionMs);
  // Not "> 0": a time that cannot be read must not end the wait.
  if (untilQuiet(quietMs, usage, publishedAt) <= 0) return undefined;
  const { keyID, lastUsedAt = Number.NEGATIVE_INFINITY, resolutionMs } = old;
  const last = lastUsedAt + resolutionMs;
  const from = Math.max(publishedAt, last);
  const start = from === publishedAt ? 'the new one was published' : `it was used, at ${toTimestamp(lastUsedAt)}`;
  return `waiting until the old key ${keyID} has not been used for ${quietPeriod} since ${start}: at ${toTimestamp(from + quietMs)} at the earliest`;
}

/** A period within which a use need not show says nothing. */
function tooShort(quietPeriod: string, resolutionMs: number): string {
  return `quietPeriod ${quietPeriod} is shorter than the ${resolutionMs / 1_000}s after which a use shows at the issuer; lengthen it`;
}

function pending(message: string): Verdict {
  return { complete: false, missingPods: [], message };
}
