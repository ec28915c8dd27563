import { ANNOTATION } from '../../api/names.ts';
import type { RecordedKey, RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Notice, type Rule } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { pendingRollBack, type RollBackRequest, rotateCommand } from '../requests.ts';
import { isWaived } from '../transitions/migration.ts';
import { beginRollBack, type RollBackCause, refuseRollBack } from '../transitions/roll-back.ts';
import { committed, statusOf } from '../transitions/status.ts';
import { pendingToken } from '../trigger.ts';
import { checkBeforeAttempt } from './before-attempt.ts';

/**
 * Somebody asks for a roll back of the running rotation. Before its key is published everywhere the request waits: a key that
 * stands at some targets only may be in use already, and whether it does is known only to the process that publishes it.
 */
export const rollBackRequested: Rule = (facts) => {
  const request = pendingRollBack(facts);
  if (!request) return undefined;
  const { rotation } = statusOf(facts);
  const why = refusal(facts, request);
  if (why !== undefined || !rotation?.oldKey) return refuse(facts, request.token, why ?? '');
  if (!rotation.publishedAt && !rotation.restoredKey) return undefined;
  const cause: RollBackCause = {
    trigger: 'RollBack',
    reason: `asked for by ${request.token}`,
    // A rotation that was asked for before is not what this person wants next.
    handled: { rollback: request.token, rotate: pendingToken(facts) },
  };
  return rollBack(facts, rotation, rotation.oldKey, cause);
};

/** Starts the roll back, or does what is left where the old key cannot be had again; by default that is refused. */
export function rollBack(
  facts: Facts,
  rotation: RunningRotation,
  restored: RecordedKey,
  cause: RollBackCause,
  impossible = (why: string) => refuse(facts, cause.handled.rollback, `${why}. ${remedy(facts)}`),
): Decision {
  const { revision } = committed(facts);
  const missing = checkBeforeAttempt(facts, { revision: revision + 1, attempt: 1 }) ?? lookFor(facts, 'restorable');
  if (missing) return missing;
  if (facts.restorable?.type !== 'Found') {
    const why = facts.restorable?.message ?? 'nobody looked';
    return impossible(`key ${restored.keyID} cannot be published again: ${why}`);
  }
  return commit('RollBack', present(facts, beginRollBack(facts, rotation, restored, cause)), [
    begun(facts, rotation, restored, cause.leakedKeyID),
  ]);
}

/** Why this request can never be carried out; undefined where it can, now or later. */
function refusal(facts: Facts, { revision }: RollBackRequest): string | undefined {
  const { rotation } = statusOf(facts);
  const { revision: running } = committed(facts);
  if (revision === undefined) return `annotation ${ANNOTATION.rollback} must read <running revision>/<token>`;
  if (!rotation) return `no rotation is running; for another key: ${rotateCommand(facts)}`;
  if (revision !== running) return `revision ${running} is running, not ${revision}`;
  if (rotation.inPlace)
    return `revision ${running} adds permissions to key ${rotation.inPlace.keyID} and issues no other key; to take them back, correct spec.key.permissions`;
  if (!rotation.oldKey) return 'this is the first key: there is none to go back to';
  if (isWaived(rotation)) return `key ${rotation.oldKey.keyID} has leaked`;
  if (rotation.revokeIntent)
    return `the revocation of key ${rotation.revokeIntent.keyID} is decided and cannot be taken back. ${remedy(facts)}`;
  return undefined;
}

function remedy(facts: Facts): string {
  return `Let the rotation end; then, for another key: ${rotateCommand(facts)}`;
}

function refuse(facts: Facts, token: string | undefined, why: string): Decision {
  const message = `roll back refused: ${why}`;
  return commit('RollBackRefused', present(facts, refuseRollBack(facts, token, why)), [
    { type: 'Warning', reason: 'RollbackImpossible', message },
  ]);
}

function begun(
  facts: Facts,
  { newKey, restoredKey }: RunningRotation,
  restored: RecordedKey,
  leakedKeyID: string | undefined,
): Notice {
  const { revision } = committed(facts);
  const retired = newKey?.keyID ?? restoredKey?.keyID;
  const when =
    leakedKeyID === undefined ? 'when all consumers have moved back' : 'without a wait, because it has leaked';
  const message = `revision ${revision} is rolled back by revision ${revision + 1}: key ${restored.keyID} is published again, and key ${retired} is revoked ${when}`;
  return { type: 'Warning', reason: 'RollBackBegun', message };
}
