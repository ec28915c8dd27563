import type { RecordedKey, RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, type Look, lookFor, type Rule } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { consumersText } from '../missing-consumers.ts';
import { isSaidToLeak } from '../requests.ts';
import { targetServing } from '../serving.ts';
import { renewRevocation } from '../transitions/migration.ts';
import { statusOf } from '../transitions/status.ts';
import { awaitPeople } from './awaiting-people.ts';
import { consumersChanged } from './consumers-changed.ts';
import { finishing } from './finishing.ts';
import { notOurs, notYetKnown } from './old-key.ts';
import { stalled, wait } from './waiting.ts';
import { outsideWindow } from './window.ts';

type Intent = NonNullable<RunningRotation['revokeIntent']>;

/** Step 8, then 9. A revocation long after its decision looks at evidence and targets again. */
export const revoking: Rule = (facts) => {
  const { rotation } = statusOf(facts);
  const intent = rotation?.revokeIntent;
  if (!rotation?.oldKey || !intent) return undefined;
  if (facts.keys && !facts.keys.old?.live)
    return notYetKnown(facts, rotation.oldKey) ?? finishing(facts, rotation, 'Revoked');
  if (facts.pending) return awaitPeople(facts, rotation, facts.pending);
  const key = { keyID: rotation.oldKey.keyID, issuer: rotation.oldKey.issuer };
  return (
    awaitWindow(facts, rotation, intent) ??
    recheck(facts, rotation, rotation.oldKey, intent) ??
    confirmOldKey(facts, rotation.oldKey, intent) ?? {
      type: 'Step',
      step: { type: 'Revoke', keys: [key], authority: 'revokeIntent' },
    }
  );
};

/** It was decided within a window; the issuer may have been down until that was over. A call whose answer was lost may have been carried out. */
function awaitWindow(facts: Facts, rotation: RunningRotation, { keyID, basis }: Intent): Decision | undefined {
  if (basis === 'Emergency' || isSaidToLeak(facts, keyID)) return undefined;
  const closed = outsideWindow(facts, rotation);
  return closed?.type === 'Look' ? closed : closed && (lookFor(facts, 'keys') ?? closed);
}

/** S15: anybody may have written the status; a process that did not see all of it itself looks before it revokes. */
function confirmOldKey(facts: Facts, old: RecordedKey, intent: Intent): Decision | undefined {
  if (facts.confirmedOldKey === old.keyID) return undefined;
  // A leaked key dies wherever it is served: no store that is away may hold that up.
  const needed: readonly Look[] = isSaidToLeak(facts, old.keyID) ? ['keys'] : ['targets', 'keys'];
  return lookFor(facts, ...needed) ?? stillServed(facts, old, intent) ?? notOurs(facts, old);
}

/** What a target serves somebody needs, whatever was decided: that decision, or the target, was changed behind our back. */
function stillServed(facts: Facts, old: RecordedKey, { decidedAt }: Intent): Decision | undefined {
  const target = targetServing(facts.targets ?? [], old);
  if (!target || isSaidToLeak(facts, old.keyID)) return undefined;
  const newKeyID = statusOf(facts).rotation?.newKey?.keyID;
  const problem = `target ${target.name}: ${target.path} serves key ${old.keyID}, whose revocation status says was decided at ${decidedAt}`;
  const remedy = `make the value with key ${newKeyID} the newest there again, or remove this one, or revoke key ${old.keyID} at the issuer by hand; if nobody decided that revocation, restore status`;
  const message = `${problem}; it is not revoked while it is served: ${remedy}`;
  // Somebody may have revoked it.
  return lookFor(facts, 'keys') ?? stalled(facts, { reason: 'UnknownState', message });
}

function recheck(facts: Facts, rotation: RunningRotation, old: RecordedKey, intent: Intent): Decision | undefined {
  const age = Date.parse(facts.time.stamp) - Date.parse(intent.checkedAt ?? intent.decidedAt);
  if (age <= facts.limits.recheckAfter || intent.basis === 'Emergency') return undefined;
  const needed: readonly Look[] = intent.basis === 'Evidence' ? ['targets', 'liveEvidence'] : ['targets'];
  const missing = lookFor(facts, ...needed) ?? stillServed(facts, old, intent);
  if (missing) return missing;
  // One that was added since gets what it takes to check its proofs, unless a call whose answer was lost has revoked the key.
  const changed = intent.basis === 'Evidence' ? consumersChanged(facts, rotation) : undefined;
  if (changed) return lookFor(facts, 'keys') ?? changed;
  const regressed = (facts.liveEvidence ?? []).filter((consumer) => consumer.state === 'Pending');
  if (regressed.length === 0) return commit('RevokeIntent', present(facts, renewRevocation(facts, rotation, intent)));
  const message = `key ${intent.keyID}, whose revocation was decided at ${intent.decidedAt}, is not revoked before these have moved again: ${consumersText(regressed)}; a consumer that no longer exists is released by removing it from spec.consumers`;
  // A call whose answer was lost may have revoked it.
  return lookFor(facts, 'keys') ?? wait(facts, 30_000, { reason: 'EvidenceRegressed', message });
}
