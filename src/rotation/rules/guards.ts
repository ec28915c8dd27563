import { PROTOCOL } from '../../api/names.ts';
import type { RotationStatus } from '../../api/types.ts';
import { isOf, parseAttemptId } from '../../key/attempt-id.ts';
import { present } from '../conditions.ts';
import type { Rule } from '../decision.ts';
import { milliseconds } from '../duration.ts';
import type { Explanation } from '../explanation.ts';
import type { Facts } from '../facts.ts';
import { permissionText } from '../permissions.ts';
import { renewalTime } from '../renewal.ts';
import { pendingEmergency } from '../requests.ts';
import { committed, ownerOf, statusOf } from '../transitions/status.ts';
import { dueTrigger } from '../trigger.ts';
import { stalled } from './waiting.ts';

/** S12: a status that we do not understand has no effect, not even a status write where a newer operator owns it. */
export const unknownState: Rule = (facts) => {
  const status = statusOf(facts);
  if ((status.protocol ?? 0) > PROTOCOL) return { type: 'Rest' };
  const problem = inconsistency(facts);
  if (!problem || triesAreOver(facts)) return undefined;
  const shown = present(facts, status, { stalled: { reason: 'UnknownState', message: problem } });
  return facts.object.metadata.deletionTimestamp
    ? { type: 'Wait', requeueAfter: facts.limits.deletionGiveUpAfter, status: shown }
    : { type: 'Rest', status: shown };
};

/** L3: not even a broken status keeps an object for ever. */
function triesAreOver({ object, time, limits }: Facts): boolean {
  const asked = Date.parse(object.metadata.deletionTimestamp ?? '');
  return Date.parse(time.stamp) - asked > limits.deletionGiveUpAfter;
}

function inconsistency(facts: Facts): string | undefined {
  const { installation, rotation, revision = 0 } = statusOf(facts);
  if (installation !== undefined && installation !== facts.installation) {
    return `status was written by installation ${installation}, this operator is ${facts.installation}; start it with --installation ${installation} or make a new object`;
  }
  if (!rotation) return undefined;
  if (revision < 1) return 'status has a rotation but no revision; restore status or make a new object';
  if (!isOwnAttempt(facts, rotation.attemptID))
    return `status.rotation.attemptID ${rotation.attemptID} is no attempt of this object's revision ${revision}; restore status or make a new object`;
  const { oldKey, newKey, restoredKey, inPlace } = rotation;
  if (inPlace && (inPlace.keyID !== statusOf(facts).current?.keyID || oldKey || newKey || rotation.publishedAt))
    return `status.rotation.inPlace does not name the current key, or stands beside another one; restore status`;
  const beyond = inPlace?.add.filter((permission) => !rotation.plan.key.permissions.includes(permission)) ?? [];
  if (beyond.length > 0)
    return `status.rotation.inPlace would add [${permissionText(beyond)}], which the key of status.rotation.plan shall not have; restore status`;
  if (oldKey && (newKey?.keyID === oldKey.keyID || restoredKey?.keyID === oldKey.keyID))
    return `status.rotation would retire key ${oldKey.keyID}, which it publishes; restore status`;
  if (rotation.publishedAt && !newKey) return 'status.rotation is published without newKey; restore status';
  if (rotation.revokeIntent && (!rotation.publishedAt || rotation.revokeIntent.keyID !== oldKey?.keyID)) {
    return 'status.rotation.revokeIntent does not name the old key of a published rotation; restore status';
  }
  return undefined;
}

/** S8: a status that was copied from another object, or edited, must not lend us its labels. */
function isOwnAttempt(facts: Facts, attemptID: string): boolean {
  const named = parseAttemptId(attemptID);
  const { revision, attempt } = committed(facts);
  return named !== undefined && isOf(named, ownerOf(facts)) && named.revision === revision && named.attempt <= attempt;
}

/** While suspended no effect begins; what stands stays as it is. */
export const suspended: Rule = (facts) => {
  if (!facts.object.spec.suspend) return undefined;
  const rotating: Explanation = {
    reason: 'Suspended',
    message: 'spec.suspend is true; nothing is issued, written or revoked until it is false',
  };
  return { type: 'Rest', status: present(facts, statusOf(facts), { rotating }) };
};

/** What the CRD's schema cannot tell. A running rotation goes on by its plan. */
export const invalidSpec: Rule = (facts) => {
  if (statusOf(facts).rotation) return undefined;
  const message = specProblem(facts);
  if (message === undefined) return undefined;
  return notReady(facts, { reason: 'InvalidSpec', message });
};

function specProblem(facts: Facts): string | undefined {
  const { spec } = facts.object;
  const places =
    facts.references.type === 'Resolved'
      ? facts.references.plan.targets.map(({ address, path }) => `${address} ${path}`)
      : [];
  const twice = spec.targets[places.findIndex((place, index) => places.indexOf(place) !== index)];
  if (twice)
    return `spec.targets: ${twice.name} leads to the same place as another target, ${twice.path}; one target a place`;
  if (keyHasLeaked(facts)) return undefined;
  return timeProblem(facts) ?? circleProblem(facts) ?? usageProblem(facts) ?? rolloutProblem(facts);
}

