import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/runtime/clock.ts';

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** 2030-01-01T00:00:00Z: a wall-clock start that nobody takes for the real one. */
export const VIRTUAL_START = Date.UTC(2030, 0, 1);

/**
 * Time that moves only when told to. Timers run in the order of their due times, equal ones in the order in which they were
 * set; after each one everything that follows from it without waiting is done before the next one runs.
 */
export class VirtualClock implements Clock {
  #elapsed = 0;
  #wallOffset: number;
  /** Sorted by due time, stable. */
  readonly #timers: Timer[] = [];

  constructor(startMs: number = VIRTUAL_START) {
    this.#wallOffset = startMs;
  }

  now(): number {
    return this.#wallOffset + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { due: this.#elapsed + Math.max(0, delayMs), callback };
    const later = this.#timers.findLastIndex(({ due }) => due <= timer.due) + 1;
    this.#timers.splice(later, 0, timer);
    return () => this.#cancel(timer);
  }

  /** Timers that wait to run. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Milliseconds until the next timer is due; undefined when none is set. */
  get nextDelayMs(): number | undefined {
    const next = this.#timers[0];
    return next && next.due - this.#elapsed;
  }

  /** Moves the wall clock alone, as a clock correction does. */
  jump(byMs: number): void {
    this.#wallOffset += byMs;
  }

  /** Resolves when all that can happen without time passing has happened. */
  async idle(): Promise<void> {
    await setImmediate();
  }

  /** Lets `ms` pass, running every timer that falls due on the way, also those that others set. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await this.idle();
    while (await this.#runNext(end));
    this.#elapsed = end;
  }

  /** Lets time pass until `condition` holds; throws when `limitMs` pass or nothing is left to happen before it does. */
  async runUntil(condition: () => boolean, limitMs: number = 30 * 24 * 3_600_000): Promise<void> {
    const end = this.#elapsed + limitMs;
    await this.idle();
    while (!condition()) {
      if (await this.#runNext(end)) continue;
      const why = this.pending > 0 ? `${limitMs} ms passed` : 'nothing is left to happen';
      throw new Error(`The condition does not hold and ${why}: ${condition}`);
    }
  }

  async #runNext(end: number): Promise<boolean> {
    const next = this.#timers[0];
    if (!next || next.due > end) return false;
    this.#timers.shift();
    this.#elapsed = next.due;
    next.callback();
    await this.idle();
    return true;
  }

  #cancel(timer: Timer): void {
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }
}
