import { MockAgent } from 'undici';
import type { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import { handle } from '../../../sandbox/apio/engine/handle.ts';
import type { AwsEngine } from '../../../sandbox/aws/engine/aws-engine.ts';
import type { VaultEngine } from '../../../sandbox/vault/engine/vault-engine.ts';
import { exchange } from '../../../src/http/exchange.ts';
import { type HttpTransport, NotConnectedError } from '../../../src/http/transport.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

/** A request as the mock agent hands it over. */
interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers?: object;
  readonly body?: unknown;
}

/** What a server answers, its body as text. */
export interface NetworkAnswer {
  readonly status: number;
  readonly body?: string;
}

/** Who answers at an origin: with an answer, or with the code of what keeps a connection from being made. */
export type Answering = (request: Request) => Reply | Promise<Reply>;

export type Reply = NetworkAnswer | { readonly code: string };

/** The servers that adapters reach, without a network; any other origin refuses connections. */
export interface Network {
  readonly transport: HttpTransport;
  /** From now on this answers at the origin. */
  serve(origin: string, answering: Answering): void;
}

export const LIVE_URL = 'https://live.apio.test';
const TEST_URL = 'https://test.apio.test';
export const VAULT_URL = 'https://vault.test';
export const AWS_REGION = 'eu-north-1';
export const OTHER_AWS_REGION = 'eu-west-1';

/** The engines of the sandbox behind their origins. */
export function createNetwork(apio: ApioEngine, vault: VaultEngine): Network {
  const servers = new Map<string, Answering>();
  const agent = new MockAgent();
  agent.disableNetConnect();
  const network: Network = {
    transport: {
      exchange: (request) => exchange(agent, request, { timeoutMs: 60_000, clock: systemClock }),
      close: () => agent.close(),
    },
    serve(origin, answering) {
      if (!servers.has(origin)) listen(agent, origin, (request) => servers.get(origin)?.(request) ?? REFUSED);
      servers.set(origin, answering);
    },
  };
  network.serve(LIVE_URL, issuing(apio, 'Live'));
  network.serve(TEST_URL, issuing(apio, 'Test'));
  network.serve(VAULT_URL, storing(vault));
  return network;
}

const REFUSED = { code: 'ECONNREFUSED' };

function listen(agent: MockAgent, origin: string, answering: Answering): void {
  const any = () => true;
  agent
    .get(origin)
    .intercept({ path: any, method: any })
    .reply(async (request) => {
      const answer = await answering(request);
      if ('code' in answer) throw new NotConnectedError(Object.assign(new Error(answer.code), answer));
      return { statusCode: answer.status, data: answer.body ?? '' };
    })
    .persist();
}

/** One world of the issuing API. */
export function issuing(apio: ApioEngine, environment: 'Live' | 'Test'): (request: Request) => NetworkAnswer {
  return ({ method, path, headers, body }) => {
    const { pathname, searchParams } = new URL(path, LIVE_URL);
    const answer = handle(apio, environment, {
      method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      bearer: /^Bearer (\S+)$/.exec(header(headers, 'authorization') ?? '')?.[1],
      idempotencyKey: header(headers, 'idempotency-key'),
      body: parse(body),
    });
    return { status: answer.status, body: JSON.stringify(answer.body) };
  };
}

export function storing(vault: VaultEngine): Answering {
  return ({ method, path, headers, body }) => {
    const { pathname, searchParams } = new URL(path, VAULT_URL);
    const token = header(headers, 'x-vault-token');
    const reply = vault.handle({
      method,
      path: decodeURIComponent(pathname.replace('/v1/', '')),
      query: Object.fromEntries(searchParams),
      ...(token === undefined ? {} : { token }),
      body: parse(body),
    });
    if (reply.type !== 'Answered') return REFUSED;
    const { status, body: told } = reply.answer;
    return { status, ...(told === undefined ? {} : { body: JSON.stringify(told) }) };
  };
}

/** Secrets Manager and STS as their engine answers. */
export function serveAws(network: Network, aws: AwsEngine, refuses: Refusal = () => false): void {
  const hosts = [AWS_REGION, OTHER_AWS_REGION].flatMap((region) => [`secretsmanager.${region}`, `sts.${region}`]);
  for (const host of hosts) {
    network.serve(`https://${host}.amazonaws.com`, ({ method, path, headers, body }) => {
      const operation = header(headers, 'x-amz-target')?.split('.')[1] ?? '';
      if (refuses(host, operation)) return { status: 400, body: JSON.stringify({ __type: 'AccessDeniedException' }) };
      const { status, body: told } = aws.handle({
        method,
        path,
        headers: Object.fromEntries(new Headers(Object.entries(headers ?? {}))),
        body: body instanceof Uint8Array ? Buffer.from(body).toString() : String(body),
      });
      return { status, body: told };
    });
  }
}

/** Whether a role may not do that, asked with `secretsmanager.<region>` and `PutSecretValue`. */
type Refusal = (host: string, operation: string) => boolean;

function header(headers: Request['headers'], name: string): string | undefined {
  const found = headers && new Headers(Object.entries(headers)).get(name);
  return found ?? undefined;
}

function parse(body: unknown): unknown {
  return typeof body === 'string' && body !== '' ? JSON.parse(body) : undefined;
}
