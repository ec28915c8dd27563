import type { DriftedTarget, DriftRecord, RecordedKey, RotationStatus, TargetVersion } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, lookFor, type Notice, type Rule } from '../decision.ts';
import { driftsOf } from '../drift.ts';
import { driftText, driftTold, isForeign } from '../drift-told.ts';
import type { Facts } from '../facts.ts';
import { isHeldBack } from '../held-back.ts';
import { isLookDue, isWritten, seenBefore } from '../look-at-rest.ts';
import { formatOrdinal } from '../ordinal.ts';
import { isRepaired, MAX_REPAIRS, pauseEnd, recentRepairs } from '../repair-limit.ts';
import { sameValue } from '../same-value.ts';
import { beginRepair, endDrift, recordDrift } from '../transitions/drift.ts';
import { committed, statusOf } from '../transitions/status.ts';
import { dueTrigger, type Trigger } from '../trigger.ts';
import { beginRotation } from './idle.ts';
import { stateRegression, stateRegressionAtTargets } from './state-regression.ts';

/**
 * While no rotation runs, the targets are looked at now and then: somebody may have changed or deleted what stands there.
 *
 *     seen twice ── onDrift Report ── told, nothing is written
 *         │ Repair
 *         ├── some place still has the key's text ── CAS n.(k+1) ── write it there again ── CAS repaired
 *         └── none has ── a rotation begins, and the old key dies after the usual evidence
 *
 * What a repair may replace without a marker is recorded by the same compare-and-set that begins it (rule W). Only the process that
 * committed it writes (rule C); any other begins the next attempt, after a pause that doubles each time and ends in a report. A
 * rotation that is due goes ahead where it can begin.
 */
export const drifted: Rule = (facts) => {
  const { current, rotation } = statusOf(facts);
  if (!current || rotation || !isWritten(facts, current) || facts.references.type !== 'Resolved') return undefined;
  const trigger = isHeldBack(facts) ? undefined : dueTrigger(facts);
  const isAhead = trigger && !isKeptWaiting(facts, trigger);
  if (isAhead) return mayReplaceDrift(facts) ? beginRotation(aheadOfRotation(facts), trigger) : undefined;
  return repairing(facts, current) ?? withdrawn(facts) ?? looking(facts, current);
};

/**
 * Whether a rotation that is due cannot begin, for nobody knows how long: consumers need the current key until then. One that has
 * leaked is written nowhere again, nor is anything by a status from the past.
 */
function isKeptWaiting(facts: Facts, trigger: Trigger): boolean {
  if (trigger.type === 'Emergency' || stateRegression(facts)) return false;
  return beginRotation(aheadOfRotation(facts), trigger)?.type === 'Wait';
}

/** A rotation that begins writes to all targets anyway; with Repair, it may replace what would else stop it. */
function aheadOfRotation(facts: Facts): Facts {
  return mayReplaceDrift(facts) ? withRecord(facts, driftsOf(facts)) : facts;
}

function mayReplaceDrift(facts: Facts): boolean {
  const found = isRepaired(facts) ? driftsOf(facts) : [];
  return found.length > 0 && !found.some(isForeign);
}

/** The same facts, where what was found is recorded: the compare-and-set that begins something records it too. */
function withRecord(facts: Facts, found: readonly DriftedTarget[]): Facts {
  return { ...facts, object: { ...facts.object, status: recordDrift(facts, found) } };
}

/** The repair that this process has begun, on the object as it is now: a later one may be somebody else's. */
function repairing(facts: Facts, current: RecordedKey): Decision | undefined {
  const { drift } = statusOf(facts);
  if (!drift?.repair || !facts.holdsRepair || !isRepaired(facts)) return undefined;
  const { repaired } = facts;
  if (!repaired) return lookFor(facts, 'live') ?? { type: 'Step', step: { type: 'Repair' } };
  if (repaired.type === 'Stopped') return commit('RepairStopped', present(facts, recordDrift(facts, drift.targets)));
  const ended = endDrift(facts, current, repaired.targets, drift.targets.filter(isForeign));
  const names = repaired.targets.map(({ name }) => name).join(', ');
  const message = `key ${current.keyID} is written to ${names} again, by attempt ${formatOrdinal(committed(facts))}`;
  return commit('Repaired', present(facts, ended), [{ type: 'Normal', reason: 'Repaired', message }]);
}

