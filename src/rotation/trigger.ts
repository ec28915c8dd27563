import { ANNOTATION } from '../api/names.ts';
import type { RecordedKey } from '../api/types.ts';
import type { Facts } from './facts.ts';
import { type HeldStart, holdOf } from './held-start.ts';
import { hasSameParameters, parameterText } from './issuer-place.ts';
import { permissionText } from './permissions.ts';
import { renewalTime } from './renewal.ts';
import { pendingEmergency, pendingText } from './requests.ts';

/** Why a rotation starts. `token` and `tick` are recorded as handled in the same commit. */
export interface Trigger {
  readonly type:
    | 'FirstIssue'
    | 'Emergency'
    | 'AfterEmergency'
    | 'Requested'
    | 'KeyChanged'
    | 'IssuerChanged'
    | 'Scheduled'
    | 'Expiring'
    | 'Drift';
  readonly reason?: string;
  readonly token?: string;
  readonly tick?: string;
  /** The emergency request that is handled with it, and the key that dies without a wait. */
  readonly emergency?: { readonly token: string; readonly keyID: string };
}

/** The trigger that is due now, if any, and that nothing holds back. */
export function dueTrigger(facts: Facts): Trigger | undefined {
  const trigger = wantedTrigger(facts);
  return trigger && heldStart(facts) ? undefined : trigger;
}

/** What holds back the rotation that is wanted now; undefined where none is wanted, or it may begin. */
export function heldStart(facts: Facts): HeldStart | undefined {
  if (!canBeHeld(facts)) return undefined;
  const trigger = wantedTrigger(facts);
  const { current } = facts.object.status ?? {};
  return trigger && current && holdOf(facts, trigger, current);
}

/** Asked first, and at every decision: few rotations have anything to wait for. */
function canBeHeld({ after, schedule }: Facts): boolean {
  return after !== undefined || (schedule.type === 'Valid' && schedule.window !== undefined);
}

/** People before plans. */
function wantedTrigger(facts: Facts): Trigger | undefined {
  const current = facts.object.status?.current;
  if (!current) return { type: 'FirstIssue' };
  return (
    emergency(facts, current) ??
    afterEmergency(facts) ??
    requested(facts) ??
    changed(facts, current) ??
    scheduled(facts) ??
    expiring(facts, current)
  );
}

/** The rotate token that nobody has handled. */
export function pendingToken(facts: Facts): string | undefined {
  return pendingText(facts, 'rotate');
}

function emergency(facts: Facts, { keyID }: RecordedKey): Trigger | undefined {
  const request = pendingEmergency(facts);
  if (request?.keyID !== keyID) return undefined;
  const reason = oneLine(`key ${keyID} has leaked (${request.token})`);
  return { type: 'Emergency', reason, ...waitingToken(facts), emergency: { token: request.token, keyID } };
}

/** A rotation that was rolled back because its key had leaked is still wanted. */
function afterEmergency(facts: Facts): Trigger | undefined {
  const { rolledBack } = facts.object.status ?? {};
  if (rolledBack?.trigger !== 'Emergency') return undefined;
  const reason = `revision ${rolledBack.revision} was rolled back, its key had leaked`;
  return { type: 'AfterEmergency', reason, ...waitingToken(facts) };
}

/** Whoever asked for another key meanwhile gets it with this rotation. */
function waitingToken(facts: Facts): Pick<Trigger, 'token'> {
  const token = pendingToken(facts);
  return token === undefined ? {} : { token };
}

function requested(facts: Facts): Trigger | undefined {
  const token = pendingToken(facts);
  if (token === undefined) return undefined;
  const [of, ...text] = (facts.object.metadata.annotations?.[ANNOTATION.rotateReason] ?? '').split(':');
  const reason = of === token ? oneLine(text.join(':')) : '';
  return { type: 'Requested', token, ...(reason ? { reason } : {}) };
}

/** What people wrote, as status, events and terminals can show it: without control characters, and no longer than a reason. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 512);
}

function changed(facts: Facts, current: RecordedKey): Trigger | undefined {
  if (facts.references.type !== 'Resolved') return undefined;
  const { issuer, key } = facts.references.plan;
  const { kind, name, origin } = current.issuer;
  if (issuer.kind !== kind || issuer.name !== name || issuer.origin !== origin) {
    const which = issuer.kind === kind ? '' : `${kind} `;
    const next = issuer.kind === kind ? '' : `${issuer.kind} `;
    return {
      type: 'IssuerChanged',
      reason: `issuer ${which}${name} at ${origin} -> ${next}${issuer.name} at ${issuer.origin}`,
    };
  }
  if (!hasSameParameters(current.issuer, issuer)) {
    const [placedBefore, placed] = [parameterText(current.issuer), parameterText(issuer)];
    return { type: 'KeyChanged', reason: `parameters [${placedBefore}] -> [${placed}]`.slice(0, 512) };
  }
  const before = permissionText(current.permissions);
  const after = permissionText(key.permissions);
  if (before !== after) {
    const { reason } = facts.object.spec.key;
    const why = reason === undefined ? '' : `: ${oneLine(reason)}`;
    return { type: 'KeyChanged', reason: `permissions [${before}] -> [${after}]`.slice(0, 512 - why.length) + why };
  }
  if (key.organization !== undefined && key.organization !== current.organization) {
    return { type: 'KeyChanged', reason: `organization ${current.organization ?? 'none'} -> ${key.organization}` };
  }
  return undefined;
}

function scheduled({ schedule }: Facts): Trigger | undefined {
  return schedule.type === 'Valid' && schedule.due && schedule.tick
    ? { type: 'Scheduled', tick: schedule.tick }
    : undefined;
}

function expiring(facts: Facts, current: RecordedKey): Trigger | undefined {
  const at = renewalTime(facts.object.spec, current);
  return at !== undefined && Date.parse(facts.time.stamp) >= at
    ? { type: 'Expiring', reason: `key ${current.keyID} expires at ${current.expiresAt}` }
    : undefined;
}
