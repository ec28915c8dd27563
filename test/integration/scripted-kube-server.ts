import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeObject } from '../../src/runtime/kube/kube-api.ts';

/** What a watch request meets: a proper stream, or a fault; faults in the stream come after `after` events. */
export type WatchFault =
  | { readonly type: 'ResetAtConnect' | 'GoneAtConnect' | 'ServerError' | 'HalfOpen' }
  | { readonly type: 'Reset' | 'Gone' | 'Close' | 'Garbage'; readonly after: number };

/** What a list request meets. */
export type ListFault = 'Reset' | 'ServerError' | 'Expired';

interface Logged {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly version: number;
}

interface Watcher {
  readonly response: ServerResponse;
  readonly fault: WatchFault | undefined;
  sent: number;
}

/** ConfigMaps of one namespace behind real HTTP, with the faults that a test asks for, in turn. */
export interface ScriptedKubeServer {
  readonly url: string;
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** Requests seen: `GET /path?query`. */
  readonly requests: readonly string[];
  /** Connections accepted. */
  readonly sockets: number;
  put(name: string): void;
  remove(name: string): void;
  faultNextWatch(fault: WatchFault): void;
  faultNextList(fault: ListFault): void;
  close(): Promise<void>;
}

/** Starts it on a free port. `pageSize` splits lists whatever limit was asked for. */
export async function startScriptedKubeServer(pageSize = 500): Promise<ScriptedKubeServer> {
  const objects = new Map<string, KubeObject>();
  const log: Logged[] = [];
  const watchers = new Set<Watcher>();
  const watchFaults: WatchFault[] = [];
  const listFaults: ListFault[] = [];
  const requests: string[] = [];
  let version = 0;
  let sockets = 0;

  function append(type: Logged['type'], object: KubeObject): void {
    const entry = { type, object, version };
    log.push(entry);
    for (const watcher of watchers) send(watcher, entry);
  }

  function send(watcher: Watcher, { type, object }: Logged): void {
    if (watcher.fault?.type === 'HalfOpen') return;
    watcher.response.write(`${JSON.stringify({ type, object })}\n`);
    watcher.sent += 1;
    breakIfDue(watcher);
  }

  function breakIfDue(watcher: Watcher): void {
    const { fault, response, sent } = watcher;
    if (!fault || !('after' in fault) || sent < fault.after) return;
    watchers.delete(watcher);
    if (fault.type === 'Gone') response.write(`${JSON.stringify({ type: 'ERROR', object: status(410, 'Expired') })}\n`);
    if (fault.type === 'Garbage') response.write('{"type":"MODIFIED","object":{"meta\n');
    if (fault.type === 'Reset') response.write('{"type":"MODIFIED","obj', () => response.destroy());
    else response.end();
  }

  function watch(from: number, response: ServerResponse): void {
    const fault = watchFaults.shift();
    if (fault?.type === 'ResetAtConnect') response.destroy();
    else if (fault?.type === 'GoneAtConnect') answer(response, 410, status(410, 'Expired'));
    else if (fault?.type === 'ServerError') answer(response, 500, status(500, 'InternalError'));
    else stream(from, response, fault);
  }

  function stream(from: number, response: ServerResponse, fault: WatchFault | undefined): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const watcher: Watcher = { response, fault, sent: 0 };
    watchers.add(watcher);
    response.on('close', () => watchers.delete(watcher));
    breakIfDue(watcher);
    for (const entry of log) if (entry.version > from && watchers.has(watcher)) send(watcher, entry);
  }

  function list(token: string | null, response: ServerResponse): void {
    const fault = listFaults.shift();
    if (fault === 'Reset') response.destroy();
    else if (fault === 'ServerError') answer(response, 503, 'upstream connect error');
    else if (fault === 'Expired') answer(response, 410, status(410, 'Expired'));
    else listPage(token, response);
  }

  function listPage(token: string | null, response: ServerResponse): void {
    const [snapshot, offset] = (token ?? `${version}/0`).split('/').map(Number) as [number, number];
    const items = [...objects.values()];
    const rest = offset + pageSize < items.length ? `${snapshot}/${offset + pageSize}` : undefined;
    answer(response, 200, {
      kind: 'ConfigMapList',
      metadata: { resourceVersion: String(snapshot), continue: rest },
      items: items.slice(offset, offset + pageSize),
    });
  }

  function handle({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
    requests.push(`${method} ${url}`);
    const { searchParams } = new URL(url, 'http://server');
    if (searchParams.has('watch')) watch(Number(searchParams.get('resourceVersion')), response);
    else list(searchParams.get('continue'), response);
  }

  const server = createServer(handle);
  server.on('connection', () => {
    sockets += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    get sockets() {
      return sockets;
    },
    put(name) {
      version += 1;
      const present = objects.get(name);
      const uid = present?.metadata.uid ?? `uid-${version}`;
      const object = { metadata: { name, namespace: 'ns', uid, resourceVersion: String(version) } };
      objects.set(name, object);
      append(present ? 'MODIFIED' : 'ADDED', object);
    },
    remove(name) {
      const present = objects.get(name);
      if (!present) return;
      version += 1;
      objects.delete(name);
      append('DELETED', { metadata: { ...present.metadata, resourceVersion: String(version) } });
    },
    faultNextWatch: (fault) => void watchFaults.push(fault),
    faultNextList: (fault) => void listFaults.push(fault),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function status(code: number, reason: string): object {
  return { kind: 'Status', status: 'Failure', code, reason, message: reason };
}

function answer(response: ServerResponse, code: number, body: object | string): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
