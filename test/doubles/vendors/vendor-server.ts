import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../../../sandbox/listen.ts';
import { createVendorKeys, type VendorKeys } from './vendor-keys.ts';

/** One call as an endpoint sees it. */
export interface VendorCall {
  readonly keys: VendorKeys;
  /** What stands at `:name` in the path of the endpoint. */
  readonly at: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The fields of a JSON object or of a form. */
  readonly body: Readonly<Record<string, unknown>>;
  /** scheme://host:port of the server. */
  readonly origin: string;
}

export interface VendorAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A vendor's API as its documentation describes it: an endpoint is `GET /v1/keys/:id`. */
export interface Vendor {
  readonly endpoints: Readonly<Record<string, (call: VendorCall) => VendorAnswer>>;
}

/** What befalls the next call of an endpoint: another answer in its place, or the loss of its own. */
export type VendorFault = VendorAnswer | 'LoseAnswer';

export interface VendorServer {
  readonly url: string;
  readonly keys: VendorKeys;
  /** How often each endpoint was called. */
  readonly calls: ReadonlyMap<string, number>;
  strike(endpoint: string, fault: VendorFault): void;
  close(): Promise<void>;
}

export async function startVendor({ endpoints }: Vendor): Promise<VendorServer> {
  const keys = createVendorKeys();
  const calls = new Map<string, number>();
  const faults = new Map<string, VendorFault>();
  const routes = Object.entries(endpoints).map(([name, answer]) => ({ name, answer, matches: matcherOf(name) }));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', server.url);
    const route = routes.find(({ matches }) => matches(request.method ?? '', pathname));
    if (!route) return send(response, { status: 404, body: { message: 'no such endpoint' } });
    const { name, matches, answer } = route;
    calls.set(name, (calls.get(name) ?? 0) + 1);
    const fault = faults.get(name);
    faults.delete(name);
    if (fault !== undefined && fault !== 'LoseAnswer') return send(response, fault);
    const at = matches(request.method ?? '', pathname) ?? {};
    const call = {
      keys,
      at,
      query: searchParams,
      headers: request.headers,
      body: await bodyOf(request),
      origin: server.url,
    };
    const answered = answer(call);
    if (fault === 'LoseAnswer') request.socket.destroy();
    else send(response, answered);
  }

  const server = await listen((request, response) => void serve(request, response));
  return {
    ...server,
    keys,
    calls,
    strike: (endpoint, fault) => void faults.set(endpoint, fault),
  };
}

function matcherOf(name: string) {
  const [method = '', path = ''] = name.split(' ');
  const pattern = new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
  return (asked: string, pathname: string): Record<string, string> | undefined => {
    const found = asked === method ? pattern.exec(pathname) : null;
    return found
      ? Object.fromEntries(Object.entries(found.groups ?? {}).map(([at, v]) => [at, decodeURIComponent(v)]))
      : undefined;
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = (await request.toArray()).join('');
  if (request.headers['content-type'] === 'application/json') return JSON.parse(text);
  return Object.fromEntries(new URLSearchParams(text));
}

function send(response: ServerResponse, { status, body, headers = {} }: VendorAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
}

/** The token of `Authorization: Bearer`. */
export function bearerOf({ headers }: Pick<VendorCall, 'headers'>): string | undefined {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
}

/** User name and password of `Authorization: Basic`. */
export function basicOf({ headers }: Pick<VendorCall, 'headers'>): readonly [user: string, password: string] {
  const encoded = /^Basic (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return [user, password.join(':')];
}
