import type { RecordedKey, RunningRotation } from '../../api/types.ts';
import { isOf } from '../../key/attempt-id.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Notice, type Rule } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { currentAt, replacement } from '../replacement.ts';
import { adopt, standDown } from '../transitions/adoption.ts';
import { committed, ownerOf, statusOf } from '../transitions/status.ts';
import { dueTrigger } from '../trigger.ts';
import type { LeftKey } from '../unanswered.ts';
import { needsFinalizer } from './before-attempt.ts';
import { stateRegression } from './state-regression.ts';
import { stalled } from './waiting.ts';

/**
 * Step 0b: the value that all targets hold becomes the current key. It is asked about again before the first rotation begins: where
 * somebody has changed it since, or a read was of the past, what stands there then is adopted instead.
 */
export const adoption: Rule = (facts) => {
  const { current, rotation } = statusOf(facts);
  if (!wantsAdoption(facts) || rotation) return undefined;
  if (current && !isFirstRotationDue(facts, current)) return undefined;
  const missing = lookFor(facts, 'targets');
  if (missing) return missing;
  if (current ? !isReplaced(facts, current) : isEmpty(facts)) return undefined;
  const past = hasOurMarker(facts) ? (lookFor(facts, 'labelled') ?? stateRegression(facts)) : undefined;
  if (past) return past;
  const unknown = lookFor(facts, 'identity');
  if (unknown) return unknown;
  const problem = adoptionProblem(facts);
  if (problem !== undefined || facts.identity?.type !== 'Key') {
    return stalled(facts, { reason: 'Conflict', message: `the existing key cannot be adopted: ${problem}` });
  }
  const { key } = facts.identity;
  return needsFinalizer(facts) ?? commit('Adopt', present(facts, adopt(facts, key)), [adoptedNotice(key, current)]);
};

/**
 * A first key was to be issued because a read showed nothing, and now there is a value to adopt: the rotation stands down, unless a
 * target has a trace of it. `left`: what is known of a key that the attempt may have made; a list must be able to find it again.
 */
export function adoptAfterAll(facts: Facts, rotation: RunningRotation, left?: LeftKey): Decision | undefined {
  if (!wantsAdoption(facts) || statusOf(facts).current || rotation.oldKey) return undefined;
  if (left && !facts.capabilities?.list) return undefined;
  const missing = lookFor(facts, 'targets');
  if (missing) return missing;
  if (isEmpty(facts) || hasOurMarker(facts)) return undefined;
  const message = `revision ${committed(facts).revision} ends without a key: its targets hold a value after all, which is to be adopted`;
  return commit('StandDown', present(facts, standDown(facts, rotation, left)), [
    { type: 'Warning', reason: 'RotationStoodDown', message },
  ]);
}

function wantsAdoption({ object: { spec } }: Facts): boolean {
  return spec.existingKey?.policy === 'Adopt';
}

/** A key that leaked is to be revoked, whatever stands at the targets now: it stays the current one. */
function isFirstRotationDue(facts: Facts, { adopted }: RecordedKey): boolean {
  if (!adopted || statusOf(facts).history?.length) return false;
  const trigger = dueTrigger(facts);
  return trigger !== undefined && trigger.type !== 'Emergency';
}

function isEmpty({ targets = [] }: Facts): boolean {
  return targets.every(
    (target) => target.presence === 'Absent' || (target.fieldsPolicy === 'Merge' && !target.hasOurFields),
  );
}

/**
 * Whether a place no longer holds what was adopted there, nor anything of ours, so that no rotation may begin. An earlier version is
 * what a read of the past shows.
 */
function isReplaced(facts: Facts, current: RecordedKey): boolean {
  if (hasOurMarker(facts)) return false;
  const writer = { ...ownerOf(facts), revision: committed(facts).revision + 1, attempt: 1 };
  return (facts.targets ?? []).some((target) => {
    const recorded = currentAt(target, { current });
    if (!recorded || replacement(target, writer, [recorded]).type !== 'Stop') return false;
    return !(target.presence === 'Present' && target.versionsNameValues) || isLater(target, recorded);
  });
}

/** Where versions are names rather than numbers, the times at which they were made tell. */
function isLater(found: Version, recorded: Version): boolean {
  const [version, than] = [Number(found.version), Number(recorded.version ?? '')];
  if (!Number.isNaN(version - than)) return version > than;
  return Date.parse(found.createdTime ?? '') > Date.parse(recorded.createdTime ?? '');
}

interface Version {
  readonly version?: string;
  readonly createdTime?: string;
}

function hasOurMarker(facts: Facts): boolean {
  const owner = ownerOf(facts);
  return (facts.targets ?? []).some(
    (target) => target.presence === 'Present' && target.marker !== undefined && isOf(target.marker, owner),
  );
}

/** What is wrong with what stands at the targets, and what helps. */
function adoptionProblem({ identity, object: { spec } }: Facts): string | undefined {
  if (!identity) return 'nobody looked';
  if (identity.type === 'None') return `${identity.problem}; ${identity.remedy}`;
  const { existingKey, key } = spec;
  const { keyID, fingerprint, environment, organization } = identity.key;
  const differs = (field: string, wanted: string | undefined, found: string | undefined, what: string) =>
    wanted === undefined || wanted === found ? undefined : `${what} ${found}, spec.${field} is ${wanted}`;
  const named = `key ${keyID} belongs to`;
  const wrongKey =
    differs('existingKey.keyID', existingKey?.keyID, keyID, 'the targets hold key') ??
    differs('existingKey.fingerprint', existingKey?.fingerprint, fingerprint, `key ${keyID} has the fingerprint`) ??
    differs('key.organization', key.organization, organization, `${named} organization`);
  if (wrongKey !== undefined) return `${wrongKey}; correct that field, or what the targets hold`;
  const elsewhere = differs('key.environment', key.environment, environment, `${named} environment`);
  return elsewhere && `${elsewhere}; make a new ApiKeyRotation for that environment, or correct what the targets hold`;
}

function adoptedNotice({ keyID }: RecordedKey, before: RecordedKey | undefined): Notice {
  const message = `key ${keyID} found at the targets is now current`;
  if (!before || before.keyID === keyID) return { type: 'Normal', reason: 'KeyAdopted', message };
  const left = `key ${before.keyID}, which was adopted before, is not looked after any more`;
  return { type: 'Warning', reason: 'KeyAdopted', message: `${message}; ${left}` };
}
