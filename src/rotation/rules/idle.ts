import type { Plan, RecordedKey, TargetVersion } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Notice, type Rule } from '../decision.ts';
import { later } from '../duration.ts';
import type { Facts } from '../facts.ts';
import { nextLook } from '../look-at-rest.ts';
import { replacement } from '../replacement.ts';
import { samePlace } from '../same-place.ts';
import { beginRevision } from '../transitions/attempts.ts';
import { beginInPlace } from '../transitions/in-place.ts';
import { committed, ownerOf, statusOf } from '../transitions/status.ts';
import { dueTrigger, heldStart, pendingToken, type Trigger } from '../trigger.ts';
import { checkBeforeAttempt, issueBudget, needsFinalizer, roomForKey } from './before-attempt.ts';
import { begun } from './emergency.ts';
import { stateRegression } from './state-regression.ts';
import { blockedOrphans, sweepOrphans } from './sweep.ts';
import { isAtPlaceOf } from './updating-in-place.ts';
import { stalled } from './waiting.ts';

/** An issue call whose answer was lost may have been carried out after the rotation ended. */
export const lateOrphans: Rule = (facts) => {
  const status = statusOf(facts);
  if (dueTrigger(facts)?.type === 'Emergency') return undefined;
  if (status.rotation || !status.sweepAfter || Date.parse(facts.time.stamp) < Date.parse(status.sweepAfter))
    return undefined;
  if (facts.references.type !== 'Resolved') return undefined;
  const sweep = sweepOrphans(facts, 'All', 'orphan found after its rotation');
  if (sweep) return sweep;
  const blocked = blockedOrphans(facts);
  const { sweepAfter: _, abandoned: __, ...swept } = status;
  if (blocked.length === 0) return commit('Swept', present(facts, swept));
  const sweepAfter = later(facts.time.stamp, facts.limits.sweepDelay);
  return commit('SweepPostponed', present(facts, { ...status, sweepAfter }), blocked);
};

/** A target added to the spec gets the live key, without a new one; one that was removed keeps its value. */
export const targetsChanged: Rule = (facts) => {
  const { current, rotation } = statusOf(facts);
  if (!current || rotation || facts.references.type !== 'Resolved') return undefined;
  const { plan } = facts.references;
  const added = plan.targets.filter((target) => !current.targets.some((known) => samePlace(known, target)));
  const removed = current.targets.filter((known) => !plan.targets.some((target) => samePlace(known, target)));
  if (added.length === 0 && removed.length === 0) return undefined;
  if (dueTrigger(facts)?.type === 'Emergency') return undefined;
  // A rotation that somebody asked for writes to all targets anyway, also where there is nothing left to copy from.
  if (added.length > 0 && pendingToken(facts) !== undefined && dueTrigger(facts) && !current.adopted) return undefined;
  return (
    copyToAdded(
      facts,
      current,
      added.map((target) => target.name),
    ) ?? commitTargets(facts, current, removed)
  );
};

function copyToAdded(facts: Facts, current: RecordedKey, added: readonly string[]): Decision | undefined {
  if (added.length === 0 || facts.copies) return undefined;
  const missing = lookFor(facts, 'targets');
  if (missing) return missing;
  const { revision = 0, attempt = 0, keyID, fingerprint } = current;
  const writer = { ...ownerOf(facts), revision, attempt, key: { keyID, fingerprint } };
  for (const target of facts.targets ?? []) {
    const verdict = added.includes(target.name) ? replacement(target, writer, []) : undefined;
    if (verdict?.type === 'Stop') return stalled(facts, { reason: 'Conflict', message: verdict.message });
  }
  return { type: 'Step', step: { type: 'Copy', targets: added } };
}

function commitTargets(facts: Facts, current: RecordedKey, removed: readonly TargetVersion[]): Decision {
  const kept = current.targets.filter((known) => !removed.includes(known));
  const status = { ...statusOf(facts), current: { ...current, targets: [...kept, ...(facts.copies ?? [])] } };
  return commit('Targets', present(facts, status), removed.map(removedNotice));
}

