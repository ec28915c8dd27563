import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { until } from '../../e2e/components/until.ts';
import { type Api, connectWithWidgets, merge, paths, tokenFor as requestToken } from './api.ts';
import { lease } from './widget.ts';

const reviews = '/apis/authentication.k8s.io/v1/tokenreviews';
let api: Api;
let at: ReturnType<typeof paths>;
beforeAll(async () => {
  api = await connectWithWidgets({ rbac: true });
  at = paths(api);
  for (const name of ['app', 'other']) {
    await api.request('POST', at.serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
  }
});
afterAll(() => api.close());

async function makePod(name: string) {
  const spec = { serviceAccountName: 'app', containers: [{ name: 'c', image: 'none' }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
  return (await api.request('POST', at.pods, pod)).body;
}

const tokenFor = (account: string, spec: JsonObject) => requestToken(api, account, spec);

async function review(token: string, audiences?: string[]): Promise<JsonObject> {
  const spec = audiences ? { token, audiences } : { token };
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec };
  return (await api.request('POST', reviews, body)).body.status as JsonObject;
}

const bind = (pod: string) => ({ kind: 'Pod', apiVersion: 'v1', name: pod });

describe('item 17: tokens', () => {
  test('a pod-bound token is reviewed as its service account, with its pod', async () => {
    const pod = await makePod('bound');
    const { token } = await tokenFor('app', { audiences: ['keys'], boundObjectRef: bind('bound') });
    const status = await review(token, ['keys', 'unrelated']);
    expect(status).toMatchObject({
      authenticated: true,
      audiences: ['keys'],
      user: {
        username: `system:serviceaccount:${api.namespace}:app`,
        groups: expect.arrayContaining([`system:serviceaccounts:${api.namespace}`]),
        extra: {
          'authentication.kubernetes.io/pod-name': ['bound'],
          'authentication.kubernetes.io/pod-uid': [pod.metadata.uid],
        },
      },
    });
  });

  test.each([
    ['another audience', ['other']],
    ['the API server itself', undefined],
  ])('a token is not valid for %s', async (_name, audiences) => {
    const { token } = await tokenFor('app', { audiences: ['keys'] });
    const status = await review(token, audiences);
    expect(status.authenticated ?? false).toBe(false);
    expect(status.error).toContain('invalid bearer token');
  });

  test('a token that nobody signed is not authenticated, and as a credential is 401', async () => {
    const { token } = await tokenFor('app', {});
    const forged = `${token.slice(0, -4)}AAAA`;
    expect((await review(forged)).authenticated ?? false).toBe(false);
    expect((await api.as(forged)('GET', at.pods)).code).toBe(401);
  });

  test('a token dies with its pod, at the latest when what the API server remembers of its reviews is stale', async () => {
    await makePod('dying');
    const { token } = await tokenFor('app', { audiences: ['keys'], boundObjectRef: bind('dying') });
    expect((await review(token, ['keys'])).authenticated).toBe(true);
    await api.request('DELETE', `${at.pods}/dying`);
    const isDead = async () => (await review(token, ['keys'])).authenticated !== true;
    await until(isDead, { what: 'the token of a deleted pod to be refused', timeoutMs: 20_000 });
  });

  test.each<[string, string, JsonObject, number, string]>([
    [
      'shorter than ten minutes',
      'app',
      { expirationSeconds: 60 },
      422,
      'may not specify a duration less than 10 minutes',
    ],
    [
      'for the pod of another account',
      'other',
      { boundObjectRef: bind('bound') },
      400,
      'different serviceaccount name',
    ],
    ['for a pod that is not there', 'app', { boundObjectRef: bind('none') }, 404, 'not found'],
  ])('a token %s is refused', async (_name, account, spec, code, message) => {
    const answer = await tokenFor(account, spec);
    expect(answer.code).toBe(code);
    expect(answer.body.message).toContain(message);
  });

  test('RBAC lets a service account do what its role says and no more', async () => {
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${api.namespace}`;
    const group = { apiVersion: 'rbac.authorization.k8s.io/v1' };
    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['mine'] }];
    await api.request('POST', `${rbac}/roles`, { ...group, kind: 'Role', metadata: { name: 'r' }, rules });
    const subjects = [{ kind: 'ServiceAccount', name: 'app', namespace: api.namespace }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' };
    const binding = { ...group, kind: 'RoleBinding', metadata: { name: 'b' }, subjects, roleRef };
    await api.request('POST', `${rbac}/rolebindings`, binding);
    const { token } = await tokenFor('app', {});
    const asApp = api.as(token);
    const mayRead = async () => (await asApp('GET', `${at.secrets}/mine`)).code === 404;
    await until(mayRead, { what: 'the role to be known', timeoutMs: 10_000 });
    const refused = await asApp('GET', `${at.secrets}/theirs`);
    expect(refused.code).toBe(403);
    expect(refused.body.message).toBe(
      `secrets "theirs" is forbidden: User "system:serviceaccount:${api.namespace}:app" cannot get resource "secrets" in API group "" in the namespace "${api.namespace}"`,
    );
    const resourceAttributes = { verb: 'get', group: '', resource: 'secrets', name: 'mine', namespace: api.namespace };
    const authorization = '/apis/authorization.k8s.io/v1';
    const kind = { apiVersion: 'authorization.k8s.io/v1', spec: { resourceAttributes } };
    const own = await asApp('POST', `${authorization}/selfsubjectaccessreviews`, {
      ...kind,
      kind: 'SelfSubjectAccessReview',
    });
    expect(own.body.status).toMatchObject({ allowed: true });
    const asked = await api.request('POST', `${authorization}/subjectaccessreviews`, {
      ...kind,
      kind: 'SubjectAccessReview',
      spec: {
        user: `system:serviceaccount:${api.namespace}:app`,
        resourceAttributes: { ...resourceAttributes, name: 'theirs' },
      },
    });
    expect(asked.body.status).toMatchObject({ allowed: false });
  });

  test('pods can be selected by their service account', async () => {
    await makePod('selectable');
    const { body } = await api.request('GET', `${at.pods}?fieldSelector=spec.serviceAccountName%3Dapp`);
    expect(body.items.map((pod) => pod.metadata.name)).toContain('selectable');
    const none = await api.request('GET', `${at.pods}?fieldSelector=spec.serviceAccountName%3Dother`);
    expect(none.body.items).toEqual([]);
  });
});

describe('item 18: leases', () => {
  test('the second of two writers from one version loses', async () => {
    const { body } = await api.request('POST', at.leases, lease('lock'));
    const take = (holderIdentity: string) =>
      api.request('PUT', `${at.leases}/lock`, { ...body, spec: { ...(body.spec as JsonObject), holderIdentity } });
    const [first, second] = [await take('two'), await take('three')];
    expect([first.code, second.code]).toEqual([200, 409]);
    expect((await api.request('GET', `${at.leases}/lock`)).body.spec).toMatchObject({ holderIdentity: 'two' });
  });

  test('times have six decimals: others do not decode', async () => {
    expect((await api.request('POST', at.leases, lease('micro'))).body.spec).toMatchObject({
      renewTime: '2026-01-01T00:00:00.000000Z',
    });
    const { code } = await api.request('POST', at.leases, lease('milli', { renewTime: '2026-01-01T00:00:00.000Z' }));
    expect(code).toBe(400);
  });

  test('a duration of zero is refused at its field', async () => {
    const { body } = await api.request('POST', at.leases, lease('zero', { leaseDurationSeconds: 0 }));
    expect(body.details.causes).toMatchObject([{ field: 'spec.leaseDurationSeconds' }]);
  });

  test('a merge patch with a stale version does not take the lease', async () => {
    const { body } = await api.request('POST', at.leases, lease('patched'));
    const patch = { metadata: { resourceVersion: body.metadata.resourceVersion }, spec: { holderIdentity: 'two' } };
    expect((await api.request('PATCH', `${at.leases}/patched`, patch, merge)).code).toBe(200);
    expect((await api.request('PATCH', `${at.leases}/patched`, patch, merge)).code).toBe(409);
  });
});

describe('typed clients', () => {
  test('may leave apiVersion and kind out of built-in objects, but not of custom resources', async () => {
    const bare = { metadata: { name: 'bare' } };
    expect((await api.request('POST', at.secrets, bare)).body).toMatchObject({ apiVersion: 'v1', kind: 'Secret' });
    expect((await api.request('POST', at.widgets, { ...bare, spec: { size: 'S' } })).code).toBe(400);
  });
});
