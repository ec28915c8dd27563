import { expect } from 'vitest';
import { ARGS, has, NAME, POD, type Rows } from './row.ts';

const LENT = `ClusterRole ${NAME}-namespace: rules`;
const HOME = `Role ${NAME}-home: rules`;

const rule = (resource: string, verbs: readonly string[], names?: readonly string[]) =>
  has({ apiGroups: [''], resources: [resource], ...(names && { resourceNames: names }), verbs });
const workloads = (resources: readonly string[], verbs: readonly string[], names?: readonly string[]) =>
  has({ apiGroups: ['apps'], resources, ...(names && { resourceNames: names }), verbs });

/** Who the operator is, and who may what. */
export const RIGHTS: Rows = {
  'serviceAccount.create': {
    says: 'makes the account, or not',
    set: false,
    see: `ServiceAccount ${NAME}`,
    is: undefined,
    alone: {},
  },
  'serviceAccount.name': {
    says: 'is whom the policy lets write reports',
    set: 'rotator',
    see: 'ValidatingAdmissionPolicy apikeyrotation-reports: spec.variables.0.expression',
    is: "request.userInfo.username == 'system:serviceaccount:apikey-rotation:rotator'",
    alone: {},
  },
  'serviceAccount.annotations': {
    says: 'give the account a role at a cloud',
    set: { role: 'arn' },
    see: `ServiceAccount ${NAME}: metadata.annotations`,
    is: { role: 'arn' },
  },
  'serviceAccount.tokenExpirationSeconds': {
    says: 'is how long a token lives',
    set: 900,
    see: `${POD}.volumes.0.projected.sources.0.serviceAccountToken.expirationSeconds`,
    is: 900,
  },
  'rbac.create': { says: 'makes Roles, or not', set: false, see: `ClusterRole ${NAME}`, is: undefined, alone: {} },
  'rbac.namespaces': {
    says: 'confine the operator to Roles in them',
    set: ['team'],
    see: `Role team/${NAME}: rules`,
    is: rule('pods', ['get', 'list']),
    alone: {},
  },
  'rbac.clusterRole': {
    says: 'leaves Roles alone where it is false',
    set: false,
    see: `ClusterRole ${NAME}`,
    is: undefined,
    alone: { installation: 'charted', rbac: { namespaces: ['team'] } },
  },
  'rbac.credentials': {
    says: 'are the only Secrets that can be read',
    set: ['apio'],
    see: LENT,
    is: rule('secrets', ['get'], ['apio']),
  },
  'rbac.certificates': {
    says: 'are ConfigMaps that can be read',
    set: ['ca'],
    see: LENT,
    is: rule('configmaps', ['get'], ['ca']),
  },
  'rbac.secretTargets': {
    says: 'lets any Secret be written',
    set: true,
    see: LENT,
    is: rule('secrets', ['get', 'create', 'patch']),
    alone: {},
  },
  'rbac.targets': {
    says: 'are the only Secrets that are written',
    set: ['key'],
    see: LENT,
    is: rule('secrets', ['get', 'patch'], ['key', 'key-previous']),
  },
  'rbac.logins': {
    says: 'are accounts that tokens can be made of',
    set: ['writer'],
    see: LENT,
    is: rule('serviceaccounts/token', ['create'], ['writer']),
  },
  'rbac.support.issuers': {
    says: 'have a register',
    set: ['people'],
    see: LENT,
    is: rule('secrets', ['get', 'update'], ['people-support-register']),
  },
  'rbac.support.rotations': {
    says: 'get their keys in Secrets',
    set: ['asked'],
    see: LENT,
    is: rule('secrets', ['get', 'delete'], ['asked-delivered-key']),
  },
  'rbac.rollouts': {
    says: 'lets workloads be read, or not',
    set: false,
    see: LENT,
    is: expect.not.arrayContaining([expect.objectContaining({ apiGroups: ['apps'] })]),
    alone: {},
  },
  'rbac.restart': {
    says: 'lets them be restarted',
    set: true,
    see: LENT,
    is: workloads(['deployments', 'statefulsets', 'daemonsets'], ['get', 'patch']),
  },
  'rbac.workloads.deployments': {
    says: 'are the only ones of their kind that are looked at',
    set: ['web'],
    see: LENT,
    is: workloads(['deployments'], ['get'], ['web']),
    alone: {},
  },
  'rbac.workloads.statefulsets': {
    says: 'are the only ones of their kind that are looked at',
    set: ['ledger'],
    see: LENT,
    is: workloads(['statefulsets'], ['get'], ['ledger']),
    alone: {},
  },
  'rbac.workloads.daemonsets': {
    says: 'are the only ones of their kind that are looked at',
    set: ['agent'],
    see: LENT,
    is: workloads(['daemonsets'], ['get'], ['agent']),
    alone: {},
  },
  'clusterKinds.enabled': {
    says: 'follows issuers and stores of the cluster, or not',
    set: false,
    see: ARGS,
    is: has('--cluster-kinds=false'),
    alone: {},
  },
  'clusterKinds.credentials': {
    says: 'are Secrets beside the operator',
    set: ['apio'],
    see: HOME,
    is: rule('secrets', ['get'], ['apio']),
  },
  'clusterKinds.certificates': {
    says: 'are ConfigMaps beside the operator',
    set: ['ca'],
    see: HOME,
    is: rule('configmaps', ['get'], ['ca']),
  },
  'clusterKinds.logins': {
    says: 'are accounts beside the operator',
    set: ['writer'],
    see: HOME,
    is: rule('serviceaccounts/token', ['create'], ['writer']),
  },
  'policies.reports': {
    says: 'guards reports and approvals, or not',
    set: false,
    see: 'ValidatingAdmissionPolicy apikeyrotation-reports',
    is: undefined,
    alone: {},
  },
  'policies.requests': {
    says: 'guards emergencies and the like, or not',
    set: false,
    see: 'ValidatingAdmissionPolicy apikeyrotation-requests',
    is: undefined,
  },
  'policies.deliveries': {
    says: 'refuses keys that nobody asked for, or not',
    set: false,
    see: 'ValidatingAdmissionPolicy apikeyrotation-deliveries',
    is: undefined,
  },
  'policies.secrets': {
    says: 'bounds what Secrets the operator may write, or not',
    set: false,
    see: 'ValidatingAdmissionPolicy apikeyrotation-secrets',
    is: undefined,
  },
  'policies.tokens': {
    says: 'bounds what tokens the operator may make, or not',
    set: false,
    see: 'ValidatingAdmissionPolicy apikeyrotation-tokens',
    is: undefined,
  },
  'policies.awsTokens': {
    says: 'lets tokens be for AWS, or not',
    set: true,
    see: 'ValidatingAdmissionPolicy apikeyrotation-tokens: spec.variables.0.expression',
    is: "['vault', 'sts.amazonaws.com']",
    alone: {},
  },
  aggregatedRoles: {
    says: 'adds to view, edit and admin, or not',
    set: false,
    see: `ClusterRole ${NAME}-view`,
    is: undefined,
    alone: {},
  },
  consumerRole: {
    says: 'makes a role for who looks at rotations, or not',
    set: false,
    see: `ClusterRole ${NAME}-consumer`,
    is: undefined,
    alone: {},
  },
};
