import type { Facts } from './facts.ts';
import { statusOf } from './transitions/status.ts';

const WINDOW_MS = 7 * 24 * 3_600_000;
const FIRST_PAUSE_MS = 600_000;

/** Whoever writes over so many repairs within the window is not there by mistake. */
export const MAX_REPAIRS = 5;

/** Whether spec asks for repairs. */
export function isRepaired({ object }: Pick<Facts, 'object'>): boolean {
  return object.spec.onDrift === 'Repair';
}

/** The repairs that count against the limit, oldest first. */
export function recentRepairs(facts: Facts): string[] {
  return (statusOf(facts).repairs ?? []).filter((at) => !(facts.time.now - Date.parse(at) >= WINDOW_MS));
}

/** When the next repair may begin, in milliseconds: ten minutes after the first one, and twice as long after each one that follows. */
export function pauseEnd(facts: Facts): number {
  const recent = recentRepairs(facts);
  const last = Date.parse(recent.at(-1) ?? '');
  return Number.isNaN(last) ? 0 : last + FIRST_PAUSE_MS * 2 ** (recent.length - 1);
}
