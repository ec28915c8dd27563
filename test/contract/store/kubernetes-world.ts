import { randomUUID } from 'node:crypto';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { startKubeServer } from '../../../sandbox/kube/front/server.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { systemEntropy } from '../../../src/runtime/entropy.ts';
import { createHttpKubeApi } from '../../../src/runtime/kube/http-kube-api.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { createTransport } from '../../../src/runtime/kube/transport.ts';
import { createKubernetesStore } from '../../../src/stores/kubernetes/kubernetes-store.ts';
import { MARKER_ANNOTATION } from '../../../src/stores/kubernetes/secret-data.ts';
import type { StoreWorld } from './store-contract.ts';

/** The Kubernetes sandbox on loopback, and our adapter for its namespace `default`, as a service account with a Role. */
export interface KubernetesWorld extends StoreWorld {
  readonly engine: KubeEngine;
}

const namespace = 'default';
const RBAC = 'rbac.authorization.k8s.io';

/** Starts both, with RBAC on. */
export async function setUpKubernetes(): Promise<KubernetesWorld> {
  const engine = new KubeEngine({ now: Date.now, uuid: randomUUID, rbac: true });
  const token = createOperator(engine);
  const server = await startKubeServer({ engine });
  const connection = {
    server: server.url,
    namespace,
    credentials: async () => ({ headers: { authorization: `Bearer ${token}` }, tls: {} }),
  };
  const serverTime = createServerTime(systemClock);
  const transport = createTransport({ connection, clock: systemClock, serverTime, timeoutMs: 2_000 });
  const writes = new Map<string, number>();
  engine.watch({ resource: 'secrets', namespace }, {}, ({ object: { metadata } }) => {
    writes.set(metadata.name, (writes.get(metadata.name) ?? 0) + 1);
  });
  return {
    engine,
    store: createKubernetesStore({ api: createHttpKubeApi(transport, systemEntropy), namespace }),
    plant: async (name, fields, markerText) => {
      const data = Object.entries(fields).map(([field, text]) => [field, Buffer.from(text).toString('base64')]);
      const annotations = markerText === undefined ? {} : { [MARKER_ANNOTATION]: markerText };
      const metadata = { name, namespace, annotations };
      const body = { apiVersion: 'v1', kind: 'Secret', metadata, data: Object.fromEntries(data) };
      engine.create({ resource: 'secrets', namespace }, body);
    },
    loseNextWriteAnswer: () => {
      const matches = ({ method }: { method: string }) => method !== 'GET';
      server.faults.inject({ matches, fault: { type: 'drop-answer' } });
    },
    denyWrites: () => setVerbs(engine, ['get']),
    writes: (path) => writes.get(path) ?? 0,
    close: async () => {
      await transport.close();
      await server.close();
    },
  };
}

/** A service account that may what the docs ask for; returns its token. */
function createOperator(engine: KubeEngine): string {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'operator', namespace } };
  engine.create({ resource: 'serviceaccounts', namespace }, account);
  const apiVersion = `${RBAC}/v1`;
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create', 'patch'] }];
  engine.create(
    { resource: `roles.${RBAC}`, namespace },
    { apiVersion, kind: 'Role', metadata: { name: 'operator', namespace }, rules },
  );
  const roleRef = { apiGroup: RBAC, kind: 'Role', name: 'operator' };
  const subjects = [{ kind: 'ServiceAccount', name: 'operator', namespace }];
  const binding = { apiVersion, kind: 'RoleBinding', metadata: { name: 'operator', namespace }, roleRef, subjects };
  engine.create({ resource: `rolebindings.${RBAC}`, namespace }, binding);
  createBasicUser(engine);
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } };
  const { status } = engine.createToken({ namespace, name: 'operator' }, request);
  return typeof status === 'object' && status !== null && 'token' in status ? String(status.token) : '';
}

/** What every real cluster has: all who are authenticated may ask what they may do. */
function createBasicUser(engine: KubeEngine): void {
  const apiVersion = `${RBAC}/v1`;
  const metadata = { name: 'system:basic-user' };
  const rules = [{ apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews'], verbs: ['create'] }];
  engine.create({ resource: `clusterroles.${RBAC}` }, { apiVersion, kind: 'ClusterRole', metadata, rules });
  const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: metadata.name };
  const subjects = [{ apiGroup: RBAC, kind: 'Group', name: 'system:authenticated' }];
  const binding = { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects };
  engine.create({ resource: `clusterrolebindings.${RBAC}` }, binding);
}

function setVerbs(engine: KubeEngine, verbs: string[]): void {
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs }];
  const key = { resource: `roles.${RBAC}`, namespace, name: 'operator' };
  const role = engine.get(key);
  engine.update(key, { ...role, rules });
}
