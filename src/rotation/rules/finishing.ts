import type { RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, type Notice } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { committed, finish, skippedTick, statusOf } from '../transitions.ts';
import { sweepOrphans } from './sweep.ts';

/** Step 9. An orphan can exist only where an attempt was repeated; in the ordinary case nothing is listed again. */
export function finishing(
  facts: Facts,
  rotation: RunningRotation,
  result: 'Published' | 'Revoked' | 'OldKeyExpired',
): Decision {
  const { newKey } = rotation;
  if (!newKey) return { type: 'Rest' };
  const repeated = committed(facts).attempt > 1 || (statusOf(facts).abandoned ?? []).length > 0;
  const sweep = repeated ? sweepOrphans(facts, 'orphan found when the rotation finished') : undefined;
  return (
    sweep ?? commit('Done', present(facts, finish(facts, rotation, newKey, result)), notices(facts, rotation, result))
  );
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
  if (skipped)
    list.push({
      type: 'Warning',
      reason: 'TickSkipped',
      message: `the tick of ${skipped} passed while a rotation was running and is not made up for`,
    });
  return list;
}
