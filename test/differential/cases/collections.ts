const core = '/api/v1/namespaces/$(ns)';

/** Paths of collections in the namespace of a case. */
export const secrets = `${core}/secrets`;
export const leases = '/apis/coordination.k8s.io/v1/namespaces/$(ns)/leases';
export const widgets = '/apis/contract.example.com/v1/namespaces/$(ns)/widgets';
export const configMaps = `${core}/configmaps`;
export const events = `${core}/events`;
export const pods = `${core}/pods`;
export const deployments = '/apis/apps/v1/namespaces/$(ns)/deployments';
export const keyStores = '/apis/apikeyrotation.io/v1alpha1/namespaces/$(ns)/keystores';
export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
