import type { AbandonedKey, RunningRotation } from '../../api/types.ts';
import type { Facts, LabelledKey } from '../facts.ts';
import { keysInUse } from '../orphans.ts';
import { abandonedPlaces } from './abandoned.ts';
import { committed, statusOf } from './status.ts';

/**
 * The keys that targets serve, and that the key of the next attempt will replace there: the published one, and those of this
 * revision that no process could take over, because the issuer did not confirm them. Consumers may have loaded them.
 */
export function replacedKeys(facts: Facts, { plan, newKey, publishedAt }: RunningRotation): AbandonedKey[] {
  const targets = abandonedPlaces(plan.targets);
  const reason = 'replaced before it was published everywhere';
  const carried = carriedKeys(facts).map(
    ({ revision, attempt, keyID, issuer }): AbandonedKey => ({
      revision,
      attempt,
      keyID,
      issuer,
      targets,
      reason,
      served: true,
    }),
  );
  if (!newKey || !publishedAt) return carried;
  const published = { ...committed(facts), keyID: newKey.keyID, issuer: plan.issuer, targets, served: true };
  return [...carried, { ...published, reason: 'replaced after it was published' }];
}

/** Live keys of this revision that stand at a target, and that status neither names as in use nor knows to have been there. */
function carriedKeys(facts: Facts): LabelledKey[] {
  const { revision } = committed(facts);
  const { abandoned = [] } = statusOf(facts);
  const known = keysInUse(statusOf(facts));
  const told = new Set(abandoned.flatMap(({ keyID, served, leaked }) => (served || leaked ? [keyID] : [])));
  const carried = new Set((facts.targets ?? []).map((target) => target.presence === 'Present' && target.marker?.keyID));
  return (facts.labelled ?? []).filter(
    ({ keyID, live, revision: made }) =>
      live && made === revision && carried.has(keyID) && !known.has(keyID) && !told.has(keyID),
  );
}