function removedNotice({ name, path }: TargetVersion): Notice {
  return {
    type: 'Warning',
    reason: 'TargetRemoved',
    message: `target ${name} left the spec; ${path} keeps its value, nobody rotates it`,
  };
}

/** Steps 0 and 1. */
export const startRotation: Rule = (facts) => {
  const trigger = dueTrigger(facts);
  return statusOf(facts).rotation || !trigger ? undefined : beginRotation(facts, trigger);
};

/** The same for a trigger of whatever kind. */
export function beginRotation(facts: Facts, trigger: Trigger): Decision | undefined {
  if (facts.references.type !== 'Resolved') return undefined;
  const next = { revision: committed(facts).revision + 1, attempt: 1 };
  const inPlace = startInPlace(facts, facts.references.plan, trigger);
  if (inPlace) return inPlace;
  return (
    (trigger.type === 'Emergency' ? undefined : issueBudget(facts)) ??
    checkBeforeAttempt(facts, next) ??
    roomForKey(facts, facts.references.plan.issuer) ??
    adoptedKeyIsStillThere(facts) ??
    needsFinalizer(facts) ??
    commitRevision(facts, facts.references.plan, trigger)
  );
}

/** Permissions are only added, and whoever declared them would rather keep the key; undefined where it takes a new one. */
function startInPlace(facts: Facts, plan: Plan, trigger: Trigger): Decision | undefined {
  const { current } = statusOf(facts);
  const { onPermissionChange } = facts.object.spec.key;
  if (!current || trigger.type !== 'KeyChanged' || onPermissionChange !== 'PreferInPlace') return undefined;
  const isKept = (permission: string) => plan.key.permissions.includes(permission);
  if (!isAtPlaceOf(plan, current) || !(current.permissions ?? []).every(isKept)) return undefined;
  return (
    issueBudget(facts) ??
    lookFor(facts, 'targets', 'labelled') ??
    stateRegression(facts) ??
    needsFinalizer(facts) ??
    commit('Intent', present(facts, beginInPlace(facts, plan, current, trigger)))
  );
}

function commitRevision(facts: Facts, plan: Plan, trigger: Trigger): Decision {
  const left = (statusOf(facts).current?.targets ?? []).filter(
    (known) => !plan.targets.some((target) => samePlace(known, target)),
  );
  const leaked = trigger.emergency?.keyID;
  const emergency =
    leaked === undefined
      ? []
      : [
          begun(
            `key ${leaked} has leaked: another one is issued, and when it is in every target key ${leaked} is revoked; no consumer is waited for`,
          ),
        ];
  const notices = [...emergency, ...left.map(removedNotice)];
  return commit('Intent', present(facts, beginRevision(facts, plan, trigger)), notices);
}

/** S15: status is untrusted; an adopted key may become an old key only while the issuer identifies the value at the targets as it. */
function adoptedKeyIsStillThere(facts: Facts): Decision | undefined {
  const { current } = statusOf(facts);
  if (!current?.adopted) return undefined;
  const missing = lookFor(facts, 'identity');
  if (missing) return missing;
  if (facts.identity?.type === 'Key' && facts.identity.key.keyID === current.keyID) return undefined;
  const found =
    facts.identity?.type === 'Key' ? `the targets hold key ${facts.identity.key.keyID}` : facts.identity?.problem;
  return stalled(facts, {
    reason: 'Conflict',
    message: `adopted key ${current.keyID} is no longer what the targets serve: ${found}; restore that value, or make a new object`,
  });
}

/** Nothing to do until the next planned moment. */
export const settled: Rule = (facts) => {
  const held = heldStart(facts);
  const status = present(facts, statusOf(facts), held ? { rotating: held } : {});
  const { sweepAfter, nextRotationTime } = status;
  const planned = [nextRotationTime, sweepAfter].map((time) => Date.parse(time ?? ''));
  const moments = [...planned, held?.until ?? Number.NaN, nextLook(facts) ?? Number.NaN].filter(Number.isFinite);
  if (moments.length === 0) return { type: 'Rest', status };
  const requeueAfter = Math.max(1_000, Math.min(...moments) - Date.parse(facts.time.stamp));
  return { type: 'Wait', requeueAfter, status };
};
