import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { CallError } from '../../http/call-error.ts';
import type { Clock } from '../clock.ts';
import type { Credentials, KubeConnection, TlsMaterial } from './connection.ts';
import { createDeadline } from './deadline.ts';
import type { ServerTime } from './server-time.ts';
import { type Attempted, noAnswerError, notSentError } from './status-error.ts';

/** One call. `path` includes the query; `body` is sent as JSON. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: object;
  readonly attempted: Attempted;
}

/** An answer whose body was read to its end. */
export interface KubeAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterSeconds: number | undefined;
}

/** An answer whose body comes bit by bit; destroy `body` when done with it. */
export interface KubeStream {
  readonly status: number;
  readonly body: Readable;
}

/** HTTP to the API server: one pool of connections, a deadline and a size bound for every call. */
export interface KubeTransport {
  /** Resolves with whatever status the server answers; throws CallError where no answer came. */
  request(request: KubeRequest): Promise<KubeAnswer>;
  /** As `request`, but resolves when the headers are here; `signal` ends the body. */
  stream(request: KubeRequest, signal: AbortSignal): Promise<KubeStream>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** What the transport needs, and its bounds. */
export interface TransportOptions {
  readonly connection: KubeConnection;
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  /** From sending to the last byte of the answer (for streams: to its headers). */
  readonly timeoutMs?: number;
  /** A page of 500 objects stays far below it. */
  readonly maxAnswerBytes?: number;
  /** How long credentials and CA are used before they are read again. */
  readonly credentialsMaxAgeMs?: number;
}

/** Each watch occupies one of these for as long as it lasts. */
const MAX_CONNECTIONS = 64;

/** A transport over `connection`. Follows no redirects. */
export function createTransport({
  connection,
  clock,
  serverTime,
  timeoutMs = 30_000,
  maxAnswerBytes = 64 * 1024 * 1024,
  credentialsMaxAgeMs = 60_000,
}: TransportOptions): KubeTransport {
  const { origin, pathname } = new URL(connection.server);
  const prefix = pathname.replace(/\/+$/, '');
  const agents = createAgents();
  let cached: { readonly credentials: Promise<Credentials>; readonly readAt: number } | undefined;

  function credentials(): Promise<Credentials> {
    if (!cached || clock.monotonic() - cached.readAt >= credentialsMaxAgeMs) {
      cached = { credentials: connection.credentials(), readAt: clock.monotonic() };
    }
    return cached.credentials;
  }

  async function readCredentials(attempted: Attempted): Promise<Credentials> {
    try {
      return await credentials();
    } catch {
      cached = undefined;
      // The reason may quote a plugin's output or a file's content.
      const why = 'the credentials for the Kubernetes API cannot be read; look at the kubeconfig or the token file';
      throw new CallError('denied', 'CredentialsUnreadable', `${attempted.method} ${attempted.what}: ${why}`);
    }
  }

  async function send(request: KubeRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { headers, tls } = await readCredentials(request.attempted);
    signal.throwIfAborted();
    const sentAt = clock.monotonic();
    const response = await agents.use(tls).request({
      origin,
      path: prefix + request.path,
      method: request.method,
      headers: {
        ...headers,
        accept: 'application/json',
        'user-agent': 'apikey-rotation-operator',
        ...contentType(request),
      },
      body: request.body ? JSON.stringify(request.body) : null,
      signal,
    });
    serverTime.observe(single(response.headers.date), sentAt);
    if (response.statusCode === 401) cached = undefined;
    return response;
  }

  return {
    async request(request) {
      const deadline = createDeadline(clock, timeoutMs);
      try {
        const response = await deadline.race(send(request, deadline.signal));
        const text = await deadline.race(readText(response.body, maxAnswerBytes));
        return { status: response.statusCode, text, retryAfterSeconds: retryAfter(response) };
      } catch (error) {
        throw toCallError(error, request.attempted, deadline.expired() ? timeoutMs : undefined);
      } finally {
        deadline.end();
      }
    },
    async stream(request, signal) {
      const deadline = createDeadline(clock, timeoutMs, signal);
      try {
        const response = await deadline.race(send(request, deadline.signal));
        return { status: response.statusCode, body: response.body };
      } catch (error) {
        throw toCallError(error, request.attempted, deadline.expired() ? timeoutMs : undefined);
      } finally {
        deadline.stopTimer();
      }
    },
    close: () => agents.close(),
  };
}

/** One Agent, made anew when the TLS material changes; the one before ends with its last call. */
function createAgents() {
  let current: { readonly agent: Agent; readonly material: string } | undefined;

  return {
    use(tls: TlsMaterial): Agent {
      const material = digestOf(tls);
      if (current?.material !== material) {
        void current?.agent.close();
        current = { agent: createAgent(tls), material };
      }
      return current.agent;
    },
    async close() {
      await current?.agent.destroy();
      current = undefined;
    },
  };
}

function digestOf({ ca, cert, key, servername, rejectUnauthorized }: TlsMaterial): string {
  const text = JSON.stringify([ca, cert, key, servername, rejectUnauthorized].map(String));
  return createHash('sha256').update(text).digest('hex');
}

/** The deadlines are ours, by the injected clock; undici's own are off. */
function createAgent(tls: TlsMaterial): Agent {
  return new Agent({
    connections: MAX_CONNECTIONS,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    connect: { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 },
  });
}

function contentType({ body, contentType: type = 'application/json' }: KubeRequest): Record<string, string> {
  return body ? { 'content-type': type } : {};
}

async function readText(body: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new AnswerTooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

class AnswerTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the answer is larger than ${maxBytes} bytes`);
  }
}

function retryAfter({ headers }: Dispatcher.ResponseData): number | undefined {
  const seconds = Number(single(headers['retry-after']) ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Codes of errors that come before the first byte is sent. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function toCallError(error: unknown, attempted: Attempted, expiredMs: number | undefined): CallError {
  if (error instanceof CallError) return error;
  if (expiredMs !== undefined) {
    return noAnswerError(attempted, 'RequestTimedOut', `the Kubernetes API did not answer within ${expiredMs} ms`);
  }
  if (error instanceof AnswerTooLarge) return noAnswerError(attempted, 'AnswerTooLarge', error.message);
  const code = codeOf(error);
  const why = `no answer from the Kubernetes API (${code})`;
  if (NOT_SENT.has(code)) return notSentError(attempted, 'ConnectionFailed', why);
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return notSentError(attempted, 'TLSFailed', why);
  return noAnswerError(attempted, 'ConnectionBroken', why);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause instanceof Error ? codeOf(error.cause) : error.name;
}
