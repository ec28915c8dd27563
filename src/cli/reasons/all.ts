import type { ConditionReason } from '../../api/reasons.ts';
import { AWS, CALLS, SECRETS, VAULT } from './calls.ts';
import type { Chapter, Meaning } from './meaning.ts';
import { PHASES, STOPS } from './phases.ts';

/** Every reason, in the order of docs/troubleshooting.md. */
export const CHAPTERS: readonly Chapter[] = [STOPS, CALLS, VAULT, AWS, SECRETS, PHASES];

/** What a reason means and what to do; undefined for one that is not ours. */
export function meaningOf(reason: string): Meaning | undefined {
  return CHAPTERS.map(({ reasons }) => reasons[reason as ConditionReason]).find((meaning) => meaning !== undefined);
}
