import type { Resource } from './kube-api.ts';

const core = { group: '', version: 'v1', namespaced: true } as const;

export const secrets: Resource = { ...core, plural: 'secrets', kind: 'Secret' };
export const configMaps: Resource = { ...core, plural: 'configmaps', kind: 'ConfigMap' };
export const pods: Resource = { ...core, plural: 'pods', kind: 'Pod' };
export const events: Resource = { ...core, plural: 'events', kind: 'Event' };
export const serviceAccounts: Resource = { ...core, plural: 'serviceaccounts', kind: 'ServiceAccount' };
export const services: Resource = { ...core, plural: 'services', kind: 'Service' };
export const namespaces: Resource = { ...core, plural: 'namespaces', kind: 'Namespace', namespaced: false };
export const leases: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};
export const tokenReviews: Resource = {
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'tokenreviews',
  kind: 'TokenReview',
  namespaced: false,
};

const admission = { group: 'admissionregistration.k8s.io', version: 'v1', namespaced: false } as const;

export const admissionPolicies: Resource = {
  ...admission,
  plural: 'validatingadmissionpolicies',
  kind: 'ValidatingAdmissionPolicy',
};
export const admissionPolicyBindings: Resource = {
  ...admission,
  plural: 'validatingadmissionpolicybindings',
  kind: 'ValidatingAdmissionPolicyBinding',
};

/** `v1` or `group/version`. */
export function apiVersionOf({ group, version }: Resource): string {
  return group ? `${group}/${version}` : version;
}

const WORKLOADS = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
} as const;

/** The resource of a kind of workload. */
export function workloadResource(kind: keyof typeof WORKLOADS): Resource {
  return { group: 'apps', version: 'v1', plural: WORKLOADS[kind], kind, namespaced: true };
}
export const selfSubjectAccessReviews: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
  namespaced: false,
};
export const selfSubjectRulesReviews: Resource = {
  ...selfSubjectAccessReviews,
  plural: 'selfsubjectrulesreviews',
  kind: 'SelfSubjectRulesReview',
};