/** A key that has leaked is replaced whatever is wrong with the times of planned rotations. */
function keyHasLeaked(facts: Facts): boolean {
  const trigger = dueTrigger(facts)?.type;
  return trigger === 'Emergency' || trigger === 'AfterEmergency';
}

function timeProblem({ schedule, object: { spec, status } }: Facts): string | undefined {
  if (schedule.type === 'Invalid') return schedule.message;
  const { current } = status ?? {};
  const renewal = current && renewalTime(spec, current);
  if (renewal !== undefined && current?.issuedAt && renewal <= Date.parse(current.issuedAt)) {
    return `spec.renewBefore: ${spec.renewBefore} is not shorter than the life of a key (${current.issuedAt} to ${current.expiresAt}), so that it would rotate without end; shorten it`;
  }
  return undefined;
}

function circleProblem({ after }: Facts): string | undefined {
  if (after?.tooMany !== undefined)
    return `spec.after.rotationRef: at least ${after.tooMany} rotations are ahead of it, each of which waits for the next, so that a circle of them would not be seen; let it wait for one that has fewer ahead`;
  if (!after?.circle) return undefined;
  const [first = ''] = after.circle;
  const circle = [...after.circle, first].join(' waits for ');
  return `spec.after.rotationRef: ${circle}, so that none of them would ever rotate; remove spec.after of one of them`;
}

/** Evidence that could never be complete: a rotation that begins would wait for ever. */
function usageProblem({ capabilities, object: { spec } }: Facts): string | undefined {
  const resolutionMs = capabilities?.usageResolutionMs;
  for (const { name, evidence } of spec.consumers ?? [])
    for (const { lastUsed } of capabilities ? evidence : []) {
      if (!lastUsed) continue;
      const field = `spec.consumers ${name}: evidence LastUsed`;
      if (resolutionMs === undefined)
        return `${field} needs an issuer that tells when its keys were used, which ${spec.issuerRef.name} does not; take another type, or, where the vendor tells it, declare key.lastUsedAt and capabilities.usageResolution in the issuer`;
      if (milliseconds(lastUsed.quietPeriod) < resolutionMs)
        return `${field}: quietPeriod ${lastUsed.quietPeriod} is shorter than the ${resolutionMs / 1_000}s after which a use shows at issuer ${spec.issuerRef.name}; lengthen it`;
    }
  return undefined;
}

/** Whether the workload does read a target that it could is seen when the key is published. */
function rolloutProblem({ references, object: { spec } }: Facts): string | undefined {
  if (references.type !== 'Resolved' || references.hasSecretTarget !== false) return undefined;
  for (const { name, evidence } of spec.consumers ?? [])
    for (const { rollout } of evidence) {
      if (!rollout || rollout.secretRef || rollout.readsStoreAtStart) continue;
      const { kind, name: workload } = rollout.workloadRef;
      return `spec.consumers ${name}: what the pods of ${kind} ${workload} read is not known, so that no restart of it proves anything; name the Secret that a syncer fills in rollout.secretRef, or add a KubernetesSecret target and let the pods take the key from it by env, envFrom or a volume, or set rollout.readsStoreAtStart if they read a target themselves when they start`;
    }
  return undefined;
}

/** Issuer and stores exist, are ready to be used, and fit the key. */
export const unresolvedReferences: Rule = (facts) => {
  if (statusOf(facts).rotation || facts.references.type === 'Resolved') return undefined;
  const { reason, message } = facts.references;
  const why = { reason, message };
  // It may come by itself, but nobody should sleep while a leaked key lives.
  const stalled = pendingEmergency(facts) ? { stalled: why } : {};
  return { type: 'Rest', status: present(facts, statusOf(facts), { notReady: why, rotating: why, ...stalled }) };
};

/** Two rotations on one place: the older one works. */
export const conflict: Rule = (facts) => {
  const { conflictWith, object } = facts;
  if (conflictWith === undefined || statusOf(facts).rotation) return undefined;
  const message = conflictWith.startsWith(`${object.metadata.namespace}/`)
    ? `rotation ${conflictWith} is older and writes the same path; change spec.targets of one of them`
    : 'a rotation of another namespace is older and writes the same path; choose another path in spec.targets, or ask who sees all namespaces which one it is (kubectl get akr -A)';
  return stalled(facts, { reason: 'Conflict', message });
};

function notReady(facts: Facts, explanation: Explanation): { readonly type: 'Rest'; readonly status: RotationStatus } {
  const status = present(facts, statusOf(facts), {
    notReady: explanation,
    stalled: explanation,
    rotating: explanation,
  });
  return { type: 'Rest', status };
}
