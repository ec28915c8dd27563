import type { Ticks } from './ticks.ts';

/** A time that comes again: it opens with each tick. */
export interface Window {
  readonly ticks: Ticks;
  readonly durationMs: number;
}

/** One of its times, in milliseconds since the epoch, the end exclusive. */
export interface Opening {
  readonly opensMs: number;
  readonly closesMs: number;
}

/** The opening of `nowMs`, the one that lasts longest if there are several; or else the next. Undefined where the calendar ends. */
export function openingAt(windows: readonly Window[], nowMs: number): Opening | undefined {
  const present = windows.flatMap((window) => opening(window, window.ticks.previous(nowMs, 2)[0]));
  const open = present.filter(({ closesMs }) => closesMs > nowMs);
  if (open.length > 0) return open.reduce((best, each) => (each.closesMs > best.closesMs ? each : best));
  const next = windows.flatMap((window) => opening(window, window.ticks.next(nowMs, 1)[0]));
  return next.length === 0 ? undefined : next.reduce((best, each) => (each.opensMs < best.opensMs ? each : best));
}

function opening({ durationMs }: Window, tick: number | undefined): Opening[] {
  return tick === undefined ? [] : [{ opensMs: tick, closesMs: tick + durationMs }];
}
