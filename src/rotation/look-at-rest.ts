import type { DriftedTarget, RecordedKey } from '../api/types.ts';
import { driftsOf } from './drift.ts';
import type { Facts, LastLook } from './facts.ts';
import { isRepaired } from './repair-limit.ts';
import { committed, statusOf } from './transitions/status.ts';

/** While nothing has changed: four reads a day and target. */
const EVERY_MS = 6 * 3_600_000;
/** While something has: whoever puts it right should soon see it told. */
const AGAIN_MS = 600_000;
/** Before it is told: a store may show the past for a while, and whoever edits a value may not be done. */
const CONFIRM_MS = 60_000;

/** Whether the targets are to be looked at now, although no rotation needs it. */
export function isLookDue(facts: Facts): boolean {
  const next = nextLook(facts);
  return next !== undefined && (next <= Date.parse(facts.time.stamp) || comesFromThePast(facts));
}

/** When the targets are looked at next, in milliseconds; undefined where nobody looks at rest. */
export function nextLook(facts: Facts): number | undefined {
  const last = newestLook(facts);
  const { current, drift } = statusOf(facts);
  if (!last || !current || !isWritten(facts, current)) return undefined;
  if (!drift) return last.drifted.length > 0 ? last.at + CONFIRM_MS : nextRound(last.at, facts);
  // Whoever has just asked for a repair does not wait for the next look.
  const isAsked = !facts.targets && isRepaired(facts) && drift.policy === 'Report';
  return isAsked ? last.at : last.at + AGAIN_MS;
}

/** What was adopted and never written is its owner's to change: what stands there when the first rotation begins is adopted anew. */
export function isWritten(facts: Facts, { adopted }: RecordedKey): boolean {
  return adopted !== true || committed(facts).revision > 0;
}

/** What was seen before this decision's own look. */
export function seenBefore({ lastLook }: Facts): readonly DriftedTarget[] {
  return lastLook?.drifted ?? [];
}

function newestLook(facts: Facts): LastLook | undefined {
  if (!facts.lastLook || !facts.targets) return facts.lastLook;
  return { at: Date.parse(facts.time.stamp), drifted: driftsOf(facts) };
}

/** Each object has its own moments, whoever looks and since when: many are not looked at together, nor none after each restart. */
function nextRound(after: number, { object }: Facts): number {
  const share = Number.parseInt(object.metadata.uid?.slice(0, 8) ?? '', 16) / 2 ** 32;
  const offset = Math.floor((Number.isFinite(share) ? share : 0) * EVERY_MS);
  return (Math.floor((after - offset) / EVERY_MS) + 1) * EVERY_MS + offset;
}

/** What only a look can tell stays told until another one has seen that it is over. */
function comesFromThePast(facts: Facts): boolean {
  const stalled = statusOf(facts).conditions?.find(({ type }) => type === 'Stalled');
  return stalled?.status === 'True' && stalled.reason === 'StateRegression';
}