/** From now on nothing may be replaced any more. */
function withdrawn(facts: Facts): Decision | undefined {
  const { drift } = statusOf(facts);
  if (drift?.policy !== 'Repair' || isRepaired(facts)) return undefined;
  return commit('Drifted', present(facts, recordDrift(facts, drift.targets)));
}

function looking(facts: Facts, current: RecordedKey): Decision | undefined {
  if (!facts.targets) return isLookDue(facts) ? lookFor(facts, 'targets') : undefined;
  const past = stateRegressionAtTargets(facts);
  if (past) return past;
  const found = driftsOf(facts);
  if (found.length === 0) return over(facts, current);
  const known = [...(statusOf(facts).drift?.targets ?? []), ...seenBefore(facts)];
  // Looked at again: in a minute, or in ten where something is told already.
  if (!found.every((target) => known.some((before) => sameValue(before, target)))) return undefined;
  return mayRepair(facts, found) ? repair(facts, current, found) : report(facts, current, found);
}

/** Somebody has put it right, or a repair whose answer was lost has. */
function over(facts: Facts, current: RecordedKey): Decision | undefined {
  const { drift } = statusOf(facts);
  if (!drift) return undefined;
  const versions = (facts.targets ?? []).flatMap((target): TargetVersion[] => {
    const known = current.targets.find(({ name }) => name === target.name);
    if (!known || target.presence === 'Absent') return [];
    const { version, createdTime } = target;
    return [{ ...known, version, ...(createdTime === undefined ? {} : { createdTime }) }];
  });
  return commit('DriftEnded', present(facts, endDrift(facts, current, versions)));
}

function mayRepair(facts: Facts, found: readonly DriftedTarget[]): boolean {
  if (!isRepaired(facts) || found.every(isForeign) || statusOf(facts).drift?.gaveUp) return false;
  return recentRepairs(facts).length < MAX_REPAIRS && pauseEnd(facts) <= Date.parse(facts.time.stamp);
}

function repair(facts: Facts, current: RecordedKey, found: readonly DriftedTarget[]): Decision | undefined {
  const missing = lookFor(facts, 'restorable');
  if (missing) return missing;
  if (facts.restorable?.type === 'Found')
    return commit('Repair', present(facts, beginRepair(facts, found)), news(facts, current, found));
  if (isHeldBack(facts) || found.some(isForeign)) return report(facts, current, found);
  const message = `${found.map((target) => driftText(target, current.keyID)).join('; ')}: ${facts.restorable?.message}`;
  return beginRotation(withRecord(facts, found), { type: 'Drift', reason: message.slice(0, 512) });
}

/** Told once, and again when it is another change. */
function report(facts: Facts, current: RecordedKey, found: readonly DriftedTarget[]): Decision | undefined {
  const { drift: before } = statusOf(facts);
  const gaveUp = isRepaired(facts) && !found.every(isForeign) && recentRepairs(facts).length >= MAX_REPAIRS;
  const status = withRepair(recordDrift(facts, found, before?.gaveUp ?? gaveUp), before);
  if (sameValue(status.drift, before)) return undefined;
  const { told } = driftTold(facts, status) ?? {};
  const tooOften = gaveUp && !before?.gaveUp && told ? [warning(told.reason, told.message)] : [];
  return commit('Drifted', present(facts, status), [...news(facts, current, found), ...tooOften]);
}

/** A repair that somebody is at goes on, whatever is right already; what is news since it began is not its own to replace. */
function withRepair(status: RotationStatus, before: DriftRecord | undefined): RotationStatus {
  const { drift } = status;
  if (!drift || !before?.repair) return status;
  const isKnown = drift.targets.every((target) => before.targets.some((known) => sameValue(known, target)));
  return isKnown ? { ...status, drift: { ...drift, repair: before.repair } } : status;
}

/** One event a target, for what nobody was told of yet. */
function news(facts: Facts, current: RecordedKey, found: readonly DriftedTarget[]): Notice[] {
  const before = statusOf(facts).drift?.targets ?? [];
  return found
    .filter((target) => !before.some((known) => sameValue(known, target)))
    .map((target) => warning('Drifted', driftText(target, current.keyID)));
}

function warning(reason: string, message: string): Notice {
  return { type: 'Warning', reason, message };
}
