import type { EvidenceSpec } from '../../api/types.ts';
import type { KubeObject } from '../../runtime/kube/kube-api.ts';
import { type KeySource, keySources, type PodTemplate } from './key-sources.ts';
import { formatSelector, type LabelSelector } from './label-selector.ts';

/** What spec says of a consumer that takes the key when its pods start. */
export type RolloutRule = NonNullable<EvidenceSpec['rollout']>;
export type WorkloadKind = RolloutRule['workloadRef']['kind'];

/** A Deployment, StatefulSet or DaemonSet of apps/v1 as the API server shows it, as far as we read it. */
export interface WorkloadObject extends KubeObject {
  spec?: {
    replicas?: number;
    paused?: boolean;
    selector?: LabelSelector;
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
    template?: PodTemplate;
  };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    desiredNumberScheduled?: number;
    currentNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberReady?: number;
    numberAvailable?: number;
    conditions?: readonly { type: string; status: string; reason?: string }[];
  };
}

/** What evidence needs to know of a workload. */
export interface WorkloadView {
  readonly kind: WorkloadKind;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Whether its controller has seen the spec that is in force; what status says is about an older one otherwise. */
  readonly isObserved: boolean;
  readonly pods: PodCounts;
  /** The pods that may be its own, in the API's syntax. */
  readonly selector: string;
  /** Of the pod template: what a restart writes. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The Secrets that its pods read when they start. */
  readonly keySources: readonly KeySource[];
  readonly isPaused: boolean;
  readonly isBeingDeleted: boolean;
  /** Whether its controller has given up waiting for progress. */
  readonly isStuck: boolean;
  /** Whether pods are replaced by nobody but those who delete them. */
  readonly replacesOnDelete: boolean;
  /** Pods of a lower ordinal stay as they are. */
  readonly partition: number;
}

/** How many pods there should be, how many there are, and of those how many are of the present template, ready, and available. */
export interface PodCounts {
  readonly desired: number;
  readonly current: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

/** A workload cut down to what evidence needs. Counts that status does not name are 0. */
export function workloadView(kind: WorkloadKind, { metadata, spec, status }: WorkloadObject): WorkloadView {
  const { type, rollingUpdate } = spec?.updateStrategy ?? {};
  const progressing = status?.conditions?.find((condition) => condition.type === 'Progressing');
  return {
    kind,
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    isObserved: metadata.generation !== undefined && (status?.observedGeneration ?? 0) >= metadata.generation,
    pods: kind === 'DaemonSet' ? countsOfNodes(status) : countsOfReplicas(spec, status),
    selector: formatSelector(spec?.selector ?? {}),
    annotations: spec?.template?.metadata?.annotations ?? {},
    keySources: keySources(spec?.template ?? {}),
    isPaused: spec?.paused === true,
    isBeingDeleted: metadata.deletionTimestamp !== undefined,
    isStuck: progressing?.status === 'False' && progressing.reason === 'ProgressDeadlineExceeded',
    replacesOnDelete: type === 'OnDelete',
    partition: kind === 'StatefulSet' ? (rollingUpdate?.partition ?? 0) : 0,
  };
}

function countsOfReplicas(spec: WorkloadObject['spec'], status: WorkloadObject['status'] = {}): PodCounts {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  return {
    desired: spec?.replicas ?? 1,
    current: replicas,
    updated: updatedReplicas,
    ready: readyReplicas,
    available: availableReplicas,
  };
}

function countsOfNodes(status: WorkloadObject['status'] = {}): PodCounts {
  return {
    desired: status.desiredNumberScheduled ?? 0,
    current: status.currentNumberScheduled ?? 0,
    updated: status.updatedNumberScheduled ?? 0,
    ready: status.numberReady ?? 0,
    available: status.numberAvailable ?? 0,
  };
}

/** Whether every pod there should be is there, of the present template, ready and available, and none is left beside them. */
export function isRolledOut({ isObserved, pods }: Pick<WorkloadView, 'isObserved' | 'pods'>): boolean {
  const { desired, current, updated, ready, available } = pods;
  return isObserved && [current, updated, ready, available].every((count) => count === desired);
}

/** As `Deployment payments-api`. */
export function titleOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

/** As kubectl takes it: `deployment/payments-api`. */
export function argumentOf({ kind, name }: Pick<WorkloadView, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()}/${name}`;
}
