import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/api/duration.ts';
import { parseSchedule, type Schedule, type ScheduleSpec } from '../../../src/schedule/parse-schedule.ts';
import { scheduleAt } from '../../../src/schedule/schedule-at.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const specs: readonly (ScheduleSpec & { readonly jitter: string })[] = [
  { cron: '* * * * *', jitter: '1m' },
  { cron: '*/20 * * * *', timeZone: 'Europe/Stockholm', jitter: '20m' },
  { cron: '30 2 * * *', timeZone: 'Europe/Stockholm', jitter: '22h' },
  { cron: '30 1,2 * * *', timeZone: 'America/New_York', jitter: '30m' },
  { cron: '0 3 1 * *', timeZone: 'Europe/Stockholm', jitter: '240h' },
  { cron: '0 0 * * MON', jitter: '0s' },
];

function scheduleOf(spec: ScheduleSpec): Schedule {
  const parsed = parseSchedule(spec);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.schedule;
}

const planned = fc.constantFrom(...specs.map((spec) => ({ schedule: scheduleOf(spec), jitter: spec.jitter })));
const uid = fc.uuid();
/** Around both clock changes of 2026 as often as anywhere else. */
const instant = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
  ...[Date.UTC(2026, 2, 8), Date.UTC(2026, 2, 29), Date.UTC(2026, 9, 25), Date.UTC(2026, 10, 1)].map((day) =>
    fc.integer({ min: day - DAY, max: day + DAY }),
  ),
);

