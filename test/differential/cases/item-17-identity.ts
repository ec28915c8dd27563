import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, merge, p0, post, type RequestStep, remove } from '../case.ts';
import {
  accessReviews,
  clusterRoleBindings,
  clusterRoles,
  ownAccessReviews,
  pods,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
  tokenReviews,
  widgets,
} from './collections.ts';
import { pod, serviceAccount } from './objects.ts';

const token = '$(issued.status.token)';
const account = post(serviceAccounts, serviceAccount('app'));
const issue = (spec: JsonObject) => post(`${serviceAccounts}/app/token`, { spec }, { save: 'issued' });
const review = (spec: JsonObject = {}) => post(tokenReviews, { spec: { token, ...spec } });
/** Waits until the server has seen that the token's owner is gone: it looks in caches of its own, and keeps a yes for seconds. */
const refused = post(tokenReviews, { spec: { token } }, { until: { at: 'status.user', is: {} } });
const user = 'system:serviceaccount:$(ns):app';
const asks = (attributes: JsonObject) => ({ resourceAttributes: { namespace: '$(ns)', ...attributes } });
const paths = (verb: string, path: string) => ({ nonResourceAttributes: { path, verb } });
const known = { user: 'somebody', groups: ['system:authenticated'] };
const ownReview = (verb: string) => ({ verb, group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' });
const may = (attributes: JsonObject) => post(accessReviews, { spec: { user, ...asks(attributes) } });

/** The right to do this, given to the account; waits until the server knows. */
function granted(rule: JsonObject, known: JsonObject): RequestStep[] {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' };
  return [
    post(roles, { metadata: { name: 'r' }, rules: [rule] }),
    post(roleBindings, {
      metadata: { name: 'rb' },
      roleRef,
      subjects: [{ kind: 'ServiceAccount', name: 'app', namespace: '$(ns)' }],
    }),
    post(accessReviews, { spec: { user, ...asks(known) } }, { until: { at: 'status.allowed', is: true } }),
  ];
}

export const item17 = p0(17, 'tokens, reviews, RBAC', {
  'a token is issued for an hour and the server itself': [account, issue({})],
  'a token is issued for audiences and a time': [
    account,
    issue({ audiences: ['reports', 'other'], expirationSeconds: 1200 }),
  ],
  'a token of less than ten minutes is refused': [account, issue({ expirationSeconds: 599 })],
  'a token of an account that does not exist is not found': [issue({})],
  'a token is bound to a pod': [
    account,
    post(pods, pod('p', 'app'), { save: 'pod', part: 'metadata.name' }),
    issue({
      audiences: ['reports'],
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: '$(pod.metadata.uid)' },
    }),
    review({ audiences: ['reports'] }),
  ],
  'a token cannot be bound to a pod that is not, or another, or of another account': [
    account,
    issue({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } }),
    post(serviceAccounts, serviceAccount('other')),
    post(pods, pod('p', 'other'), { part: 'metadata.name' }),
    issue({
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: '11111111-2222-3333-4444-555555555555' },
    }),
    issue({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } }),
  ],
  'a token dies with its pod': [
    account,
    post(pods, pod('p', 'app'), { part: 'metadata.name' }),
    issue({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } }),
    remove(`${pods}/p`, { gracePeriodSeconds: 0 }, { part: 'metadata.name' }),
    refused,
  ],
  'a token dies with its account': [account, issue({}), remove(`${serviceAccounts}/app`), refused],
  'a token of an account that was made anew is not of the new one': [
    account,
    issue({}),
    remove(`${serviceAccounts}/app`),
    account,
    refused,
  ],
  'a review names the audiences that both sides have': [
    account,
    issue({ audiences: ['reports', 'other'] }),
    review({ audiences: ['elsewhere', 'reports'] }),
    review({ audiences: ['other', 'reports'] }),
  ],
  'a review for another audience refuses': [
    account,
    issue({ audiences: ['reports'] }),
    review({ audiences: ['elsewhere'] }),
    review(),
  ],
  'a review without audiences is about the server': [account, issue({}), review()],
  'a review of nonsense refuses, and one of nothing is no request': [
    post(tokenReviews, { spec: { token: 'nonsense' } }),
    post(tokenReviews, { spec: { token: 'nonsense', audiences: ['reports'] } }),
    post(tokenReviews, { spec: {} }),
  ],
  'what RBAC does not give it does not allow': [
    may({ verb: 'get', resource: 'secrets' }),
    may({ verb: 'create', group: 'contract.example.com', resource: 'widgets' }),
    post(accessReviews, {
      spec: { user: 'admin', groups: ['system:masters'], ...asks({ verb: 'delete', resource: 'secrets' }) },
    }),
  ],
  'what a Role gives holds for its verbs, resources and namespace': [
    ...granted(
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] },
      { verb: 'get', resource: 'secrets' },
    ),
    may({ verb: 'list', resource: 'secrets' }),
    may({ verb: 'delete', resource: 'secrets' }),
    may({ verb: 'get', resource: 'configmaps' }),
    may({ verb: 'get', resource: 'secrets', namespace: 'default' }),
    may({ verb: 'get', resource: 'secrets', namespace: '' }),
  ],
  'names, wildcards and subresources of a Role': [
    ...granted(
      { apiGroups: ['contract.example.com'], resources: ['widgets/status'], verbs: ['*'], resourceNames: ['a'] },
      { verb: 'patch', group: 'contract.example.com', resource: 'widgets', subresource: 'status', name: 'a' },
    ),
    may({ verb: 'patch', group: 'contract.example.com', resource: 'widgets', subresource: 'status', name: 'b' }),
    may({ verb: 'patch', group: 'contract.example.com', resource: 'widgets', name: 'a' }),
    may({ verb: 'patch', group: 'contract.example.com', resource: 'widgets', subresource: 'status' }),
  ],
  'an account does what its Role gives, and no more': [
    account,
    issue({}),
    ...granted(
      { apiGroups: ['contract.example.com'], resources: ['widgets'], verbs: ['create', 'get'] },
      { verb: 'create', group: 'contract.example.com', resource: 'widgets' },
    ),
    post(widgets, widget('a'), { token }),
    get(`${widgets}/a`, { token }),
    get(widgets, { token }),
    merge(`${widgets}/a`, { spec: { high: 20 } }, { token }),
    post(secrets, secret('a'), { token }),
  ],
  'whoever asks for itself': [
    account,
    issue({}),
    post(ownAccessReviews, { spec: asks({ verb: 'get', resource: 'secrets' }) }, { token }),
    post(ownAccessReviews, { spec: asks({ verb: 'get', resource: 'secrets' }) }),
    post(ownAccessReviews, { spec: paths('get', '/apis/apps/v1') }, { token }),
    post(ownAccessReviews, { spec: paths('get', '/metrics') }, { token }),
    post(ownAccessReviews, { spec: paths('delete', '/metrics') }),
  ],
  'a path that describes the API is read by whoever is authenticated': [
    post(accessReviews, { spec: { ...known, ...paths('get', '/api') } }),
    post(accessReviews, { spec: { ...known, ...paths('get', '/openapi/v3/apis/apps/v1') } }),
    // Two bindings give this one, and a real server names either.
    post(accessReviews, { spec: { ...known, ...paths('get', '/version') } }, { part: 'status.allowed' }),
    post(accessReviews, { spec: { ...known, ...paths('get', '/readyz') } }, { part: 'status.allowed' }),
    post(accessReviews, { spec: { ...known, ...paths('post', '/api') } }),
    post(accessReviews, { spec: { ...known, ...paths('get', '/metrics') } }),
    post(accessReviews, { spec: { ...known, ...paths('get', '/version/more') } }),
  ],
  'a path is nothing that everybody may ask for': [
    post(accessReviews, { spec: { user: 'nobody', ...paths('delete', '/metrics') } }),
    post(accessReviews, { spec: { user: 'nobody', ...paths('get', '/version') } }),
    post(accessReviews, { spec: { user: 'nobody', ...paths('get', '') } }),
    post(accessReviews, { spec: { user: 'admin', groups: ['system:masters'], ...paths('delete', '/metrics') } }),
  ],
  'a ClusterRole gives paths, and what begins like them where it ends with a star': [
    post(clusterRoles, {
      metadata: { name: '$(ns)' },
      rules: [
        { nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] },
        { nonResourceURLs: ['/any'], verbs: ['*'] },
      ],
    }),
    post(clusterRoleBindings, {
      metadata: { name: '$(ns)' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: '$(ns)' },
      subjects: [{ kind: 'ServiceAccount', name: 'app', namespace: '$(ns)' }],
    }),
    post(accessReviews, { spec: { user, ...paths('get', '/metrics') } }, { until: { at: 'status.allowed', is: true } }),
    post(accessReviews, { spec: { user, ...paths('get', '/metrics/cadvisor') } }),
    post(accessReviews, { spec: { user, ...paths('put', '/metrics') } }),
    post(accessReviews, { spec: { user, ...paths('get', '/logs/a/b') } }),
    post(accessReviews, { spec: { user, ...paths('get', '/logs') } }),
    post(accessReviews, { spec: { user, ...paths('put', '/any') } }),
    may({ verb: 'get', resource: 'metrics' }),
    remove(`${clusterRoleBindings}/$(ns)`),
    remove(`${clusterRoles}/$(ns)`),
  ],
  'everybody who is authenticated may ask what it may': [
    post(accessReviews, { spec: { ...known, ...asks(ownReview('create')) } }),
    post(accessReviews, { spec: { ...known, ...asks(ownReview('get')) } }),
    may(ownReview('create')),
  ],
  'a review of no question is refused': [
    post(accessReviews, { spec: { user } }),
    post(accessReviews, { spec: asks({ verb: 'get', resource: 'secrets' }) }),
  ],
});
