import type { RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, type Notice } from '../decision.ts';
import { later } from '../duration.ts';
import type { Facts } from '../facts.ts';
import { heldBack } from '../held-back.ts';
import { finish, skippedTick } from '../transitions/completion.ts';
import { committed, statusOf } from '../transitions/status.ts';
import { blockedOrphans, sweepOrphans } from './sweep.ts';

/** Step 9. An orphan can exist only where an attempt was repeated; in the ordinary case nothing is listed again. */
export function finishing(
  facts: Facts,
  rotation: RunningRotation,
  result: 'Published' | 'Revoked' | 'OldKeyExpired',
): Decision {
  const { newKey } = rotation;
  if (!newKey) return { type: 'Rest' };
  const repeated = mayHaveOrphans(facts, rotation);
  const sweep = repeated ? sweepOrphans(facts, 'All', 'orphan found when the rotation finished') : undefined;
  if (sweep) return sweep;
  const blocked = repeated ? blockedOrphans(facts) : [];
  const status = finish(facts, rotation, newKey, result);
  const sweepAfter = later(facts.time.stamp, facts.limits.sweepDelay);
  const { abandoned } = statusOf(facts);
  // An issuer that cannot list finds them again only by their names.
  const done = blocked.length > 0 ? { ...status, sweepAfter, ...(abandoned && { abandoned }) } : status;
  const held = heldBack({ ...facts, object: { ...facts.object, status: done } });
  const circumstance = held ? { stalled: held, rotating: held } : {};
  return commit('Done', present(facts, done, circumstance), [...notices(facts, rotation, result), ...blocked]);
}

/** A roll back ends the attempts of the rotation before it, too. */
function mayHaveOrphans(facts: Facts, { rollbackOf }: RunningRotation): boolean {
  return committed(facts).attempt > 1 || rollbackOf !== undefined || (statusOf(facts).abandoned ?? []).length > 0;
}

function notices(facts: Facts, rotation: RunningRotation, result: string): Notice[] {
  const list: Notice[] = [];
  const old = rotation.oldKey?.keyID;
  if (result === 'Revoked') {
    list.push({
      type: 'Normal',
      reason: 'OldKeyRevoked',
      message: `key ${old} is revoked (${rotation.revokeIntent?.basis}); key ${rotation.newKey?.keyID} is in use`,
    });
  }
  if (result === 'OldKeyExpired')
    list.push({
      type: 'Warning',
      reason: 'OldKeyExpired',
      message: `key ${old} was dead at the issuer before we revoked it`,
    });
  const skipped = skippedTick(facts);
  if (skipped) list.push(tickSkipped(skipped, 'while a rotation was running'));
  return list;
}

/** A tick of the schedule that no rotation answers. */
export function tickSkipped(tick: string, when: string): Notice {
  const message = `the tick of ${tick} passed ${when} and is not made up for`;
  return { type: 'Warning', reason: 'TickSkipped', message };
}
