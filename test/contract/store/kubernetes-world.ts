import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { systemEntropy } from '../../../src/runtime/entropy.ts';
import { createHttpKubeApi } from '../../../src/runtime/kube/http-kube-api.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { createTransport } from '../../../src/runtime/kube/transport.ts';
import { createKubernetesStore } from '../../../src/stores/kubernetes/kubernetes-store.ts';
import { MARKER_ANNOTATION } from '../../../src/stores/kubernetes/secret-data.ts';
import { until } from '../../e2e/components/until.ts';
import { type Api, connect, merge, paths, tokenFor } from '../kube-api/api.ts';
import type { StoreWorld } from './store-contract.ts';

/** The API server under test, and our adapter for a namespace of its own there, as a service account with a Role. */
export interface KubernetesWorld extends StoreWorld {
  readonly api: Api;
  /** The path of the namespace's Secrets. */
  readonly secrets: string;
}

const RBAC = 'rbac.authorization.k8s.io';
const VERBS = ['get', 'create', 'patch'];

/** Connects, with RBAC on. */
export async function setUpKubernetes(): Promise<KubernetesWorld> {
  const api = await connect({ rbac: true });
  const { namespace } = api;
  const { secrets } = paths(api);
  const token = await createOperator(api);
  const connection = {
    server: api.url,
    namespace,
    credentials: async () => ({ headers: { authorization: `Bearer ${token}` }, tls: {} }),
  };
  const serverTime = createServerTime(systemClock);
  const transport = createTransport({ connection, clock: systemClock, serverTime, timeoutMs: 2_000 });
  const { metadata } = (await api.request('GET', secrets)).body;
  const changes = await api.watch(`${secrets}?watch=true&resourceVersion=${metadata.resourceVersion}`);
  const writes = new Map<string, number>();
  let fences = 0;

  /** Writes a Secret of our own, and counts until it is seen: then all before it is counted. */
  async function countWrites(): Promise<void> {
    fences += 1;
    const fence = `fence-${fences}`;
    await api.request('POST', secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: fence } });
    for (;;) {
      const { name } = (await changes.next()).object.metadata;
      if (name === fence) return;
      writes.set(name, (writes.get(name) ?? 0) + 1);
    }
  }
  return {
    api,
    secrets,
    store: createKubernetesStore({ api: createHttpKubeApi(transport, systemEntropy), namespace }),
    plant: async (name, fields, markerText) => {
      const data = Object.entries(fields).map(([field, text]) => [field, Buffer.from(text).toString('base64')]);
      const annotations: JsonObject = markerText === undefined ? {} : { [MARKER_ANNOTATION]: markerText };
      const body = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, annotations },
        data: Object.fromEntries(data),
      };
      await api.request('POST', secrets, body);
    },
    loseNextWriteAnswer: () => api.faults.loseNextAnswer(({ method }) => method !== 'GET'),
    denyWrites: async () => {
      const role = `/apis/${RBAC}/v1/namespaces/${namespace}/roles/operator`;
      await api.request('PATCH', role, { rules: rulesOf(['get']) }, merge);
      await untilAllowed(api, token, 'patch', false);
    },
    writes: async (path) => {
      await countWrites();
      return writes.get(path) ?? 0;
    },
    close: async () => {
      changes.close();
      await transport.close();
      await api.close();
    },
  };
}

/** A service account that may what the docs ask for; returns its token. */
async function createOperator(api: Api): Promise<string> {
  const metadata = { name: 'operator' };
  await api.request('POST', paths(api).serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  const rbac = `/apis/${RBAC}/v1/namespaces/${api.namespace}`;
  const apiVersion = `${RBAC}/v1`;
  await api.request('POST', `${rbac}/roles`, { apiVersion, kind: 'Role', metadata, rules: rulesOf(VERBS) });
  const roleRef = { apiGroup: RBAC, kind: 'Role', name: 'operator' };
  const subjects = [{ kind: 'ServiceAccount', name: 'operator', namespace: api.namespace }];
  await api.request('POST', `${rbac}/rolebindings`, { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects });
  await createBasicUser(api);
  const { token } = await tokenFor(api, 'operator', {});
  await untilAllowed(api, token, 'patch', true);
  return token;
}

/** What every real cluster has, and the sandbox has not: all who are authenticated may ask what they may do. */
async function createBasicUser(api: Api): Promise<void> {
  const apiVersion = `${RBAC}/v1`;
  const metadata = { name: 'system:basic-user' };
  const rules = [{ apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'], verbs: ['create'] }];
  await api.request('POST', `/apis/${apiVersion}/clusterroles`, { apiVersion, kind: 'ClusterRole', metadata, rules });
  const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: metadata.name };
  const subjects = [{ apiGroup: RBAC, kind: 'Group', name: 'system:authenticated' }];
  const binding = { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects };
  await api.request('POST', `/apis/${apiVersion}/clusterrolebindings`, binding);
}

const rulesOf = (verbs: string[]) => [{ apiGroups: [''], resources: ['secrets'], verbs }];

/** A real API server hears of changed roles a moment later. */
async function untilAllowed(api: Api, token: string, verb: string, expected: boolean): Promise<void> {
  const resourceAttributes = { verb, resource: 'secrets', namespace: api.namespace };
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const isSo = async () => {
    const { status } = (await api.as(token)('POST', path, review)).body as { status?: { allowed?: boolean } };
    return status?.allowed === expected;
  };
  await until(isSo, { what: `${verb} to be ${expected ? 'allowed' : 'denied'}`, timeoutMs: 10_000, everyMs: 10 });
}
