import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Notice } from '../decision.ts';
import type { Facts, LabelledKey } from '../facts.ts';
import { keysInUse, mayRevokeOrphan, orphansOf, servedKeys } from '../orphans.ts';
import { abandon } from '../transitions/completion.ts';
import { committed, statusOf } from '../transitions/status.ts';

/** Which orphans a sweep is for: those of the running revision, or of all that are below the committed attempt. */
type Scope = 'Revision' | 'All';

/**
 * Revokes the orphans that rule R allows to revoke: lists them in `abandoned` by compare-and-set, then revokes what is listed.
 * Undefined when none of them is left. A key of an earlier revision, or one that was replaced after it was published, may be in
 * use: only a sweep after all evidence (scope All, at step 9 and later) takes it.
 */
export function sweepOrphans(facts: Facts, scope: Scope, reason: string): Decision | undefined {
  const missing = lookFor(facts, 'targets', 'labelled');
  if (missing) return missing;
  const orphans = orphansIn(facts, scope).filter((key) => mayRevokeOrphan(key, facts.targets ?? [], facts));
  const listed = new Set(statusOf(facts).abandoned?.map((key) => key.keyID));
  const unlisted = orphans.filter((key) => !listed.has(key.keyID));
  if (unlisted.length > 0) return commit('Abandon', present(facts, abandon(facts, unlisted, reason)));
  if (orphans.length > 0) return revokeListed(orphans);
  return undefined;
}

/** Orphans that must wait because a target does not carry a marker above them: named, and looked for again later. */
export function blockedOrphans(facts: Facts): Notice[] {
  const ids = orphansIn(facts, 'All').map((key) => key.keyID);
  if (ids.length === 0) return [];
  const message = `these keys are used by nobody but cannot be revoked while a target does not hold what was published: ${ids.join(', ')}`;
  return [{ type: 'Warning', reason: 'OrphanKeys', message }];
}

/** Keys that leaked after they were published, and that others have replaced in every target: they die at once. */
export function revokeLeaked(facts: Facts): Decision | undefined {
  const { abandoned = [], ...status } = statusOf(facts);
  const leaked = new Set(abandoned.flatMap((key) => (key.leaked ? [key.keyID] : [])));
  if (leaked.size === 0) return undefined;
  const missing = lookFor(facts, 'targets', 'labelled');
  if (missing) return missing;
  const live = (facts.labelled ?? []).filter((key) => key.live && leaked.has(key.keyID));
  // Status comes from outside: a key that it also says to be in use dies with evidence, or by an emergency that names it.
  const inUse = keysInUse(statusOf(facts));
  const free = live.filter((key) => !inUse.has(key.keyID) && mayRevokeOrphan(key, facts.targets ?? [], facts));
  if (free.length > 0) return revokeListed(free);
  if (live.length > 0) return undefined;
  const done = abandoned.map(({ leaked: _, ...key }) => key);
  const message = `leaked and replaced, now revoked: ${[...leaked].join(', ')}`;
  return commit('LeakedRevoked', present(facts, { ...status, abandoned: done }), [
    { type: 'Warning', reason: 'LeakedKeyRevoked', message },
  ]);
}

function orphansIn(facts: Facts, scope: Scope): LabelledKey[] {
  const { revision } = committed(facts);
  const orphans = orphansOf(facts.labelled ?? [], committed(facts), keysInUse(statusOf(facts)));
  if (scope === 'All') return orphans;
  const served = servedKeys(statusOf(facts));
  return orphans.filter((key) => key.revision === revision && !served.includes(key.keyID));
}

function revokeListed(orphans: readonly LabelledKey[]): Decision {
  const keys = orphans.map(({ keyID, issuer }) => ({ keyID, issuer }));
  return { type: 'Step', step: { type: 'Revoke', keys, authority: 'abandoned' } };
}
