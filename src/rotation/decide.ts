import type { Decision, Rule } from './decision.ts';
import type { Facts } from './facts.ts';
import { adoption } from './rules/adopting.ts';
import { deleting } from './rules/deleting.ts';
import { delivering } from './rules/delivering.ts';
import { drifted } from './rules/drifted.ts';
import { targetDropped } from './rules/dropping.ts';
import { emergency } from './rules/emergency.ts';
import { conflict, invalidSpec, suspended, unknownState, unresolvedReferences } from './rules/guards.ts';
import { lateOrphans, settled, startRotation, targetsChanged } from './rules/idle.ts';
import { migrating } from './rules/migrating.ts';
import { revoking } from './rules/revoking.ts';
import { rolledBack } from './rules/rolled-back.ts';
import { rollBackRequested } from './rules/rolling-back.ts';
import { updatingInPlace } from './rules/updating-in-place.ts';

/** The order of the checks is the protocol's table of contents: the first rule that answers decides. */
const CHAIN: readonly Rule[] = [
  unknownState,
  deleting,
  suspended,
  // What people ask for.
  targetDropped,
  emergency,
  rollBackRequested,
  // A rotation is running.
  updatingInPlace,
  delivering,
  migrating,
  revoking,
  // None is running.
  invalidSpec,
  unresolvedReferences,
  conflict,
  lateOrphans,
  adoption,
  targetsChanged,
  drifted,
  rolledBack,
  startRotation,
];

/** What to do about one object, from what is known of it. Pure, total and synchronous. */
export function decide(facts: Facts): Decision {
  for (const rule of CHAIN) {
    const decision = rule(facts);
    if (decision) return decision;
  }
  return settled(facts) ?? { type: 'Rest' };
}
