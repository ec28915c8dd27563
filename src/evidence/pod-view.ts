import type { KubeObject } from '../runtime/kube/kube-api.ts';

/** A pod as the Kubernetes API returns it, as far as we read it. */
export interface Pod extends KubeObject {
  spec?: { serviceAccountName?: string };
  status?: { phase?: string };
}

/** What evidence needs to know of a pod. */
export interface PodView {
  readonly name: string;
  readonly uid: string;
  readonly phase: string;
  readonly serviceAccountName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  /** Who made it, and looks after it. */
  readonly controller?: { readonly kind: string; readonly name: string };
}

/** A pod cut down to what evidence needs; without a phase it counts as live. */
export function podView({ metadata, spec, status }: Pod): PodView {
  const { kind, name } = metadata.ownerReferences?.find((owner) => owner.controller) ?? {};
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    phase: status?.phase ?? 'Unknown',
    serviceAccountName: spec?.serviceAccountName ?? 'default',
    labels: metadata.labels ?? {},
    creationTimestamp: metadata.creationTimestamp ?? '',
    ...(metadata.deletionTimestamp ? { deletionTimestamp: metadata.deletionTimestamp } : {}),
    ...(kind && name ? { controller: { kind, name } } : {}),
  };
}

/** Whether the pod may still call with a key: neither Succeeded nor Failed. Pending and terminating pods may. */
export function isLive(pod: Pick<PodView, 'phase'>): boolean {
  return pod.phase !== 'Succeeded' && pod.phase !== 'Failed';
}
