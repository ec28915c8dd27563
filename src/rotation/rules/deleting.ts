import { FINALIZER } from '../../api/names.ts';
import type { RotationStatus, RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, type DoomedKey, lookFor, type Notice, type Rule } from '../decision.ts';
import { elapsed, later } from '../duration.ts';
import type { Explanation } from '../explanation.ts';
import type { Facts, Holding, LabelledKey } from '../facts.ts';
import { keysInUse, servedKeys } from '../orphans.ts';
import { takeOverDelay } from '../take-over.ts';
import { beginRecovery } from '../transitions/attempts.ts';
import { committed, statusOf } from '../transitions/status.ts';
import { type LeftKey, listsKeys, unansweredLabels } from '../unanswered.ts';
import { canFind, findUnanswered } from './unanswered.ts';
import { wait } from './waiting.ts';

const FENCE_AGAIN_MS = 30_000;
/** As many keys as `status.deletion` holds. */
const MAX_LISTED = 64;
/** As many as are revoked at a time: the adopted key stays listed beside them. */
const MAX_REVOKED = MAX_LISTED - 1;

/**
 * The object is being deleted: no attempt starts. Retain fences the targets, so that no forgotten publisher writes any more, and
 * revokes what was never published. Revoke kills every key of ours. Both end, at the latest when the time for tries is over.
 */
export const deleting: Rule = (facts) => {
  const { deletionTimestamp, finalizers } = facts.object.metadata;
  if (!deletionTimestamp) return undefined;
  if (!finalizers?.includes(FINALIZER)) return { type: 'Rest' };
  if (Date.parse(facts.time.stamp) - Date.parse(deletionTimestamp) > facts.limits.deletionGiveUpAfter)
    return giveUp(facts);
  return facts.object.spec.deletionPolicy === 'Revoke' ? revokeAll(facts) : retain(facts);
};

function retain(facts: Facts): Decision {
  const status = statusOf(facts);
  const publishing = publishingRotation(status);
  const settled = !publishing && !status.abandoned?.length && !status.sweepAfter;
  if (settled) return release(retained([...keysInUse(status)]));
  if (publishing && !isFenced(facts)) return fence(facts, publishing);
  const missing = lookFor(facts, 'targets', 'labelled');
  if (missing) return missing;
  return (
    findUnanswered(facts) ??
    revokeOnce(facts, unpublished(facts)) ??
    release([...retained(liveKeys(facts)), ...unseen(facts)])
  );
}

/** The rotation that may write to targets; one that adds permissions in place has nothing to be fenced. */
function publishingRotation({ rotation }: RotationStatus): RunningRotation | undefined {
  return rotation?.inPlace ? undefined : rotation;
}

/**
 * A deletion entry is committed only after the fence stood, so it proves the fence for later processes too. To find a key that
 * nobody has seen takes a fence of one's own (rule C).
 */
function isFenced(facts: Facts): boolean {
  if (facts.holding?.type === 'Fenced') return true;
  return statusOf(facts).deletion !== undefined && !canFind(facts);
}

function fence(facts: Facts, rotation: RunningRotation): Decision {
  const { holding } = facts;
  // Rule C: who does not hold the claim leaves the holder its time; two that take it from each other would never end.
  const isWorkedOn = rotation.recovering || !rotation.publishedAt;
  if (!holding && isWorkedOn)
    return whenOver(facts, rotation, takeOverDelay(facts, rotation), 'another process works on it');
  if (holding?.type === 'Working' && rotation.recovering)
    return { type: 'Step', step: { type: 'Recover', fenceOnly: true } };
  if (holding?.type !== 'Lost') return nextFence(facts, rotation);
  // Somebody else writes there with a marker of ours. To race with it would only make versions.
  return whenOver(facts, rotation, FENCE_AGAIN_MS, holding.reason);
}

function nextFence(facts: Facts, rotation: RunningRotation): Decision {
  const { holding } = facts;
  return commit(
    'Recover',
    present(facts, beginRecovery(facts, rotation, keyLeftBy(holding)), { rotating: closing(facts) }),
  );
}

