import { KUBELET_LAG_MS } from '../../rotation/kubelet-lag.ts';
import type { PodView } from '../pod-view.ts';
import { type Copy, copyTitle } from './copy.ts';
import { obstacleTo, progressMessage, restartCommand } from './messages.ts';
import { podsOfWorkload } from './pods-of-workload.ts';
import { isRolledOut, type RolloutRule, titleOf, type WorkloadView } from './workload.ts';

/** A workload whose pods read something that holds the new key since a certain moment. */
export interface Situation {
  readonly rule: RolloutRule;
  readonly workload: WorkloadView;
  readonly copy: Copy;
  /** RFC 3339, server time, whole seconds: when it was seen to hold the new key. */
  readonly since: string;
  /** Whether it has been restarted for this revision, whatever became of that. */
  readonly isRestarted: boolean;
}

/** How far the pods are; `RestartDue`, a restart is all that is missing. */
export interface Judgement {
  readonly type: 'Complete' | 'Waiting' | 'RestartDue';
  readonly message: string;
  /** Names of the pods that started too early, sorted. */
  readonly missingPods?: readonly string[];
}

/** `selected`: the pods that the selector selects, looked at after the workload; undefined where nobody did. */
export function judgePods(situation: Situation, selected: readonly PodView[] | undefined): Judgement {
  const { workload, rule } = situation;
  const { desired } = workload.pods;
  if (desired === 0 && rule.whenNoPods !== 'Count') return waiting(noPods(workload));
  if (!isRolledOut(workload)) return waiting(progressMessage(workload));
  if (!selected) return waiting(`the pods of ${titleOf(workload)} have not been looked at`);
  const pods = podsOfWorkload(workload, selected);
  const older = pods.filter((pod) => startedTooEarly(pod, situation));
  if (older.length > 0) return judgeOlder(situation, older);
  if (pods.length < desired)
    return waiting(`${titleOf(workload)} says that it has ${desired} pods, and ${pods.length} are there`);
  if (pods.length === 0) return { type: 'Complete', message: `${titleOf(workload)} has no pods: nothing to migrate` };
  return { type: 'Complete', message: `every pod of ${titleOf(workload)} started with the new key (${pods.length})` };
}

/** Both times are the API server's. One that cannot be read is too early. What pods read themselves no kubelet has read before. */
function startedTooEarly({ creationTimestamp }: PodView, { copy, since }: Situation): boolean {
  const lag = copy.type === 'Store' ? 0 : KUBELET_LAG_MS;
  return !(Date.parse(creationTimestamp) >= Date.parse(since) + lag);
}

function judgeOlder(situation: Situation, older: readonly PodView[]): Judgement {
  const { workload, rule, copy, isRestarted } = situation;
  const title = titleOf(workload);
  const missingPods = older.map(({ name }) => name).sort();
  const which = `${podNames(missingPods)} started too early to be sure of the new key in ${copyTitle(copy)}`;
  const command = restartCommand(workload);
  if (older.every(({ deletionTimestamp }) => deletionTimestamp !== undefined))
    return waiting(`waiting for ${title}: ${which}, and not ended yet`, missingPods);
  if (rule.action === 'Watch') return waiting(`waiting for a restart of ${title}: ${which} (${command})`, missingPods);
  if (isRestarted) {
    const once = `${title} was restarted for this rotation, which is not done twice, and yet ${which}`;
    return waiting(`${once}: ${command}`, missingPods);
  }
  const obstacle = obstacleTo(workload);
  if (obstacle) return waiting(`${title} is not restarted: ${obstacle}; ${which}`, missingPods);
  return { type: 'RestartDue', message: `${title} is to be restarted: ${which}`, missingPods };
}

function waiting(message: string, missingPods: readonly string[] = []): Judgement {
  return { type: 'Waiting', message, missingPods };
}

function noPods(workload: WorkloadView): string {
  const remedy =
    workload.kind === 'DaemonSet'
      ? 'let it match a node'
      : `kubectl -n ${workload.namespace} scale ${workload.kind.toLowerCase()}/${workload.name} --replicas=1`;
  return `${titleOf(workload)} has no pods, so that none shows that it starts with the new key (${remedy}; rollout.whenNoPods: Count accepts that)`;
}

const MAX_NAMES = 5;

function podNames(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return `${names.length === 1 ? 'pod' : 'pods'} ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}
