import { shareOf } from './jitter.ts';
import type { Schedule } from './parse-schedule.ts';
import { type Opening, openingAt } from './windows.ts';

/** Where one object stands; times in milliseconds since the epoch. */
export interface SchedulePosition {
  readonly uid: string;
  readonly nowMs: number;
  /** The tick handled last (`status.lastTick`), unjittered. */
  readonly lastTickMs: number | undefined;
  /** Ticks up to here do not count. */
  readonly createdMs: number;
}

/** What the schedule asks for now. */
export interface ScheduleState {
  readonly due: boolean;
  /** Present where due: the latest tick whose firing time has come, unjittered. Store it when it is handled or skipped. */
  readonly tickMs?: number;
  /** The next firing after now, with jitter, and in a window where there are windows; Infinity where the calendar ends. */
  readonly nextMs: number;
  /** Earlier ticks that the due one stands for; counted up to 100. */
  readonly skippedTicks: number;
  /** Where there are windows: the one that is open, or else the next. */
  readonly window?: SpreadOpening;
}

/** `spreadMs`: when this object begins what waited for the opening. Many wait for one, and each has a constant share of the jitter. */
export interface SpreadOpening extends Opening {
  readonly spreadMs: number;
}

const MAX_COUNTED_TICKS = 100;

/**
 * Asks a schedule where it stands. Ticks that were missed are due once, as the latest of them:
 *
 *     lastTick      tick        tick      now    tick
 *     ───┴────────────┴──~────────┴──~─────┼──────┴──~──▶     ~ delay of the tick by jitter
 *                  skipped       due                next
 */
export function scheduleAt(schedule: Schedule, { uid, nowMs, lastTickMs, createdMs }: SchedulePosition): ScheduleState {
  const handledMs = Math.max(createdMs, lastTickMs ?? createdMs);
  const firingOf = (tick: number) => tick + delayOf(schedule, uid, tick);
  // Two are enough: a delay ends before the next tick, so that of these at most the newest has not fired yet.
  const open = schedule.ticks.previous(nowMs, 2).filter((tick) => tick > handledMs);
  const delayed = open.find((tick) => firingOf(tick) > nowMs);
  const upcoming = delayed ?? schedule.ticks.next(Math.max(nowMs, handledMs), 1)[0];
  const nextMs = upcoming === undefined ? Number.POSITIVE_INFINITY : admittedAt(schedule, uid, firingOf(upcoming));
  const opening = openingFor(schedule, uid, nowMs);
  const window = opening && { window: opening };
  const tickMs = open.find((tick) => firingOf(tick) <= nowMs);
  if (tickMs === undefined) return { due: false, nextMs, skippedTicks: 0, ...window };
  return { due: true, tickMs, nextMs, skippedTicks: countTicksBetween(schedule, handledMs, tickMs), ...window };
}

/** When a firing has its effect: at once within a window, else in the next one. */
function admittedAt(schedule: Schedule, uid: string, firingMs: number): number {
  const opening = Number.isFinite(firingMs) ? openingFor(schedule, uid, firingMs) : undefined;
  return !opening || opening.opensMs <= firingMs ? firingMs : opening.spreadMs;
}

function openingFor({ windows, jitterMs }: Schedule, uid: string, nowMs: number): SpreadOpening | undefined {
  const opening = openingAt(windows, nowMs);
  if (!opening) return undefined;
  const { opensMs, closesMs } = opening;
  return { ...opening, spreadMs: opensMs + Math.floor(shareOf(uid, opensMs) * Math.min(jitterMs, closesMs - opensMs)) };
}

/**
 * The delay of a tick, in [0, jitter) and always over before the next tick, whatever the clocks do in between, and before the end of
 * the window in which the tick falls.
 */
function delayOf({ ticks, jitterMs, windows }: Schedule, uid: string, tick: number): number {
  if (jitterMs === 0) return 0;
  const [following = Number.POSITIVE_INFINITY] = ticks.next(tick, 1);
  const opening = openingAt(windows, tick);
  const left = opening && opening.opensMs <= tick ? opening.closesMs - tick : Number.POSITIVE_INFINITY;
  return Math.floor(shareOf(uid, tick) * Math.min(jitterMs, following - tick, left));
}

function countTicksBetween({ ticks }: Schedule, afterMs: number, beforeMs: number): number {
  let count = 0;
  let [tick = beforeMs] = ticks.next(afterMs, 1);
  while (tick < beforeMs && count < MAX_COUNTED_TICKS) {
    count += 1;
    [tick = beforeMs] = ticks.next(tick, 1);
  }
  return count;
}