/** What nobody else knows of its key: the id, where keys cannot be listed, and that a target may have served it. */
function keyLeftBy(holding: Holding | undefined): LeftKey {
  if (holding?.type === 'Delivered') return { keyID: holding.delivered.key.keyID, served: true };
  if (holding?.type === 'Working') return holding.key ?? {};
  return holding?.type === 'Lost' || holding?.type === 'VerificationFailed' ? holding : {};
}

/** The next attempt to fence, once the last one is older than `ms`. */
function whenOver(facts: Facts, rotation: RunningRotation, ms: number, why: string): Decision {
  const since = elapsed(facts.time, rotation.attemptAt, ms);
  if (since === 'Ask') return { type: 'Look', at: ['time'] };
  if (since === 'Yes') return nextFence(facts, rotation);
  const message = `the object is being deleted, but ${why}; tried again until ${giveUpTime(facts)}`;
  return wait(facts, since.again, { reason: 'Deleting', message });
}

/**
 * Live keys of the running revision that no target carries and status does not name as in use. Those of earlier revisions may have
 * been served, after a restored status for instance, and those that were replaced have been: they are told, not revoked.
 */
function unpublished(facts: Facts): LabelledKey[] {
  const kept = new Set([...keysInUse(statusOf(facts)), ...servedKeys(statusOf(facts))]);
  const carried = (facts.targets ?? []).flatMap((target) =>
    target.presence === 'Present' && target.marker ? [target.marker.keyID] : [],
  );
  const { revision } = committed(facts);
  return (facts.labelled ?? []).filter(
    (key) => key.live && key.revision === revision && !kept.has(key.keyID) && !carried.includes(key.keyID),
  );
}

function revokeAll(facts: Facts): Decision {
  const status = statusOf(facts);
  const nothing = !status.revision && !status.current;
  if (nothing) return release([]);
  const rotation = publishingRotation(status);
  // What cannot be listed is named by status and markers, or has to be found.
  const isOpen = rotation !== undefined && !listsKeys(facts);
  if (isOpen && !rotation.publishedAt && !isFenced(facts)) return fence(facts, rotation);
  const missing = isOpen ? lookFor(facts, 'targets', 'labelled') : lookFor(facts, 'labelled');
  if (missing) return missing;
  const found = findUnanswered(facts);
  if (found) return found;
  const live = (facts.labelled ?? []).filter((key) => key.live);
  const adopted = adoptedKey(facts);
  if (adopted && 'type' in adopted) return adopted;
  return (
    revokeOnce(facts, live, adopted ? [adopted] : []) ??
    stopPublisher(facts, rotation) ??
    release([...retained(adoptedLeft(status)), ...unseen(facts)])
  );
}

/**
 * Another process may have issued a key since the list and be about to publish it: a fence stops it, so that it gives its key back.
 * Last, because no store that is down may hold up the revocation of what is known; then the list is read once more.
 */
function stopPublisher(facts: Facts, rotation: RunningRotation | undefined): Decision | undefined {
  if (!rotation || rotation.publishedAt || facts.holding?.type === 'Fenced') return undefined;
  return fence(facts, rotation);
}

/** Commits the deletion entry when it lacks one of `keys`, revokes what it lists; undefined when none of them is left alive. */
function revokeOnce(
  facts: Facts,
  live: readonly LabelledKey[],
  extra: readonly DoomedKey[] = [],
): Decision | undefined {
  const status = statusOf(facts);
  const listed = new Set(status.deletion?.keyIDs);
  const all: DoomedKey[] = [
    ...(facts.deletionRevoked ? [] : extra),
    ...live.map(({ keyID, issuer }) => ({ keyID, issuer })),
  ];
  // The list is read again after each of them.
  const doomed = all.slice(0, MAX_REVOKED);
  if (doomed.some((key) => !listed.has(key.keyID))) return commitDeletion(facts, doomed);
  if (doomed.length > 0) return { type: 'Step', step: { type: 'Revoke', keys: doomed, authority: 'deletion' } };
  return undefined;
}

