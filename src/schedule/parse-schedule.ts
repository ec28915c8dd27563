import { formatDuration, parseDuration } from '../api/duration.ts';
import { createTicks, type Ticks } from './ticks.ts';
import type { Window } from './windows.ts';

/** `spec.schedule` as users write it. */
export interface ScheduleSpec {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA name; UTC when absent. */
  readonly timeZone?: string;
  /** GEP-2257; no delay when absent. */
  readonly jitter?: string;
  /** When a rotation may begin, and a key be revoked; at any time when absent. Read in the same time zone. */
  readonly windows?: readonly { readonly cron: string; readonly duration: string }[];
}

/** A schedule that fires: made by `parseSchedule` only, read by `scheduleAt`. */
export interface Schedule {
  readonly ticks: Ticks;
  /** Upper bound, exclusive, of the delay of each tick. */
  readonly jitterMs: number;
  /** Empty: at any time. */
  readonly windows: readonly Window[];
}

/** What is wrong, at which field below `spec`, and what to write instead. */
interface ScheduleProblem {
  readonly ok: false;
  readonly field: 'schedule.cron' | 'schedule.timeZone' | 'schedule.jitter' | 'schedule.windows';
  readonly message: string;
}

/** The schedule, or the first problem. */
export type ParsedSchedule = { readonly ok: true; readonly schedule: Schedule } | ScheduleProblem;

/** Where interval checks begin: a leap year. Fixed, so that the verdict on a spec never depends on the day. */
const REFERENCE_MS = Date.UTC(2024, 0, 1);
/** Enough days from January on to meet the hour that clocks lose in spring on both sides of the Atlantic. */
const SAMPLED_TICKS = 100;
const FIELDS = 'minute, hour, day of month, month, day of week, for instance "0 3 1 * *"';

/** Reads `spec.schedule`; never throws. The first field that is wrong is named. */
export function parseSchedule({ cron, timeZone = 'UTC', jitter, windows = [] }: ScheduleSpec): ParsedSchedule {
  const zoneProblem = problemOfTimeZone(timeZone);
  if (zoneProblem) return problem('schedule.timeZone', zoneProblem);
  const ticks = readCron(cron, timeZone);
  if (typeof ticks === 'string') return problem('schedule.cron', ticks);
  const jitterMs = readJitter(jitter, ticks);
  if (typeof jitterMs === 'string') return problem('schedule.jitter', jitterMs);
  const read = windows.map((window) => readWindow(window, timeZone));
  const wrong = read.find((window) => typeof window === 'string');
  if (wrong !== undefined) return problem('schedule.windows', wrong);
  return { ok: true, schedule: { ticks, jitterMs, windows: read.filter((window) => typeof window !== 'string') } };
}

function problem(field: ScheduleProblem['field'], what: string): ScheduleProblem {
  return { ok: false, field, message: `spec.${field} ${what}` };
}

function problemOfTimeZone(timeZone: string): string | undefined {
  // Intl takes offsets such as +02:00 too, which know no daylight saving time.
  if (!/^[+-]/.test(timeZone) && isTimeZone(timeZone)) return undefined;
  return `"${timeZone}" is not a time zone: write an IANA name, for instance Europe/Stockholm, or leave it out for UTC`;
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** The ticks, or what is wrong. */
function readCron(cron: string, timeZone: string): Ticks | string {
  const parts = cron.split(/\s+/).filter(Boolean);
  const count = parts.length === 1 ? '1 part' : `${parts.length} parts`;
  if (/^\d{4}-\d{2}-\d{2}/.test(cron.trim())) return `"${cron}" is a date, which comes only once: write ${FIELDS}`;
  if (parts.length !== 5) return `"${cron}" has ${count} instead of five: write ${FIELDS}`;
  try {
    const ticks = createTicks(parts.join(' '), timeZone);
    if (ticks.next(REFERENCE_MS, 1).length > 0) return ticks;
    return `"${cron}" never fires, because no month it names has that day: choose a day that exists`;
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : String(error);
    return `"${cron}" cannot be read (${reason}): write ${FIELDS}`;
  }
}

/** The window, or what is wrong. */
function readWindow({ cron, duration }: { cron: string; duration: string }, timeZone: string): Window | string {
  const ticks = readCron(cron, timeZone);
  if (typeof ticks === 'string') return ticks;
  const durationMs = parseDuration(duration);
  if (durationMs !== undefined && durationMs > 0) return { ticks, durationMs };
  return `"${cron}" has the duration "${duration}", in which nothing could happen: write one of GEP-2257, for instance 4h`;
}

/** Milliseconds, or what is wrong. A jitter as long as the interval would let one tick run into the next. */
function readJitter(jitter: string | undefined, ticks: Ticks): number | string {
  if (jitter === undefined) return 0;
  const jitterMs = parseDuration(jitter);
  if (jitterMs === undefined)
    return `"${jitter}" is not a duration: write one of GEP-2257, for instance 90s, 30m, 1h30m`;
  const interval = jitterMs === 0 ? Number.POSITIVE_INFINITY : shortestInterval(ticks, jitterMs);
  if (jitterMs <= interval) return jitterMs;
  return `"${jitter}" is longer than the ${formatDuration(interval)} between two ticks of spec.schedule.cron: write at most that`;
}

/** The shortest interval among the sampled ticks; stops at the first that is shorter than `enoughMs`. */
function shortestInterval(ticks: Ticks, enoughMs: number): number {
  let shortest = Number.POSITIVE_INFINITY;
  let previous: number | undefined;
  for (const tick of ticks.next(REFERENCE_MS, SAMPLED_TICKS)) {
    if (previous !== undefined) shortest = Math.min(shortest, tick - previous);
    if (shortest < enoughMs) return shortest;
    previous = tick;
  }
  return shortest;
}
