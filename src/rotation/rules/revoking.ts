import type { RecordedKey, RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Rule } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { renewRevocation } from '../transitions/migration.ts';
import { statusOf } from '../transitions/status.ts';
import { finishing } from './finishing.ts';
import { notOurs, notYetKnown } from './old-key.ts';
import { wait } from './waiting.ts';

/** Step 8, then 9. A revocation long after its decision looks at the evidence again. */
export const revoking: Rule = (facts) => {
  const { rotation } = statusOf(facts);
  const intent = rotation?.revokeIntent;
  if (!rotation?.oldKey || !intent) return undefined;
  if (facts.keys && !facts.keys.old?.live)
    return notYetKnown(facts, rotation.oldKey) ?? finishing(facts, rotation, 'Revoked');
  const key = { keyID: rotation.oldKey.keyID, issuer: rotation.oldKey.issuer };
  return (
    recheck(facts, rotation, intent) ??
    confirmOldKey(facts, rotation.oldKey) ?? {
      type: 'Step',
      step: { type: 'Revoke', keys: [key], authority: 'revokeIntent' },
    }
  );
};

/** S15: anybody may have written the status; a process that has not seen the key itself looks before it revokes. */
function confirmOldKey(facts: Facts, old: RecordedKey): Decision | undefined {
  if (facts.confirmedOldKey === old.keyID) return undefined;
  return lookFor(facts, 'keys') ?? notOurs(facts, old);
}

function recheck(
  facts: Facts,
  rotation: RunningRotation,
  intent: NonNullable<RunningRotation['revokeIntent']>,
): Decision | undefined {
  const age = Date.parse(facts.time.stamp) - Date.parse(intent.checkedAt ?? intent.decidedAt);
  if (age <= facts.limits.recheckAfter || intent.basis !== 'Evidence') return undefined;
  const missing = lookFor(facts, 'liveEvidence');
  if (missing) return missing;
  const regressed = (facts.liveEvidence ?? []).filter((consumer) => consumer.state === 'Pending');
  if (regressed.length === 0) return commit('RevokeIntent', present(facts, renewRevocation(facts, rotation, intent)));
  const names = regressed.map(({ name, message }) => `${name} (${message})`).join(', ');
  return wait(facts, 30_000, {
    reason: 'EvidenceRegressed',
    message: `key ${intent.keyID}, whose revocation was decided at ${intent.decidedAt}, is not revoked before these have moved again: ${names}; a consumer that no longer exists is released by removing it from spec.consumers`,
  });
}
