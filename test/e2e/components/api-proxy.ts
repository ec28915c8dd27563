import { createServer, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createExchange, type Exchange } from './proxied-exchange.ts';

/** An HTTP server in front of a real one, that can be told to misbehave. Of several faults the first that matches wins. */
export interface ApiProxy {
  /** Plain http, on loopback. */
  readonly url: string;
  /** Ends what is open with a reset: everything, or only the exchanges that match. New requests are served. */
  cut(matching?: Matching): void;
  /** Open exchanges that match stay open, and nothing more is delivered on them, ever; so with new ones, until `pass`. */
  freeze(matching?: Matching): void;
  /** As `freeze`, but new requests are served: the connections alone are half-open. */
  freezeOpen(matching?: Matching): void;
  /** Requests that match get this answer, and do not reach the server: `times` of them, or all until `pass`. */
  answer(answer: CannedAnswer, matching?: Matching, times?: number): void;
  /** Requests that match do not reach the server: their connection is reset. */
  drop(matching?: Matching, times?: number): void;
  /** The answers to requests that match come so much later. */
  delay(ms: number, matching?: Matching, times?: number): void;
  /** Requests that match reach the server, and their connection is reset when its answer is there. */
  loseAnswers(matching?: Matching, times?: number): void;
  /** How many requests have met a fault so far. */
  struck(): number;
  /** Takes every fault back. What was frozen stays frozen until it is cut, or its client gives up. */
  pass(): void;
  close(): Promise<void>;
}

/** What a fault can be bound to. */
export interface ProxiedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly isWatch: boolean;
}

/** Default: every request. */
export type Matching = (request: ProxiedRequest) => boolean;

/** An answer that the proxy gives itself, as JSON. */
export interface CannedAnswer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whom the proxy stands before. */
export interface ApiProxyTarget {
  /** https with `ca`, or http. A path is not supported. */
  readonly url: string;
  /** PEM of the authority of the server's certificate. */
  readonly ca?: string;
  /** Of requests that bring none; default: they go on without one. */
  readonly token?: string;
  /** Whether requests keep the name of the proxy as their host: one that was signed is no longer good for another. */
  readonly keepsHost?: boolean;
}

/** What a fault does with a request. */
export type Fate =
  | { readonly kind: 'freeze' | 'drop' | 'lose-answer' }
  | { readonly kind: 'answer'; readonly answer: CannedAnswer }
  | { readonly kind: 'delay'; readonly ms: number };

interface Fault {
  readonly fate: Fate;
  readonly matching: Matching;
  times: number;
}

/** For a fault that only watches shall meet. */
export const watches: Matching = ({ isWatch }) => isWatch;

const always: Matching = () => true;

/** Listens on a free port. Watches are passed on as they come. */
export async function startApiProxy(target: ApiProxyTarget): Promise<ApiProxy> {
  const isTls = target.url.startsWith('https:');
  const agent = isTls ? new HttpsAgent({ keepAlive: true, ca: target.ca }) : new HttpAgent({ keepAlive: true });
  const sockets = new Set<Socket>();
  const exchanges = new Map<Exchange, ProxiedRequest>();
  let faults: Fault[] = [];
  let struck = 0;

  const fateOf = (request: ProxiedRequest): Fate | undefined => {
    const fault = faults.find(({ times, matching }) => times > 0 && matching(request));
    if (!fault) return undefined;
    fault.times -= 1;
    struck += 1;
    return fault.fate;
  };
  const forward = (incoming: IncomingMessage) => {
    const { authorization = target.token && `Bearer ${target.token}`, ...rest } = incoming.headers;
    const host = (target.keepsHost && rest.host) || new URL(target.url).host;
    const headers = { ...rest, host, ...(authorization && { authorization }) };
    const options = { method: incoming.method, headers, agent };
    return (isTls ? httpsRequest : httpRequest)(target.url + incoming.url, options);
  };
  const server = createServer((incoming, response) => {
    const request = proxiedRequest(incoming);
    const exchange = createExchange(incoming, response, { fate: fateOf(request), forward: () => forward(incoming) });
    exchanges.set(exchange, request);
    response.on('close', () => exchanges.delete(exchange));
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const open = (matching: Matching) => [...exchanges].filter(([, request]) => matching(request));
  const freezeOpen = (matching = always) => {
    for (const [exchange] of open(matching)) exchange.freeze();
  };
  const add = (fate: Fate, matching = always, times = Number.POSITIVE_INFINITY) => {
    faults.push({ fate, matching, times });
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut(matching) {
      if (matching) for (const [exchange] of open(matching)) exchange.cut();
      else for (const socket of sockets) socket.resetAndDestroy();
    },
    freeze(matching) {
      freezeOpen(matching);
      add({ kind: 'freeze' }, matching);
    },
    freezeOpen,
    answer: (answer, matching, times) => add({ kind: 'answer', answer }, matching, times),
    drop: (matching, times) => add({ kind: 'drop' }, matching, times),
    delay: (ms, matching, times) => add({ kind: 'delay', ms }, matching, times),
    loseAnswers: (matching, times) => add({ kind: 'lose-answer' }, matching, times),
    struck: () => struck,
    pass() {
      faults = [];
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await closed;
    },
  };
}

function proxiedRequest({ method = 'GET', url = '/', headers }: IncomingMessage): ProxiedRequest {
  const flag = new URL(url, 'http://localhost').searchParams.get('watch');
  return { method, path: url, headers, isWatch: flag === '1' || flag === 'true' };
}
