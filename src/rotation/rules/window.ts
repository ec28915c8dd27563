import type { RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import type { Decision } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { statusOf } from '../transitions/status.ts';

/**
 * Old keys are revoked while a window of the schedule is certainly open. Undefined then, and where there are no windows; windows that
 * cannot be read are never open.
 */
export function outsideWindow(facts: Facts, seen: RunningRotation): Decision | undefined {
  const { schedule, time, object } = facts;
  if (schedule.type === 'Invalid' && object.spec.schedule?.windows) return unreadable(facts, seen, schedule.message);
  if (schedule.type !== 'Valid' || !schedule.window) return undefined;
  const { opensAt, closesAt } = schedule.window;
  const [opens, closes] = [Date.parse(opensAt), Date.parse(closesAt)];
  // The API server's clock is between these two.
  const [earliest, latest] = [time.now, Date.parse(time.stamp)];
  if (earliest >= opens && latest < closes) return undefined;
  if (latest >= opens && !time.fresh) return { type: 'Look', at: ['time'] };
  const when = latest < closes ? `which opens at ${opensAt}` : `after ${closesAt}`;
  const message = `all consumers have moved; key ${seen.oldKey?.keyID} is revoked in the next window of spec.schedule.windows, ${when}`;
  return {
    type: 'Wait',
    requeueAfter: Math.max(1_000, opens - latest),
    status: present(facts, { ...statusOf(facts), rotation: seen }, { rotating: { reason: 'WindowClosed', message } }),
  };
}

function unreadable(facts: Facts, seen: RunningRotation, problem: string): Decision {
  const invalid = {
    reason: 'InvalidSpec',
    message: `${problem}; key ${seen.oldKey?.keyID} stays alive until then`,
  } as const;
  const status = { ...statusOf(facts), rotation: seen };
  return { type: 'Rest', status: present(facts, status, { stalled: invalid, rotating: invalid }) };
}
