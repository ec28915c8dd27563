const core = '/api/v1/namespaces/$(ns)';

/** Paths of collections; those of namespaced kinds in the namespace of the case. */
export const namespaces = '/api/v1/namespaces';
export const secrets = `${core}/secrets`;
export const configMaps = `${core}/configmaps`;
export const serviceAccounts = `${core}/serviceaccounts`;
export const pods = `${core}/pods`;
export const leases = '/apis/coordination.k8s.io/v1/namespaces/$(ns)/leases';
export const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/$(ns)/roles';
export const roleBindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/$(ns)/rolebindings';
export const clusterRoles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
export const clusterRoleBindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
export const tokenReviews = '/apis/authentication.k8s.io/v1/tokenreviews';
export const accessReviews = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
export const ownAccessReviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const widgets = '/apis/contract.example.com/v1/namespaces/$(ns)/widgets';
export const events = `${core}/events`;
export const deployments = '/apis/apps/v1/namespaces/$(ns)/deployments';
export const rotations = '/apis/apikeyrotation.io/v1alpha1/namespaces/$(ns)/apikeyrotations';
export const issuers = '/apis/apikeyrotation.io/v1alpha1/namespaces/$(ns)/apikeyissuers';
export const keyStores = '/apis/apikeyrotation.io/v1alpha1/namespaces/$(ns)/keystores';
/** Of the kind that `thingDefinition` defines for one case. */
export const things = '/apis/$(ns).example.com/v1/namespaces/$(ns)/things';
