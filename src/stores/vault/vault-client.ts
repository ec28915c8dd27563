import type { Dispatcher } from 'undici';
import { readRetryAfter } from '../../http/answer.ts';
import { CallError } from '../../http/call-error.ts';
import { textOf, type WholeAnswer } from '../../http/exchange.ts';
import { isRecord, parseJson } from '../../http/json.ts';
import { type CallSubject, errorOfTransport, errorOfUnusableAnswer } from '../../http/outcome.ts';
import type { HttpTransport } from '../../http/transport.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { Clock } from '../../runtime/clock.ts';
import { errorOfRefusal } from './vault-errors.ts';
import type { VaultLocation } from './vault-location.ts';
import { createVaultState, STATE_HEADER, type VaultState } from './vault-state.ts';

/** One call. `path` is below `/v1/` and encoded. */
export interface VaultCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** For people: `read payments/apio`. */
  readonly operation: string;
  /** Whether carrying it out twice or late is the same as once: decides what an answer in doubt means. */
  readonly idempotent: boolean;
  readonly token?: SecretValue;
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** An answer of 200, 204 or 404; all others are thrown as CallError. */
export interface VaultReply {
  readonly status: number;
  readonly body: unknown;
}

/** Calls one Vault, through node-vault over our own transport. */
export interface VaultClient {
  call(call: VaultCall): Promise<VaultReply>;
  /** What a call is called in errors. */
  subject(call: Pick<VaultCall, 'operation' | 'idempotent'>): CallSubject;
}

/** What node-vault hands to the function that sends its requests. */
interface NodeVaultRequest {
  readonly uri: string;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly json?: unknown;
  readonly subject: CallSubject;
}

/** The environment that decides over TLS checks behind node-vault's back: any value, `false` too, turns them off. */
const SKIP_VERIFY = 'VAULT_SKIP_VERIFY';

/** The connections for one call: those of a moment ago, unless the certificates that are trusted have changed. Throws CallError. */
export type Connect = () => Promise<HttpTransport>;

/** A client bound to the location's origin; node-vault is loaded with the first call. */
export function createVaultClient(
  connect: Connect,
  location: VaultLocation,
  clock: Pick<Clock, 'monotonic'>,
): VaultClient {
  let loading: ReturnType<typeof loadNodeVault> | undefined;
  const state = createVaultState(clock);
  const subject: VaultClient['subject'] = ({ operation, idempotent }) => {
    return { peer: `Vault ${location.origin}`, operation, idempotent };
  };
  return {
    subject,
    call: async (call) => {
      loading ??= loadNodeVault(connect, location, state);
      const nodeVault = await loading;
      const { method, path, body } = call;
      const options = {
        method,
        path: `/${path}`,
        json: body,
        headers: headersOf(call, location, state),
        subject: subject(call),
      };
      return nodeVault.request(options).then(succeeded, absentOr);
    },
  };
}

/**
 * node-vault passes neither `maxRedirects` nor `proxy` on to axios, and axios would carry X-Vault-Token to whatever host a
 * redirect names. So it gets our transport in place of axios, and what it took from the environment is blanked out.
 */
async function loadNodeVault(connect: Connect, { origin }: VaultLocation, state: VaultState) {
  if (process.env[SKIP_VERIFY] !== undefined) {
    const remedy = `unset it; trust a private authority by its certificate instead`;
    throw new CallError('refused', 'VaultSkipVerify', `${SKIP_VERIFY} is set in the operator's environment: ${remedy}`);
  }
  const { default: nodeVault } = await import('node-vault');
  const send = async (request: NodeVaultRequest) => sendRequest(await connect(), request, state);
  const client = nodeVault({ endpoint: origin, debug: () => {}, 'request-promise': { defaults: () => send } });
  return Object.assign(client, { token: '', namespace: '', pathPrefix: '' });
}

function headersOf({ token, operation, method }: VaultCall, { namespace, origin }: VaultLocation, state: VaultState) {
  const headers: Record<string, string | string[]> = { accept: 'application/json', 'X-Vault-Request': 'true' };
  if (namespace) headers['X-Vault-Namespace'] = namespace;
  if (token) headers['X-Vault-Token'] = headerText(token, `cannot ${operation} at Vault ${origin}`);
  const required = method === 'GET' ? state.required() : [];
  if (required.length > 0) headers[STATE_HEADER] = [...required];
  return headers;
}

function headerText(token: SecretValue, intro: string): string {
  const text = token.reveal();
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  const why = 'the token is empty or holds spaces, line breaks or other characters that no token has';
  throw new CallError('denied', 'InvalidCredential', `${intro}: ${why}; check the Secret that holds it`);
}

async function sendRequest(transport: HttpTransport, request: NodeVaultRequest, state: VaultState) {
  const { uri, method, headers, json, subject } = request;
  const { origin, pathname, search } = new URL(uri);
  const hasBody = json !== undefined;
  try {
    const answer = await transport.exchange({
      origin,
      path: `${pathname}${search}`,
      method,
      headers: hasBody ? { ...headers, 'content-type': 'application/json' } : headers,
      body: hasBody ? JSON.stringify(json) : null,
    });
    state.note(answer.headers[STATE_HEADER]);
    return { statusCode: answer.status, body: readBody(subject, answer), request: { path: pathname } };
  } catch (error) {
    throw errorOfTransport(subject, error);
  }
}

function readBody(subject: CallSubject, answer: WholeAnswer) {
  const { status, headers } = answer;
  const json = parseJson(textOf(answer));
  if (![200, 204, 404].includes(status)) {
    throw errorOfRefusal(subject, { status, body: json, retryAfterSeconds: readRetryAfter(headers) });
  }
  if (status === 200 && !isRecord(json)) throw errorOfUnusableAnswer(subject, 'it is not JSON', status);
  return json;
}

function succeeded(body: unknown): VaultReply {
  return { status: 200, body };
}

/** node-vault rejects with the answer where it is no success; only a 404 comes this far. */
function absentOr(error: unknown): VaultReply {
  if (error instanceof Error && 'response' in error && isRecord(error.response)) {
    return { status: 404, body: error.response.body };
  }
  throw error;
}
