import { randomUUID } from 'node:crypto';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import type { Json, JsonObject } from '../../../sandbox/kube/engine/json.ts';
import type { KubeObject } from '../../../sandbox/kube/engine/object.ts';
import { type KubeServer, startKubeServer } from '../../../sandbox/kube/front/server.ts';
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

/** An open watch: events come in order, one a call; `ended` resolves when the server closes the stream. */
interface Watch {
  next(): Promise<{ type: string; object: KubeObject & { code: number; reason: string } }>;
  ended: Promise<void>;
  close(): void;
}

/** One API server under test: the real one at KUBE_API_URL (for instance `kubectl proxy`), else a fresh sandbox. */
export interface Api {
  namespace: string;
  sandbox: { engine: KubeEngine; server: KubeServer } | undefined;
  request(method: string, path: string, body?: Json, contentType?: string): Promise<Answer>;
  /** As `request`, sent with a bearer token. */
  as(token: string): (method: string, path: string, body?: Json) => Promise<Answer>;
  watch(path: string): Promise<Watch>;
  close(): Promise<void>;
}

/** Named reason for tests that need what only the sandbox can be made to do. */
export const needsSandbox = 'a real API server cannot be told to misbehave';

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter((part) => part !== '');
  }
}

async function openWatch(url: string): Promise<Watch> {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  if (!response.ok || !response.body) throw new Error(`watch answered ${response.status}`);
  const events: Awaited<ReturnType<Watch['next']>>[] = [];
  const waiting: (() => void)[] = [];
  const read = async () => {
    for await (const line of lines(response.body as ReadableStream<Uint8Array>)) {
      events.push(JSON.parse(line));
      waiting.shift()?.();
    }
  };
  const next = async () => {
    if (events.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    const event = events.shift();
    if (!event) throw new Error('the watch woke without an event');
    return event;
  };
  return { next, ended: read().catch(() => {}), close: () => abort.abort() };
}

async function send(url: string, method: string, body?: Json, headers: Record<string, string> = {}): Promise<Answer> {
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(url, init);
  return { code: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

async function untilServed(api: Api): Promise<void> {
  for (;;) {
    const { code } = await api.request('GET', `/apis/contract.example.com/v1/namespaces/${api.namespace}/widgets`);
    if (code === 200) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Connects, with an own namespace and the Widget kind in place. */
export async function connect(options: { rbac?: boolean } = {}): Promise<Api> {
  const real = process.env.KUBE_API_URL;
  const engine = new KubeEngine({ now: Date.now, uuid: randomUUID, ...options });
  const server = real ? undefined : await startKubeServer({ engine, bookmarkIntervalMs: 100 });
  const url = real ?? server?.url ?? '';
  const json = (contentType = 'application/json') => ({ 'Content-Type': contentType });
  const api: Api = {
    namespace: `contract-${randomUUID().slice(0, 8)}`,
    sandbox: server && { engine, server },
    request: (method, path, body, contentType) => send(url + path, method, body, json(contentType)),
    as: (token) => (method, path, body) =>
      send(url + path, method, body, { ...json(), Authorization: `Bearer ${token}` }),
    watch: (path) => openWatch(url + path),
    close: async () => {
      await api.request('DELETE', `/api/v1/namespaces/${api.namespace}`);
      await server?.close();
    },
  };
  await api.request('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: api.namespace },
  });
  await api.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgetDefinition);
  await untilServed(api);
  return api;
}

/** Paths of collections in the test's namespace. */
export function paths(api: Api) {
  const core = `/api/v1/namespaces/${api.namespace}`;
  return {
    widgets: `/apis/contract.example.com/v1/namespaces/${api.namespace}/widgets`,
    leases: `/apis/coordination.k8s.io/v1/namespaces/${api.namespace}/leases`,
    secrets: `${core}/secrets`,
    pods: `${core}/pods`,
    serviceAccounts: `${core}/serviceaccounts`,
    events: `${core}/events`,
  };
}

/** Media types of patches. */
export const merge = 'application/merge-patch+json';
export const jsonPatch = 'application/json-patch+json';
