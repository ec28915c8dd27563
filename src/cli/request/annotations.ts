import { ANNOTATION } from '../../api/names.ts';
import type { Clock } from '../../runtime/clock.ts';

/** A merge patch that sets annotations of ours. */
export function annotating(wanted: Readonly<Partial<Record<keyof typeof ANNOTATION, string>>>): object {
  const named = Object.entries(wanted).map(([name, value]) => [ANNOTATION[name as keyof typeof ANNOTATION], value]);
  return { metadata: { annotations: Object.fromEntries(named) } };
}

/** A token that was not used before: each value of a request is handled once. */
export function freshToken({ now }: Pick<Clock, 'now'>): string {
  return String(now());
}
