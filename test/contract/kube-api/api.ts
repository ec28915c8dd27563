import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../sandbox/kube/engine/json.ts';
import type { KubeObject } from '../../../sandbox/kube/engine/object.ts';
import { until } from '../../e2e/components/until.ts';
import { type ServerUnderTest, serverUnderTest } from './server-under-test.ts';
import { openWatch, type Watch } from './watch.ts';
import { widgetDefinition } from './widget.ts';

/** An answer with its parsed body, loosely typed since tests look into all of it. */
interface Answer {
  code: number;
  body: KubeObject & {
    message: string;
    reason: string;
    details: JsonObject & { causes: JsonObject[] };
    items: KubeObject[];
  };
  headers: Headers;
}

/** A namespace of its own at the API server under test. */
export interface Api extends ServerUnderTest {
  readonly namespace: string;
  /** As the administrator. */
  request(method: string, path: string, body?: Json, contentType?: string): Promise<Answer>;
  /** As `request`, sent with a bearer token. */
  as(token: string): (method: string, path: string, body?: Json) => Promise<Answer>;
  watch(path: string): Promise<Watch>;
}

async function send(url: string, method: string, body?: Json, headers: Record<string, string> = {}): Promise<Answer> {
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(url, init);
  return { code: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

/** Connects, with an own namespace. `rbac` is for the sandbox: a real server always has it. */
export async function connect(options: { rbac?: boolean } = {}): Promise<Api> {
  const server = await serverUnderTest(options);
  const { url } = server;
  const json = (contentType = 'application/json') => ({ 'Content-Type': contentType });
  const namespace = `contract-${randomUUID().slice(0, 8)}`;
  const api: Api = {
    ...server,
    namespace,
    request: (method, path, body, contentType) => send(url + path, method, body, json(contentType)),
    as: (token) => (method, path, body) =>
      send(url + path, method, body, { ...json(), Authorization: `Bearer ${token}` }),
    watch: (path) => openWatch(url + path),
    close: async () => {
      await api.request('DELETE', `/api/v1/namespaces/${namespace}`);
      await server.close();
    },
  };
  await api.request('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  return api;
}

/** As `connect`, with the Widget kind in place. */
export async function connectWithWidgets(options: { rbac?: boolean } = {}): Promise<Api> {
  const api = await connect(options);
  await api.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgetDefinition);
  const isServed = async () => (await api.request('GET', paths(api).widgets)).code === 200;
  await until(isServed, { what: 'widgets to be served', timeoutMs: 15_000 });
  return api;
}

/** Paths of collections in the test's namespace. */
export function paths({ namespace }: Pick<Api, 'namespace'>) {
  const core = `/api/v1/namespaces/${namespace}`;
  return {
    widgets: `/apis/contract.example.com/v1/namespaces/${namespace}/widgets`,
    leases: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
    secrets: `${core}/secrets`,
    pods: `${core}/pods`,
    serviceAccounts: `${core}/serviceaccounts`,
    events: `${core}/events`,
  };
}

/** A token of a service account that is there. */
export async function tokenFor(api: Api, account: string, spec: JsonObject): Promise<Answer & { token: string }> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const answer = await api.request('POST', `${paths(api).serviceAccounts}/${account}/token`, body);
  return { ...answer, token: String((answer.body.status as JsonObject | undefined)?.token) };
}

/** Media types of patches. */
export const merge = 'application/merge-patch+json';
export const jsonPatch = 'application/json-patch+json';
