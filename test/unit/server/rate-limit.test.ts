import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/server/api-error.ts';
import { createRateLimiter } from '../../../src/server/rate-limit.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

/** Undefined where the source is admitted, else the seconds of Retry-After. */
function waitOf(admit: (source: string) => void, source = 'a'): number | undefined {
  try {
    admit(source);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'TooManyRequests') return error.retryAfterSeconds;
    throw error;
  }
}

describe('a rate limit', () => {
  it.each([
    [2, 1],
    [1, 1],
    [0.5, 2],
    [0.1, 10],
    [0.15, 7],
  ])('of %d a second says after the burst to wait %d s, and after that admits one', async (perSecond, seconds) => {
    const clock = new VirtualClock();
    const admit = createRateLimiter(clock, { perSecond, burst: 3 }, 'this pod');
    expect([waitOf(admit), waitOf(admit), waitOf(admit)]).toEqual([undefined, undefined, undefined]);
    expect(waitOf(admit)).toBe(seconds);
    await clock.advance(seconds * 1_000);
    expect(waitOf(admit)).toBe(undefined);
  });

  it('is not made longer by asking all the while', async () => {
    const clock = new VirtualClock();
    const admit = createRateLimiter(clock, { perSecond: 1, burst: 1 }, 'this pod');
    const waits: (number | undefined)[] = [];
    for (let ms = 0; ms < 3_000; ms += 250) {
      waits.push(waitOf(admit));
      await clock.advance(250);
    }
    expect(waits.filter((wait) => wait === undefined)).toHaveLength(3);
  });

  it('is kept for each source by itself', () => {
    const admit = createRateLimiter(new VirtualClock(), { perSecond: 1, burst: 1 }, 'this pod');
    expect([waitOf(admit, 'a'), waitOf(admit, 'a'), waitOf(admit, 'b')]).toEqual([undefined, 1, undefined]);
  });

  it('forgets the source that was heard of longest ago where there are too many, and no other', () => {
    const admit = createRateLimiter(new VirtualClock(), { perSecond: 1, burst: 1 }, 'this pod');
    for (let source = 0; source < 10_000; source += 1) admit(`${source}`);
    expect(waitOf(admit, '0')).toBe(1);
    admit('one more');
    expect([waitOf(admit, '0'), waitOf(admit, '2')]).toEqual([1, 1]);
    expect(waitOf(admit, '1')).toBe(undefined);
  });
});
