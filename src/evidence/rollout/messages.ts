import { type Copy, copyTitle } from './copy.ts';
import type { CopyState } from './sight.ts';
import { argumentOf, type RolloutRule, titleOf, type WorkloadView } from './workload.ts';

/** The workload that spec names is not there. */
export function missingMessage({ workloadRef }: RolloutRule): string {
  return `there is no ${titleOf(workloadRef)}: create it, or correct rollout.workloadRef`;
}

/** What a copy holds, where that is not the new key; never what it is. */
export function copyMessage(copy: Copy, state: Exclude<CopyState, 'New'>): string {
  const title = copyTitle(copy);
  const found = { Absent: 'is not there', NoKey: 'is empty', Other: 'holds another text' }[state];
  return `waiting for who fills ${title}: it ${found}, and pods that start now would not get the new key`;
}

/** The three ways to say what the pods of a workload read. */
export function unknownCopyMessage(consumer: string, workload: WorkloadView): string {
  const ways = [
    'name the Secret that a syncer fills in rollout.secretRef',
    'let the pods take the key from a KubernetesSecret target of this rotation by env, envFrom or a volume',
    'set rollout.readsStoreAtStart if they read a target themselves when they start',
  ];
  const problem = `what the pods of ${titleOf(workload)} read is not known, so that no restart of it proves anything`;
  return `spec.consumers ${consumer}: ${problem}; ${ways.join(', or ')}`;
}

/** How far a rollout is, and what holds it up where that can be seen. */
export function progressMessage(workload: WorkloadView): string {
  const { desired, current, updated, ready, available } = workload.pods;
  const title = titleOf(workload);
  if (!workload.isObserved) return `waiting for ${title}: its controller has not seen its last change yet`;
  const surplus = current > desired ? `, ${current - desired} to end` : '';
  const counts = `of ${desired} pods ${updated} updated, ${ready} ready, ${available} available${surplus}`;
  const obstacle = obstacleTo(workload) ?? (workload.isStuck ? stuck(workload) : undefined);
  return `waiting for the rollout of ${title}: ${counts}${obstacle ? `; ${obstacle}` : ''}`;
}

function stuck(workload: WorkloadView): string {
  return `it makes no progress (kubectl -n ${workload.namespace} rollout status ${argumentOf(workload)})`;
}

/** Why a restart would not replace the pods, with what helps. */
export function obstacleTo(workload: WorkloadView): string | undefined {
  const { namespace, isPaused, isBeingDeleted, replacesOnDelete, partition } = workload;
  if (isBeingDeleted) return 'it is being deleted';
  if (isPaused) return `it is paused (kubectl -n ${namespace} rollout resume ${argumentOf(workload)})`;
  if (replacesOnDelete)
    return 'its updateStrategy is OnDelete: delete its pods one by one, or set updateStrategy.type to RollingUpdate';
  if (partition > 0)
    return `its updateStrategy.rollingUpdate.partition ${partition} keeps the first pods as they are: set it to 0`;
  return undefined;
}

/** The command by which a person restarts it. */
export function restartCommand(workload: Pick<WorkloadView, 'kind' | 'name' | 'namespace'>): string {
  return `kubectl -n ${workload.namespace} rollout restart ${argumentOf(workload)}`;
}

/** What the operator lacks to look at workloads of a kind or to restart them, with the commands that give it. */
export function deniedMessage(what: string, namespace: string, resource: string, verbs: string): string {
  const role = `kubectl -n ${namespace} create role apikey-rotation-rollouts --verb=${verbs} --resource=${resource}`;
  const binding = `kubectl -n ${namespace} create rolebinding apikey-rotation-rollouts --role=apikey-rotation-rollouts --serviceaccount=OPERATOR_NAMESPACE:OPERATOR_ACCOUNT`;
  return `the operator may not ${what} in namespace ${namespace}, which evidence Rollout needs: ${role} && ${binding}`;
}
