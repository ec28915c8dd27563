import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Credentials, TlsMaterial } from '../../runtime/kube/connection.ts';
import { createCredentialsCache } from '../../runtime/kube/credentials-cache.ts';
import { createDeadline } from '../../runtime/kube/deadline.ts';
import { readText, retryAfterSeconds, toCallError } from '../../runtime/kube/no-answer.ts';
import type { KubeRequest, KubeTransport, TransportOptions } from '../../runtime/kube/transport.ts';

type Work<T> = (response: IncomingMessage) => Promise<T>;

const POOL = { keepAlive: true, maxSockets: 64 } as const;

/**
 * The transport of the kubectl plugin, over Node's own HTTP. The operator's is made of packages that do not run on Node 20, and that are
 * several times as large as all of the plugin.
 */
export function createNodeTransport({
  connection,
  clock,
  serverTime,
  timeoutMs = 30_000,
  maxAnswerBytes = 64 * 1024 * 1024,
  credentialsMaxAgeMs = 60_000,
}: TransportOptions): KubeTransport {
  const server = new URL(connection.server);
  const agents = { 'http:': new http.Agent(POOL), 'https:': new https.Agent(POOL) };
  const credentials = createCredentialsCache(connection, clock, credentialsMaxAgeMs);

  async function send(
    request: KubeRequest,
    { headers, tls }: Credentials,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    signal.throwIfAborted();
    const sentAt = clock.monotonic();
    const body = request.body && JSON.stringify(request.body);
    const { method } = request;
    const path = server.pathname.replace(/\/+$/, '') + request.path;
    const options = { method, path, headers: { ...headers, ...headersOf(request, body) }, signal };
    const response = await exchange(server, tls, agents, options, body);
    serverTime.observe(response.headers.date, sentAt);
    if (response.statusCode === 401) credentials.forget();
    return response;
  }

  async function within<T>(request: KubeRequest, parent: AbortSignal | undefined, work: Work<T>): Promise<T> {
    // A credential plugin may wait for a person, in a browser: that is no time of the API server's.
    const proof = await credentials.read(request.attempted);
    const deadline = createDeadline(clock, timeoutMs, parent);
    try {
      const response = await deadline.race(send(request, proof, deadline.signal));
      return await deadline.race(work(response));
    } catch (error) {
      throw toCallError(error, request.attempted, deadline.expired() ? timeoutMs : undefined);
    } finally {
      // The body of a stream stays under the signal.
      deadline.stopTimer();
    }
  }
  return {
    request: (request) =>
      within(request, undefined, async (response) => ({
        status: response.statusCode ?? 0,
        text: await readText(response, maxAnswerBytes),
        retryAfterSeconds: retryAfterSeconds(response.headers['retry-after']),
      })),
    stream: (request, signal) =>
      within(request, signal, async (body) => ({
        status: body.statusCode ?? 0,
        retryAfterSeconds: retryAfterSeconds(body.headers['retry-after']),
        body,
      })),
    async close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Resolves with the head of the answer. */
function exchange(
  server: URL,
  tls: TlsMaterial,
  agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent },
  options: RequestOptions,
  body: string | undefined,
): Promise<IncomingMessage> {
  const { protocol, hostname, port } = server;
  const where = { ...options, host: hostname.replace(/^\[|\]$/g, ''), port };
  return new Promise((resolve, reject) => {
    const call =
      protocol === 'https:'
        ? https.request({ ...where, ...tls, agent: agents['https:'] }, resolve)
        : http.request({ ...where, agent: agents['http:'] }, resolve);
    call.on('error', (error) => {
      // A server may close a connection while nothing goes over it: who only reads asks again over another one.
      const wasIdle = call.reusedSocket && options.method === 'GET' && 'code' in error && error.code === 'ECONNRESET';
      if (wasIdle) resolve(exchange(server, tls, agents, options, body));
      else reject(error);
    });
    call.end(body);
  });
}

function headersOf({ contentType = 'application/json' }: KubeRequest, body: string | undefined) {
  return {
    accept: 'application/json',
    'user-agent': 'kubectl-apikey',
    ...(body !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
  };
}
