import type { RunningRotation } from '../../api/types.ts';
import type { ConsumerAssessment } from '../assessment.ts';
import { type Circumstance, phaseOf, present } from '../conditions.ts';
import { type Decision, lookFor } from '../decision.ts';
import { elapsed, later, milliseconds } from '../duration.ts';
import type { Explanation } from '../explanation.ts';
import type { Facts } from '../facts.ts';
import { consumersText } from '../missing-consumers.ts';
import { statusOf } from '../transitions/status.ts';
import { pendingToken } from '../trigger.ts';
import { rollBack } from './rolling-back.ts';

/** Both keys live meanwhile; nobody is in a hurry. */
const EVIDENCE_RECHECK = 30_000;

/** Consumers are missing: waits for them, and at the deadline holds or rolls back. A roll back is never rolled back by time. */
export function waitForPending(
  facts: Facts,
  seen: RunningRotation,
  assessments: readonly ConsumerAssessment[],
): Decision | undefined {
  if (assessments.every((consumer) => consumer.state === 'Migrated')) return undefined;
  const { deadline, onDeadline } = facts.object.spec.migration ?? {};
  const over = deadline ? elapsed(facts.time, seen.startedAt, milliseconds(deadline)) : undefined;
  if (over === 'Ask') return { type: 'Look', at: ['time'] };
  const status = { ...statusOf(facts), rotation: seen };
  const shown = () => present(facts, status, waitingForPolicy(facts, seen, assessments));
  if (over !== 'Yes') return { type: 'Wait', requeueAfter: EVIDENCE_RECHECK, status: shown() };
  const passed = later(seen.startedAt, milliseconds(deadline));
  const mayRollBack = onDeadline === 'RollBack' && !seen.restoredKey && seen.rollbackRefused === undefined;
  return (mayRollBack ? rollBackAt(passed, facts, seen) : undefined) ?? hold(passed, facts, seen, assessments);
}

/** Consumers can do nothing about it: whoever looks at STATUS should see that an administrator is needed. */
function waitingForPolicy(
  facts: Facts,
  seen: RunningRotation,
  assessments: readonly ConsumerAssessment[],
): Circumstance {
  const reason = assessments.find((consumer) => consumer.reason)?.reason;
  return reason ? { rotating: { reason, message: phaseOf(facts, seen).message } } : {};
}

/** Not on the word of caches: a consumer may have moved a moment ago. */
function rollBackAt(passed: string, facts: Facts, seen: RunningRotation): Decision | undefined {
  if (!seen.oldKey) return undefined;
  const cause = {
    trigger: 'Deadline',
    reason: `the deadline passed at ${passed}`,
    handled: { rotate: pendingToken(facts) },
  } as const;
  return lookFor(facts, 'liveEvidence') ?? rollBack(facts, seen, seen.oldKey, cause);
}

function hold(
  passed: string,
  facts: Facts,
  seen: RunningRotation,
  assessments: readonly ConsumerAssessment[],
): Decision {
  const missing = consumersText(assessments.filter((consumer) => consumer.state === 'Pending'));
  const refused = seen.rollbackRefused === undefined ? '' : `; roll back refused: ${seen.rollbackRefused}`;
  const held: Explanation = {
    reason: 'Held',
    message: `the deadline passed at ${passed}; both keys stay alive until these move: ${missing}; or extend spec.migration.deadline, or remove a consumer that no longer exists${refused}`,
  };
  return {
    type: 'Wait',
    requeueAfter: EVIDENCE_RECHECK,
    status: present(facts, { ...statusOf(facts), rotation: seen }, { stalled: held, rotating: held }),
  };
}
