import type { DriftedTarget, RecordedKey } from '../api/types.ts';
import { driftsOf } from './drift.ts';
import type { Facts, LastLook } from './facts.ts';
import { isRepaired } from './repair-limit.ts';
import { sameValue } from './same-value.ts';
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

/** What was seen long enough before this decision's own look: other rules look as well, and a run may look twice in a moment. */
export function seenBefore({ lastLook, time }: Facts): readonly DriftedTarget[] {
  return lastLook && isConfirmedAt(Date.parse(time.stamp), lastLook) ? lastLook.drifted : [];
}

/**
 * The look to remember when the targets have been looked at, `at` in milliseconds, server time: the same seen again within the minute
 * neither confirms nor puts off what was seen first. What is seen while a rotation runs says nothing of the rest that follows, but is
 * a look as well.
 */
export function lookKept(facts: Facts, at: number): LastLook {
  const { lastLook: first } = facts;
  const { rotation, current } = statusOf(facts);
  const look = { at, drifted: rotation ? [] : driftsOf(facts) };
  const isSame = current && look.drifted.length > 0 && sameValue(look.drifted, first?.drifted);
  return first && isSame && !isConfirmedAt(at, first) ? first : look;
}

function isConfirmedAt(at: number, first: LastLook): boolean {
  return first.at + CONFIRM_MS <= at;
}

function newestLook(facts: Facts): LastLook | undefined {
  return facts.lastLook && facts.targets ? lookKept(facts, Date.parse(facts.time.stamp)) : facts.lastLook;
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