function commitDeletion(facts: Facts, doomed: readonly DoomedKey[]): Decision {
  const status = statusOf(facts);
  const { revision, attempt } = committed(facts);
  const ids = doomed.map((key) => key.keyID);
  const before = (status.deletion?.keyIDs ?? []).filter((keyID) => !ids.includes(keyID));
  // Nothing but this list tells that an adopted key was revoked: others make way before it does.
  const isCurrent = (keyID: string) => keyID === status.current?.keyID;
  const kept = [...before.filter((keyID) => !isCurrent(keyID)), ...before.filter(isCurrent)];
  const keyIDs = [...kept, ...ids].slice(-MAX_LISTED);
  // The raised attempt takes the claim from any process that still works for this object.
  const next = { ...status, revision, attempt: attempt + 1, deletion: { keyIDs, decidedAt: facts.time.stamp } };
  return commit('Deletion', present(facts, next, { rotating: closing(facts) }));
}

/** S15: an adopted key carries no label; it is ours only while its text, at the targets or before, is what the issuer knows as it. */
function adoptedKey(facts: Facts): DoomedKey | Decision | undefined {
  const { current, rotation } = statusOf(facts);
  if (!current?.adopted || facts.deletionRevoked) return undefined;
  const missing = lookFor(facts, rotation?.publishedAt ? 'keys' : 'identity');
  if (missing) return missing;
  const served = facts.identity?.type === 'Key' && facts.identity.key.keyID === current.keyID;
  const isIt = rotation?.publishedAt ? isOneOfTheTwo(facts, rotation, current.keyID) : served;
  return isIt ? { keyID: current.keyID, issuer: current.issuer } : undefined;
}

/** The adopted key is the old one of the rotation, or in a roll back the one that was published again. */
function isOneOfTheTwo({ keys }: Facts, { oldKey, newKey }: RunningRotation, keyID: string): boolean {
  if (newKey?.keyID === keyID) return keys?.newVerified === true;
  return oldKey?.keyID === keyID && keys?.old?.ours === true && keys.old.live;
}

/** An adopted key that could not be told to be ours is not revoked. */
function adoptedLeft({ current, deletion }: RotationStatus): string[] {
  return current?.adopted && !deletion?.keyIDs.includes(current.keyID) ? [current.keyID] : [];
}

/** Ids of all keys that are alive when the object goes. */
function liveKeys(facts: Facts): string[] {
  const live = (facts.labelled ?? []).filter((key) => key.live).map((key) => key.keyID);
  const { current } = statusOf(facts);
  return [...new Set([...live, ...(current?.adopted ? [current.keyID] : [])])];
}

function retained(ids: readonly string[]): Notice[] {
  if (ids.length === 0) return [];
  return [
    {
      type: 'Normal',
      reason: 'KeysRetained',
      message: `the object is gone; still alive at the issuer: ${ids.join(', ')}`,
    },
  ];
}

/** Keys that may be alive, and that nobody can see. */
function unseen(facts: Facts): Notice[] {
  const labels = unansweredLabels(facts);
  if (labels === '') return [];
  const message = `the object is gone; an issue call was not answered: look for a key labelled ${labels}, and revoke it`;
  return [{ type: 'Warning', reason: 'KeyMayLive', message }];
}

function giveUpTime({ object, limits }: Facts): string {
  return later(object.metadata.deletionTimestamp ?? '', limits.deletionGiveUpAfter);
}

function giveUp(facts: Facts): Decision {
  const ids = [...keysInUse(statusOf(facts)), ...(statusOf(facts).deletion?.keyIDs ?? [])];
  const unseenLabels = unansweredLabels(facts);
  const suspects =
    [...new Set([...ids, ...(unseenLabels ? [unseenLabels] : [])])].join(', ') ||
    `any whose label names uid ${facts.object.metadata.uid}`;
  const message = `the issuer or a store did not answer in time while the object was deleted; look there for these keys: ${suspects}`;
  return release([{ type: 'Warning', reason: 'DeletionGaveUp', message }], true);
}

function release(notices: readonly Notice[], gaveUp = false): Decision {
  return { type: 'Step', step: { type: 'RemoveFinalizer', notices, gaveUp } };
}

function closing(facts: Facts): Explanation {
  const message = `the object is being deleted; what is unfinished of it is closed first, until ${giveUpTime(facts)} at the latest`;
  return { reason: 'Deleting', message };
}
