import type { RunningRotation } from '../../api/types.ts';
import type { ConsumerAssessment, RolloutFinding } from '../assessment.ts';
import { present } from '../conditions.ts';
import { commit, type Decision } from '../decision.ts';
import { elapsed } from '../duration.ts';
import type { Facts } from '../facts.ts';
import { KUBELET_LAG_MS } from '../kubelet-lag.ts';
import { sameValue } from '../same-value.ts';
import { statusOf } from '../transitions/status.ts';

type Waiting = Extract<Decision, { type: 'Wait' }>;

/** API servers beside each other may be so far apart: the pods of a restart must not be dated to the time when kubelets may lag. */
const CLOCKS_APART_MS = 2_000;
const SETTLE_MS = KUBELET_LAG_MS + CLOCKS_APART_MS;
/**
 * A rollout takes tens of seconds, and each look costs the API server one GET of the workload, one of the Secret and, once it is rolled
 * out, one LIST of its pods: about 3 ms of CPU, so that two hundred rotations that wait at once take 6 % of a core. A watch for each
 * would hold two hundred connections for what happens once a month.
 */
const ROLLOUT_RECHECK_MS = 10_000;

/**
 * What was seen of workloads becomes durable before anything is built on it: since when a copy is new (pods that started before do not
 * count, whoever looks next), and that a restart has begun (there is no second one, whatever becomes of its mark).
 */
export function recordRollouts(facts: Facts, rotation: RunningRotation, seen: RunningRotation): Decision | undefined {
  if (sameValue(recordsOf(rotation), recordsOf(seen))) return undefined;
  return commit('Rollouts', present(facts, { ...statusOf(facts), rotation: seen }));
}

function recordsOf({ consumers = [] }: RunningRotation) {
  return consumers.flatMap(({ name, rollout }) => (rollout ? [{ name, rollout }] : []));
}

/**
 * Restarts what is due, a few at a time, and tells what no restart helps; `otherwise` is how all consumers are waited for, which comes
 * back sooner where one of them has a workload. Undefined where none has.
 */
export function moveRollouts(
  facts: Facts,
  seen: RunningRotation,
  assessments: readonly ConsumerAssessment[],
  otherwise: Waiting,
): Decision | undefined {
  const pending = assessments.filter(({ state, rollout, stalled }) => state === 'Pending' && (rollout || stalled));
  if (pending.length === 0) return undefined;
  const requeueAfter = Math.min(ROLLOUT_RECHECK_MS, otherwise.requeueAfter);
  const told = isHeld(otherwise) ? undefined : helpless(facts, seen, pending);
  return restartDue(facts, seen, pending, otherwise) ?? { ...(told ?? otherwise), requeueAfter };
}

function restartDue(
  facts: Facts,
  seen: RunningRotation,
  pending: readonly ConsumerAssessment[],
  otherwise: Waiting,
): Decision | undefined {
  const due = pending.find(({ rollout }) => rollout?.restart && readableSince(rollout, seen) !== undefined)?.rollout;
  if (!due?.restart || restartsUnderWay(facts, pending).size >= facts.limits.restartsAtOnce) return undefined;
  const settled = elapsed(facts.time, readableSince(due, seen), SETTLE_MS);
  if (settled === 'Ask') return { type: 'Look', at: ['time'] };
  if (settled !== 'Yes') return { ...otherwise, requeueAfter: settled.again };
  // The write to the workload is no compare-and-set of the status: that nobody has recorded a restart yet is seen, after the workload.
  return facts.live
    ? { type: 'Step', step: { type: 'Restart', workload: due.restart } }
    : { type: 'Look', at: ['live'] };
}

/** Consumers that share a workload share its restart: since when all of them can read the new key; undefined where one cannot. */
function readableSince({ workload }: RolloutFinding, { consumers = [] }: RunningRotation): string | undefined {
  const sharing = consumers.filter(({ state, rollout }) => state === 'Pending' && rollout?.workload === workload);
  const since = sharing.map(({ rollout }) => rollout?.copySeenAt ?? '').sort();
  return since[0] === '' ? undefined : since.at(-1);
}

/** A restart of this rotation that does not end holds its place: what the next one would bring is no better. */
function restartsUnderWay(facts: Facts, pending: readonly ConsumerAssessment[]): ReadonlySet<string> {
  const own = pending.flatMap(({ rollout }) => (rollout?.isRestarted ? [rollout.workload] : []));
  return new Set([...own, ...(facts.restartsElsewhere ?? [])]);
}

/** The deadline has a word of its own for all who are missing. */
function isHeld({ status }: Waiting): boolean {
  return status.conditions?.some((condition) => condition.type === 'Stalled' && condition.status === 'True') === true;
}

function helpless(facts: Facts, seen: RunningRotation, pending: readonly ConsumerAssessment[]): Waiting | undefined {
  const explanation = pending.find(({ stalled }) => stalled)?.stalled;
  if (!explanation) return undefined;
  const status = present(
    facts,
    { ...statusOf(facts), rotation: seen },
    { stalled: explanation, rotating: explanation },
  );
  return { type: 'Wait', requeueAfter: ROLLOUT_RECHECK_MS, status };
}