describe('the schedule, for any uid, spec and time', () => {
  it('answers as if it had never been asked before', () => {
    const near = fc.integer({ min: -3 * 60 * MINUTE, max: 3 * 60 * MINUTE });
    fc.assert(
      fc.property(
        fc.constantFrom(...specs),
        uid,
        instant,
        fc.array(near, { maxLength: 5 }),
        (spec, anyUID, at, steps) => {
          const asked = scheduleOf(spec);
          const positionAt = (nowMs: number) => ({ uid: anyUID, nowMs, lastTickMs: at - DAY, createdMs: 0 });
          for (const step of steps) scheduleAt(asked, positionAt(at + step));
          expect(scheduleAt(asked, positionAt(at))).toEqual(scheduleAt(scheduleOf(spec), positionAt(at)));
        },
      ),
    );
  });

  it('fires each tick within its jitter, and always the same', () => {
    fc.assert(
      fc.property(planned, uid, instant, ({ schedule, jitter }, anyUID, nowMs) => {
        const jitterMs = parseDuration(jitter) ?? Number.NaN;
        const position = { uid: anyUID, nowMs, lastTickMs: nowMs, createdMs: 0 };
        const { nextMs } = scheduleAt(schedule, position);
        const fired = scheduleAt(schedule, { ...position, nowMs: nextMs });
        const tickMs = fired.tickMs ?? Number.NaN;
        expect(fired).toMatchObject({ due: true, skippedTicks: 0 });
        expect(tickMs % MINUTE).toBe(0);
        expect(tickMs).toBeGreaterThan(nowMs);
        expect(nextMs - tickMs).toBeGreaterThanOrEqual(0);
        expect(nextMs - tickMs).toBeLessThan(Math.max(jitterMs, 1));
        expect(scheduleAt(schedule, position).nextMs).toBe(nextMs);
        expect(scheduleAt(schedule, { ...position, nowMs: nextMs - 1 }).due).toBe(false);
      }),
    );
  });

  it('hands out every tick exactly once, in order, when each is handled as it fires', () => {
    fc.assert(
      fc.property(planned, uid, instant, ({ schedule }, anyUID, startMs) => {
        const handled: number[] = [];
        let nowMs = startMs;
        for (let round = 0; round < 12; round += 1) {
          const lastTickMs = handled.at(-1);
          const state = scheduleAt(schedule, { uid: anyUID, nowMs, lastTickMs, createdMs: startMs });
          expect(state.nextMs).toBeGreaterThan(nowMs);
          if (state.tickMs !== undefined) handled.push(state.tickMs);
          nowMs = state.nextMs;
        }
        expect(handled).toEqual(schedule.ticks.next(startMs, 11));
      }),
    );
  });

  it('owes after any absence just the latest tick, counts the others, and rests once it is handled', () => {
    fc.assert(
      fc.property(
        planned,
        uid,
        instant,
        fc.integer({ min: 0, max: 90 * MINUTE }),
        ({ schedule }, anyUID, createdMs, absenceMs) => {
          const nowMs = createdMs + absenceMs;
          const position = { uid: anyUID, nowMs, lastTickMs: undefined, createdMs };
          const { due, tickMs, nextMs, skippedTicks } = scheduleAt(schedule, position);
          const passed = schedule.ticks.next(createdMs, 100).filter((tick) => tick <= nowMs);
          const index = passed.indexOf(tickMs ?? Number.NaN);
          expect(due).toBe(index >= 0);
          expect(skippedTicks).toBe(Math.max(index, 0));
          // Only the newest tick can still be waiting for its delay to end.
          expect(passed.length - 1 - index).toBeLessThanOrEqual(1);
          if (tickMs === undefined) return;
          expect(scheduleAt(schedule, { ...position, lastTickMs: tickMs })).toEqual({
            due: false,
            nextMs,
            skippedTicks: 0,
          });
        },
      ),
    );
  });

  it('never looks back: as time goes on, the due tick and the next firing only grow', () => {
    fc.assert(
      fc.property(
        planned,
        uid,
        instant,
        fc.integer({ min: 0, max: 3 * DAY }),
        ({ schedule }, anyUID, nowMs, laterMs) => {
          const position = { uid: anyUID, lastTickMs: undefined, createdMs: Date.UTC(2025, 10, 1) };
          const earlier = scheduleAt(schedule, { ...position, nowMs });
          const later = scheduleAt(schedule, { ...position, nowMs: nowMs + laterMs });
          expect(later.tickMs ?? 0).toBeGreaterThanOrEqual(earlier.tickMs ?? 0);
          expect(later.nextMs).toBeGreaterThanOrEqual(earlier.nextMs);
        },
      ),
    );
  });

  it('ends each delay before the next tick, also where a day has 23 hours and the jitter is a day', () => {
    const schedule = scheduleOf({ cron: '0 3 * * *', timeZone: 'Australia/Sydney', jitter: '24h' });
    const [tickMs, followingMs] = [Date.UTC(2026, 9, 2, 17), Date.UTC(2026, 9, 3, 16)];
    expect(schedule.ticks.next(tickMs - 1, 2)).toEqual([tickMs, followingMs]);
    for (let object = 0; object < 200; object += 1) {
      const position = { uid: `object-${object}`, nowMs: tickMs - 1, lastTickMs: tickMs - DAY, createdMs: 0 };
      expect(scheduleAt(schedule, position).nextMs).toBeLessThan(followingMs);
    }
  });

  it('spreads objects with one cron expression evenly over the jitter', () => {
    const schedule = scheduleOf({ cron: '0 3 1 * *', jitter: '1h' });
    const nowMs = Date.UTC(2026, 0, 15);
    const tickMs = Date.UTC(2026, 1, 1, 3);
    const quarters = [0, 0, 0, 0];
    for (let object = 0; object < 1000; object += 1) {
      const { nextMs } = scheduleAt(schedule, { uid: `object-${object}`, nowMs, lastTickMs: nowMs, createdMs: 0 });
      const quarter = Math.floor((nextMs - tickMs) / (15 * MINUTE));
      quarters[quarter] = (quarters[quarter] ?? 0) + 1;
    }
    expect(quarters).toHaveLength(4);
    expect(Math.min(...quarters)).toBeGreaterThan(200);
  });
});
