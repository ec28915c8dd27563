import { parseDuration } from '../api/duration.ts';
import type { TimeFact } from './facts.ts';

/** Milliseconds of a duration in spec; 0 where it is absent. What is no duration the CRD has refused. */
export function milliseconds(duration: string | undefined): number {
  return parseDuration(duration ?? '') ?? 0;
}

/** `time` (RFC 3339) plus `ms`, as RFC 3339 in whole seconds. */
export function later(time: string, ms: number): string {
  return toTimestamp(Date.parse(time) + ms);
}

/**
 * Whether `ms` have passed since `start` (design section 5, Time): `Yes` only when the API server's clock has certainly gone that
 * far; `Ask` when it may have and nobody asked it just now; otherwise when to look again. An unreadable start never passes.
 */
export function elapsed(
  time: TimeFact,
  start: string | undefined,
  ms: number,
): 'Yes' | 'Ask' | { readonly again: number } {
  const from = Date.parse(start ?? '');
  if (!Number.isFinite(from)) return { again: 60_000 };
  if (ms === 0 || time.now - from >= ms) return 'Yes';
  const missing = from + ms - Date.parse(time.stamp);
  if (missing <= 0) return time.fresh ? { again: 1_000 } : 'Ask';
  return { again: Math.max(1_000, missing) };
}

/** RFC 3339 in whole seconds, as Kubernetes writes times; a time that cannot be one (status is untrusted) is said to be so. */
export function toTimestamp(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'an unreadable time' : `${date.toISOString().slice(0, 19)}Z`;
}
