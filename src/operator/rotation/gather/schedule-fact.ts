import type { ApiKeyRotation } from '../../../api/types.ts';
import { toTimestamp } from '../../../rotation/duration.ts';
import type { ScheduleFact, WindowFact } from '../../../rotation/facts.ts';
import { type ParsedSchedule, parseSchedule } from '../../../schedule/parse-schedule.ts';
import { type SpreadOpening, scheduleAt } from '../../../schedule/schedule-at.ts';

/** Where an object stands in its schedule at `nowMs` (milliseconds, server time). */
export type ScheduleFacts = (object: ApiKeyRotation, nowMs: number) => ScheduleFact;

/** Different schedules that are kept parsed; beyond that all are parsed anew. */
const MAX_PARSED = 1_000;

/** Parsing looks for ticks and costs milliseconds, at every decision; the few schedules that there are stay parsed. */
export function createScheduleFacts(): ScheduleFacts {
  const parsed = new Map<string, ParsedSchedule>();

  function parse(spec: NonNullable<ApiKeyRotation['spec']['schedule']>): ParsedSchedule {
    const text = JSON.stringify([spec.cron, spec.timeZone, spec.jitter, spec.windows]);
    const known = parsed.get(text);
    if (known) return known;
    if (parsed.size >= MAX_PARSED) parsed.clear();
    const fresh = parseSchedule(spec);
    parsed.set(text, fresh);
    return fresh;
  }

  return ({ metadata, spec, status }, nowMs) => {
    if (!spec.schedule) return { type: 'None' };
    const read = parse(spec.schedule);
    if (!read.ok) return { type: 'Invalid', message: read.message };
    const { due, tickMs, nextMs, window } = scheduleAt(read.schedule, {
      uid: metadata.uid ?? '',
      nowMs,
      lastTickMs: status?.lastTick === undefined ? undefined : Date.parse(status.lastTick),
      createdMs: Date.parse(metadata.creationTimestamp ?? ''),
    });
    return {
      type: 'Valid',
      due,
      ...(tickMs === undefined ? {} : { tick: toTimestamp(tickMs) }),
      ...(Number.isFinite(nextMs) ? { next: toTimestamp(nextMs) } : {}),
      ...(window && { window: windowFact(window) }),
    };
  };
}

function windowFact({ opensMs, closesMs, spreadMs }: SpreadOpening): WindowFact {
  return { opensAt: toTimestamp(opensMs), closesAt: toTimestamp(closesMs), spreadAt: toTimestamp(spreadMs) };
}
