import { ANNOTATION } from '../../api/names.ts';
import type { RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, type Notice, type Rule } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { keysInUse } from '../orphans.ts';
import { type EmergencyRequest, pendingEmergency } from '../requests.ts';
import { replaceLeaked } from '../transitions/attempts.ts';
import { reissueInPlace } from '../transitions/in-place.ts';
import { waive } from '../transitions/migration.ts';
import { handled, statusOf } from '../transitions/status.ts';
import { checkBeforeAttempt, roomForKey } from './before-attempt.ts';
import { nextAttemptOf } from './next-attempt.ts';
import { rollBack } from './rolling-back.ts';
import { stalled } from './waiting.ts';

/**
 * A key has leaked: it dies as soon as another is in every target, and no consumer is waited for.
 *
 *     current    ── a rotation begins (startRotation), whose old key is revoked without a wait
 *     old key    ── the running rotation goes on without a wait
 *     new key    ── roll back without a wait, then another rotation; no way back: another is issued in its place
 *     current, while it gets permissions ── the same revision issues another, and this one is revoked without a wait
 *     any other  ── refused, naming the keys that can be named
 */
export const emergency: Rule = (facts) => {
  const request = pendingEmergency(facts);
  if (!request) return undefined;
  const { rotation, current } = statusOf(facts);
  if (rotation) return inRotation(facts, rotation, request);
  return request.keyID === current?.keyID ? undefined : refuse(facts, request);
};

function inRotation(facts: Facts, rotation: RunningRotation, request: EmergencyRequest): Decision | undefined {
  const { oldKey, publishedAt, restoredKey } = rotation;
  const newKey = rotation.newKey ?? restoredKey;
  if (request.keyID === undefined) return refuse(facts, request);
  if (rotation.inPlace) return leakedInPlace(facts, rotation, request);
  if (request.keyID === oldKey?.keyID) return waiveTheWait(facts, rotation, request);
  if (request.keyID === newKey?.keyID) return newKeyLeaked(facts, rotation, request);
  // The id of a key that is not published yet stands in no status.
  return publishedAt ? refuse(facts, request) : undefined;
}

function waiveTheWait(facts: Facts, rotation: RunningRotation, { token }: EmergencyRequest): Decision {
  const keyID = rotation.oldKey?.keyID ?? '';
  const status = { ...waive(facts, rotation, keyID), ...handled(facts, { emergency: token }) };
  return commit('Emergency', present(facts, status), [
    begun(`key ${keyID} has leaked: it is revoked when the new key is in every target, no consumer is waited for`),
  ]);
}

/** No permission is worth waiting for any more. */
function leakedInPlace(facts: Facts, rotation: RunningRotation, request: EmergencyRequest): Decision {
  const { current } = statusOf(facts);
  if (!current || request.keyID !== current.keyID) return refuse(facts, request);
  const next = reissueInPlace(facts, rotation, current, { emergency: request.token });
  return (
    checkBeforeAttempt(facts, nextAttemptOf(facts)) ??
    roomForKey(facts, rotation.plan.issuer) ??
    commit('Emergency', present(facts, next), [
      begun(
        `key ${current.keyID} has leaked: another one is issued, and when it is in every target key ${current.keyID} is revoked; no consumer is waited for`,
      ),
    ])
  );
}

/** Undefined where the rotation must end first: no key to go back to, one that has leaked too, or none that may still be kept. */
function newKeyLeaked(facts: Facts, rotation: RunningRotation, request: EmergencyRequest): Decision | undefined {
  const { oldKey, leakedKeyID, revokeIntent } = rotation;
  if (!oldKey || revokeIntent || leakedKeyID === oldKey.keyID) return undefined;
  const cause = {
    trigger: 'Emergency',
    reason: `key ${request.keyID} has leaked (${request.token})`,
    leakedKeyID: request.keyID,
    handled: { emergency: request.token },
  } as const;
  return rollBack(facts, rotation, oldKey, cause, (why) => replaceIt(facts, rotation, request, why));
}

/** No way back: another key is issued in this revision. A roll back issues none; there a person has to help. */
function replaceIt(facts: Facts, rotation: RunningRotation, request: EmergencyRequest, why: string): Decision {
  const { keyID, token } = request;
  if (keyID === undefined || rotation.restoredKey) return cannotReplace(facts, rotation, request, why);
  return (
    roomForKey(facts, rotation.plan.issuer) ??
    commit('Emergency', present(facts, replaceLeaked(facts, rotation, keyID, token)), [
      begun(`key ${keyID} has leaked and is replaced by another new key; there is no way back: ${why}`),
    ])
  );
}

function cannotReplace(facts: Facts, { oldKey }: RunningRotation, request: EmergencyRequest, why: string): Decision {
  return stalled(facts, {
    reason: 'NeedsHuman',
    message: `key ${request.keyID} has leaked and every target serves it, but ${why}. The other key of this rotation, ${oldKey?.keyID}, can be given up by naming it in an emergency; then name this one again`,
  });
}

function refuse(facts: Facts, { token, keyID }: EmergencyRequest): Decision {
  const known = [...keysInUse(statusOf(facts))].join(', ') || 'none';
  const what =
    keyID === undefined
      ? `annotation ${ANNOTATION.emergency} must read <token>/<key id>`
      : `${keyID} is no key of this rotation`;
  const message = `emergency refused: ${what}; its keys are ${known}`;
  return commit('EmergencyRefused', present(facts, { ...statusOf(facts), ...handled(facts, { emergency: token }) }), [
    { type: 'Warning', reason: 'EmergencyRefused', message },
  ]);
}

/** What people are told when an emergency begins. */
export function begun(message: string): Notice {
  return { type: 'Warning', reason: 'EmergencyBegun', message };
}
