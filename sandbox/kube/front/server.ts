import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import type { KubeEngine } from '../engine/engine.ts';
import { authenticate, impersonate, type StaticTokens } from './authentication.ts';
import { discover } from './discovery.ts';
import { actBefore, createFaultBox, type FaultBox, type Faults } from './faults.ts';
import { errorReply, type Reply, send } from './message.ts';
import { handleResource } from './request.ts';
import { resolve } from './route.ts';

/** How to serve an engine. */
export interface KubeServerOptions {
  engine: KubeEngine;
  /** Default 0: any free port. */
  port?: number;
  host?: string;
  /** Users beside service accounts, by bearer token. */
  tokens?: StaticTokens;
  /** How often watches that allow it get a bookmark, in milliseconds; default 10,000. */
  bookmarkIntervalMs?: number;
}

/** A running API server. */
export interface KubeServer {
  url: string;
  faults: Faults;
  /** A kubeconfig as YAML; with a token for clients that send one over plain http (kubectl does not). */
  kubeconfig(token?: string): string;
  /** Ends all connections. */
  close(): Promise<void>;
}

function kubeconfig(server: string, token: string | undefined): string {
  const name = 'sandbox';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    // client-node refuses plain http unless TLS is not to be verified.
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: token === undefined ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  });
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<Reply | undefined>;

function createHandler(engine: KubeEngine, tokens: StaticTokens, faults: FaultBox): Handler {
  return async (request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://sandbox');
    const user = impersonate(authenticate(engine, tokens, request.headers.authorization), request.headers);
    const document = request.method === 'GET' ? discover(engine, pathname, request.headers.accept) : undefined;
    if (document) return { code: 200, ...document };
    const target = resolve(engine, pathname);
    if (!target) return { code: 404, body: '404 page not found\n', contentType: 'text/plain; charset=utf-8' };
    return handleResource({ engine, target, user, query, request, response, watches: faults.watches });
  };
}

/** Serves an engine over plain HTTP on loopback. */
export async function startKubeServer(options: KubeServerOptions): Promise<KubeServer> {
  const { engine, port = 0, host = '127.0.0.1', tokens = {}, bookmarkIntervalMs = 10_000 } = options;
  const faults = createFaultBox();
  const handle = createHandler(engine, tokens, faults);
  const server = createServer(async (request, response) => {
    response.setHeader('Date', new Date(engine.now()).toUTCString());
    const fault = faults.take(request.method ?? '', request.url ?? '');
    if (!actBefore(fault, response)) return;
    if (fault?.type === 'drop-answer') response.end = () => response.destroy();
    const reply = await handle(request, response).catch(errorReply);
    if (reply) send(response, reply);
  });
  server.keepAliveTimeout = 75_000;
  const bookmarks = setInterval(() => engine.bookmark(), bookmarkIntervalMs).unref();
  await new Promise<void>((resolveListening, reject) => {
    server.once('error', reject).listen(port, host, resolveListening);
  });
  const address = server.address();
  const url = `http://${host}:${typeof address === 'object' && address ? address.port : port}`;
  return {
    url,
    faults,
    kubeconfig: (token) => kubeconfig(url, token),
    close: () => {
      clearInterval(bookmarks);
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
