import { present } from '../conditions.ts';
import { commit, type Decision, lookFor } from '../decision.ts';
import type { Facts, LabelledKey } from '../facts.ts';
import { keysInUse, mayRevokeOrphan, orphansOf } from '../orphans.ts';
import { abandon, committed, statusOf } from '../transitions.ts';

/**
 * Revokes the orphans that rule R allows to revoke: lists them in `abandoned` by compare-and-set, then revokes what is listed.
 * Undefined when none is left.
 */
export function sweepOrphans(facts: Facts, reason: string): Decision | undefined {
  const missing = lookFor(facts, 'targets', 'labelled');
  if (missing) return missing;
  const orphans = orphansOf(facts.labelled ?? [], committed(facts), keysInUse(statusOf(facts))).filter((key) =>
    mayRevokeOrphan(key, facts.targets ?? [], facts),
  );
  const listed = new Set(statusOf(facts).abandoned?.map((key) => key.keyID));
  const unlisted = orphans.filter((key) => !listed.has(key.keyID));
  if (unlisted.length > 0) return commit('Abandon', present(facts, abandon(facts, unlisted, reason)));
  if (orphans.length > 0) return revokeListed(orphans);
  return undefined;
}

function revokeListed(orphans: readonly LabelledKey[]): Decision {
  const keys = orphans.map(({ keyID, issuer }) => ({ keyID, issuer }));
  return { type: 'Step', step: { type: 'Revoke', keys, authority: 'abandoned' } };
}
