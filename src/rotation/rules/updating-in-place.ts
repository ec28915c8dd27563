import type { Plan, RecordedKey, RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Rule } from '../decision.ts';
import { elapsed, later } from '../duration.ts';
import type { Facts, PermissionsFact } from '../facts.ts';
import { isSameIssuer } from '../issuer-place.ts';
import { formatOrdinal } from '../ordinal.ts';
import { permissionText } from '../permissions.ts';
import { sameValue } from '../same-value.ts';
import { takeOverDelay } from '../take-over.ts';
import { finishInPlace, giveUpInPlace, goOnInPlace, reissueInPlace } from '../transitions/in-place.ts';
import { committed, statusOf } from '../transitions/status.ts';
import { checkBeforeAttempt, issueBudget, roomForKey } from './before-attempt.ts';
import { nextAttemptOf } from './next-attempt.ts';
import { stalled, wait } from './waiting.ts';

/**
 * Permissions are added to the current key. The call makes no key, so that it may be made again by anybody at any time; what the issuer
 * shows of the key afterwards is what counts, also when the answer was lost.
 *
 *     CAS intent ── look at the key ── has exactly what is wanted ── CAS done
 *                        │  ▲ lacks some
 *                        │  └── ask the issuer to add them
 *                        │ takes another key: the issuer says so, it is dead, or it has more than is wanted
 *                        ▼
 *                   CAS n.(k+1), from here on a rotation like any other
 */
export const updatingInPlace: Rule = (facts) => {
  const { rotation, current } = statusOf(facts);
  if (!rotation?.inPlace || !current) return undefined;
  return (
    leftToHolder(facts, rotation) ??
    followSpec(facts, rotation, current) ??
    lookFor(facts, 'permissions') ??
    bringOn(facts, rotation, current, facts.permissions ?? { type: 'Unknown' })
  );
};

function bringOn(facts: Facts, rotation: RunningRotation, current: RecordedKey, told: PermissionsFact): Decision {
  const contradiction = told.type === 'Unknown' && !declined(facts) ? listedAlive(facts, rotation, current) : undefined;
  if (contradiction) return contradiction;
  if (told.type !== 'Told') return reissueInstead(facts, rotation, current, REASONS[told.type]);
  if (!told.ours) return notOurs(facts, current);
  const wanted = rotation.plan.key.permissions;
  if (permissionText(told.permissions) === permissionText(wanted)) return done(facts, rotation, current);
  const excess = told.permissions.filter((permission) => !wanted.includes(permission));
  const why = excess.length > 0 ? `it would lose ${permissionText(excess)}` : declined(facts);
  if (why !== undefined) return reissueInstead(facts, rotation, current, why, told.permissions);
  if (!facts.holding) return commit('TakeOver', present(facts, goOnInPlace(facts, rotation, rotation.plan, current)));
  return lookFor(facts, 'live') ?? { type: 'Step', step: { type: 'UpdatePermissions' } };
}

const REASONS = {
  Unknown: 'the issuer knows no such key',
  Dead: 'it is dead at the issuer',
  NewKeyRequired: 'the issuer demands a new key for that',
} as const;

/** A replica that lags behind may not know a young key yet: no rotation is worth that. */
function listedAlive(
  facts: Facts,
  { startedAt }: RunningRotation,
  { keyID, issuer }: RecordedKey,
): Decision | undefined {
  const missing = lookFor(facts, 'labelled');
  if (missing) return missing;
  if (!facts.labelled?.some((key) => key.live && key.keyID === keyID)) return undefined;
  const message = `issuer ${issuer.name} lists key ${keyID} as alive and yet answers that there is no such key, since ${startedAt}; it is asked again until both answers agree. To have a new key issued instead: set spec.key.onPermissionChange to Reissue`;
  return wait(facts, 30_000, { reason: 'IssuerContradicts', message });
}

/** Live policy: whoever does not want to wait any longer gets a new key. */
function declined({ object: { spec } }: Facts): string | undefined {
  return spec.key.onPermissionChange === 'PreferInPlace' ? undefined : 'spec.key.onPermissionChange wants a new key';
}

/** Two that work at once would only make each other's attempts. */
function leftToHolder(facts: Facts, rotation: RunningRotation): Decision | undefined {
  if (facts.holding) return undefined;
  const delay = takeOverDelay(facts, rotation);
  const since = elapsed(facts.time, rotation.attemptAt, delay);
  if (since === 'Yes') return undefined;
  if (since === 'Ask') return { type: 'Look', at: ['time'] };
  const ordinal = formatOrdinal(committed(facts));
  return wait(facts, since.again, {
    reason: 'UpdatingPermissions',
    message: `another process began attempt ${ordinal} at ${rotation.attemptAt}; it is taken over at ${later(rotation.attemptAt, delay)}`,
  });
}

/** Nothing is frozen by a plan that makes no key and writes nowhere, and a request that the issuer refuses can be corrected. */
function followSpec(facts: Facts, rotation: RunningRotation, current: RecordedKey): Decision | undefined {
  if (facts.references.type !== 'Resolved') return undefined;
  const { plan } = facts.references;
  if (sameValue(plan, rotation.plan)) return undefined;
  if (!isAtPlaceOf(plan, current)) return commit('GiveUp', present(facts, giveUpInPlace(facts, rotation, current)));
  return commit('Replan', present(facts, goOnInPlace(facts, rotation, plan, current)));
}

/** Whether a plan is for keys of the place that this one is from. */
export function isAtPlaceOf({ issuer, key }: Plan, current: RecordedKey): boolean {
  const isElsewhere = key.organization !== undefined && key.organization !== current.organization;
  return isSameIssuer(issuer, current.issuer) && !isElsewhere;
}

/** S15: status is untrusted; nobody gets permissions for a key of others by writing its id there. */
function notOurs(facts: Facts, { keyID, issuer }: RecordedKey): Decision {
  return stalled(facts, {
    reason: 'Conflict',
    message: `key ${keyID} at ${issuer.origin} does not carry our label, or its targets do not hold it any more: its permissions are not changed; restore what the targets held, or set spec.key.permissions to what it has`,
  });
}

function done(facts: Facts, rotation: RunningRotation, current: RecordedKey): Decision {
  const message = `key ${current.keyID} has permissions [${permissionText(rotation.plan.key.permissions)}] now; no new key was needed`;
  return commit('Updated', present(facts, finishInPlace(facts, rotation, current)), [
    { type: 'Normal', reason: 'PermissionsUpdated', message },
  ]);
}

function reissueInstead(
  facts: Facts,
  rotation: RunningRotation,
  current: RecordedKey,
  why: string,
  seen?: readonly string[],
): Decision {
  const message = `key ${current.keyID} cannot get permissions [${permissionText(rotation.plan.key.permissions)}] in place: ${why}. A new key is issued, and consumers are waited for`;
  return (
    issueBudget(facts) ??
    checkBeforeAttempt(facts, nextAttemptOf(facts)) ??
    roomForKey(facts, rotation.plan.issuer) ??
    commit('Reissue', present(facts, reissueInPlace(facts, rotation, current, seen === undefined ? {} : { seen })), [
      { type: 'Normal', reason: 'NewKeyRequired', message },
    ])
  );
}
