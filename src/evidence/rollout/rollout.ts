import type { RolloutFinding } from '../../rotation/assessment.ts';
import { isMarked } from '../../rotation/restart-mark.ts';
import { isRecordOf } from '../../rotation/rollout-record.ts';
import type { EvidenceSubject, Sightings, Verdict } from '../evidence.ts';
import { type Copy, copyTitle } from './copy.ts';
import { judgePods, type Situation } from './judge-pods.ts';
import { copyMessage, missingMessage, unknownCopyMessage } from './messages.ts';
import type { CopyState, RolloutSight } from './sight.ts';
import { type RolloutRule, titleOf, type WorkloadView } from './workload.ts';

/**
 * Rollout: every pod of the workload started when what it reads surely held the new key, and the workload is rolled out. A restart
 * is how that comes about, and no evidence by itself: pods that anybody else has replaced since then count as well.
 */
export function assessRollout(rule: RolloutRule, { subject, consumer, rollout, ...known }: Sightings): Verdict {
  if (!rollout) return pending('the workload has not been looked at');
  if (rollout.type === 'Denied') return stalled('WorkloadAccessDenied', rollout.message);
  if (rollout.type === 'Missing') return pending(missingMessage(rule));
  const { workload, copy, copyState } = rollout;
  if (!copy) return stalled('InvalidSpec', unknownCopyMessage(consumer, workload));
  const finding = findingOf(workload, copy, copyState, subject, known.publishedAt);
  if (copyState !== 'New') return { ...pending(copyMessage(copy, copyState)), rollout: finding };
  const record = isRecordOf(known.record, finding) ? known.record : undefined;
  const since = finding.newSince ?? record?.copySeenAt;
  if (since === undefined) return { ...pending(`${copyTitle(copy)} holds the new key`), rollout: finding };
  const isRestarted = finding.isRestarted || record?.restartedAt !== undefined;
  return verdictOn({ rule, workload, copy, since, isRestarted }, rollout, finding);
}

function verdictOn(situation: Situation, { pods }: Seen, finding: RolloutFinding): Verdict {
  const { type, message, missingPods = [] } = judgePods(situation, pods);
  const { kind, name, resourceVersion } = situation.workload;
  const rollout: RolloutFinding = {
    ...finding,
    ...(type === 'RestartDue' && { restart: { kind, name, resourceVersion } }),
  };
  return { complete: type === 'Complete', missingPods, message, rollout };
}

type Seen = Extract<RolloutSight, { type: 'Seen' }>;

function findingOf(
  workload: WorkloadView,
  copy: Copy,
  state: CopyState,
  subject: EvidenceSubject,
  publishedAt: string | undefined,
): RolloutFinding {
  return {
    workload: titleOf(workload).replace(' ', '/'),
    workloadUID: workload.uid,
    copy: copyTitle(copy),
    copyIsNew: state === 'New',
    // Every target was read back before the key was called published.
    ...(copy.type === 'Secret' || publishedAt === undefined ? {} : { newSince: publishedAt }),
    isRestarted: isMarked(workload.annotations, subject),
  };
}

function pending(message: string): Verdict {
  return { complete: false, missingPods: [], message };
}

function stalled(reason: 'InvalidSpec' | 'WorkloadAccessDenied', message: string): Verdict {
  return { ...pending(message), stalled: { reason, message } };
}
