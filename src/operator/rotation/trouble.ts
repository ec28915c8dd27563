import { reasonOfCall } from '../../api/reasons.ts';
import type { CallError, CallOutcome } from '../../http/call-error.ts';
import { type Circumstance, phaseOf } from '../../rotation/conditions.ts';
import type { Facts } from '../../rotation/facts.ts';
import { pendingEmergency } from '../../rotation/requests.ts';

/** Trying again does not help before somebody changes something; it goes on being tried all the same. */
const STUCK: ReadonlySet<CallOutcome> = new Set(['refused', 'denied']);
/** What others put at our targets. */
const FOREIGN: ReadonlySet<string> = new Set(['ForeignValue', 'ForeignMarker']);

/** The longest that the queue lets a failed object rest. */
const AGAIN = 'correct it there or in spec; it is tried again at least every 5 minutes';

/**
 * How the status tells of a call that failed, and of what it was for. While a leaked key lives nothing may fail without a person
 * being woken.
 */
export function circumstanceOf({ outcome, reason, message }: CallError, facts: Facts): Circumstance {
  const { rotation } = facts.object.status ?? {};
  const rotating = {
    reason: reasonOfCall(reason),
    message: rotation ? `${message}; ${phaseOf(facts, rotation).message}` : message,
  };
  const isEmergency = rotation?.leakedKeyID !== undefined || pendingEmergency(facts) !== undefined;
  if (!STUCK.has(outcome) && !isEmergency) return { rotating };
  return {
    rotating,
    stalled: { reason: FOREIGN.has(reason) ? 'Conflict' : 'NeedsHuman', message: `${message}; ${AGAIN}` },
  };
}
