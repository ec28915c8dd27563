import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import { ExchangeExpired, exchange, textOf, type WholeAnswer, within } from '../../http/exchange.ts';
import type { Clock } from '../clock.ts';
import type { Credentials, KubeConnection, TlsMaterial } from './connection.ts';
import { createCredentialsCache } from './credentials-cache.ts';
import { createDeadline } from './deadline.ts';
import { retryAfterSeconds, toCallError } from './no-answer.ts';
import type { ServerTime } from './server-time.ts';
import type { Attempted } from './status-error.ts';

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
  readonly retryAfterSeconds: number | undefined;
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
  const pools = createPools(origin);
  const credentials = createCredentialsCache(connection, clock, credentialsMaxAgeMs);

  function toSend(request: KubeRequest, { headers }: Credentials): Dispatcher.DispatchOptions {
    return {
      path: prefix + request.path,
      method: request.method,
      headers: {
        ...headers,
        accept: 'application/json',
        'user-agent': 'apikey-rotation-operator',
        ...contentType(request),
      },
      body: request.body ? JSON.stringify(request.body) : null,
    };
  }

  function takeNote(status: number, { date }: WholeAnswer['headers'], sentAt: number): void {
    serverTime.observe(single(date), sentAt);
    if (status === 401) credentials.forget();
  }

  async function answerTo(request: KubeRequest): Promise<KubeAnswer> {
    const until = clock.monotonic() + timeoutMs;
    const proof = credentials.known() ?? (await within(credentials.read(request.attempted), timeoutMs, clock));
    const sentAt = clock.monotonic();
    const bounds = { timeoutMs: until - sentAt, maxBytes: maxAnswerBytes, clock };
    const answer = await exchange(pools.use(proof.tls), toSend(request, proof), bounds);
    const { status, headers } = answer;
    takeNote(status, headers, sentAt);
    return { status, text: textOf(answer), retryAfterSeconds: retryAfterSeconds(single(headers['retry-after'])) };
  }

  async function begin(request: KubeRequest, signal: AbortSignal): Promise<KubeStream> {
    const proof = await credentials.read(request.attempted);
    signal.throwIfAborted();
    const sentAt = clock.monotonic();
    const options = { ...toSend(request, proof), signal };
    const { statusCode: status, headers, body } = await pools.use(proof.tls).request(options);
    takeNote(status, headers, sentAt);
    return { status, body, retryAfterSeconds: retryAfterSeconds(single(headers['retry-after'])) };
  }

  return {
    async request(request) {
      try {
        return await answerTo(request);
      } catch (error) {
        throw toCallError(error, request.attempted, error instanceof ExchangeExpired ? timeoutMs : undefined);
      }
    },
    async stream(request, signal) {
      const deadline = createDeadline(clock, timeoutMs, signal);
      try {
        return await deadline.race(begin(request, deadline.signal));
      } catch (error) {
        throw toCallError(error, request.attempted, deadline.expired() ? timeoutMs : undefined);
      } finally {
        deadline.stopTimer();
      }
    },
    close: () => pools.close(),
  };
}

/** One pool, made anew when the TLS material changes; the one before ends with its last call. */
function createPools(origin: string) {
  let current: { readonly pool: Pool; readonly tls: TlsMaterial; readonly material: string } | undefined;

  return {
    use(tls: TlsMaterial): Pool {
      // What was not read anew since is the same object.
      if (current?.tls === tls) return current.pool;
      const material = digestOf(tls);
      if (current?.material === material) current = { ...current, tls };
      else {
        void current?.pool.close();
        current = { pool: createPool(origin, tls), tls, material };
      }
      return current.pool;
    },
    async close() {
      await current?.pool.destroy();
      current = undefined;
    },
  };
}

function digestOf({ ca, cert, key, servername, rejectUnauthorized }: TlsMaterial): string {
  const text = JSON.stringify([ca, cert, key, servername, rejectUnauthorized].map(String));
  return createHash('sha256').update(text).digest('hex');
}

/** The deadlines are ours, by the injected clock; undici's own are off. */
function createPool(origin: string, tls: TlsMaterial): Pool {
  return new Pool(origin, {
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

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
