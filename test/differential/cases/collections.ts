const core = '/api/v1/namespaces/$(ns)';

/** Paths of collections in the namespace of a case. */
export const secrets = `${core}/secrets`;
export const leases = '/apis/coordination.k8s.io/v1/namespaces/$(ns)/leases';
export const widgets = '/apis/contract.example.com/v1/namespaces/$(ns)/widgets';
