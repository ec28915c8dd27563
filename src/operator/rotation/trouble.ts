import type { CallError, CallOutcome } from '../../http/call-error.ts';
import type { Circumstance } from '../../rotation/conditions.ts';
import type { Facts } from '../../rotation/facts.ts';
import { pendingEmergency } from '../../rotation/requests.ts';

/** Trying again does not help before somebody changes something; it goes on being tried all the same. */
const STUCK: ReadonlySet<CallOutcome> = new Set(['refused', 'denied']);
/** What others put at our targets. */
const FOREIGN: ReadonlySet<string> = new Set(['ForeignValue', 'ForeignMarker']);

/** How the status tells of a call that failed. While a leaked key lives nothing may fail without a person being woken. */
export function circumstanceOf({ outcome, reason, message }: CallError, facts: Facts): Circumstance {
  const rotating = { reason, message };
  const isEmergency = facts.object.status?.rotation?.leakedKeyID !== undefined || pendingEmergency(facts) !== undefined;
  if (!STUCK.has(outcome) && !isEmergency) return { rotating };
  return { rotating, stalled: { reason: FOREIGN.has(reason) ? 'Conflict' : 'NeedsHuman', message } };
}
