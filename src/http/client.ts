import type { Dispatcher } from 'undici';
import type { SecretValue } from '../key/secret-value.ts';
import { readErrorCode, readRetryAfter } from './answer.ts';
import { CallError } from './call-error.ts';
import { textOf, type WholeAnswer } from './exchange.ts';
import { parseJson } from './json.ts';
import { type CallSubject, errorOfAnswer, errorOfTransport, errorOfUnusableAnswer } from './outcome.ts';
import type { HttpTransport } from './transport.ts';

/** One call. `path` is relative to the client's url, or an absolute URL within it (the next page of a list). */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** What is asked for, for people: `issue a key`. */
  readonly operation: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as application/x-www-form-urlencoded, instead of `body`. */
  readonly form?: Readonly<Record<string, SecretValue | string>>;
  /** Sent as bearer token, to this client's origin only. */
  readonly bearer?: SecretValue;
  /** Headers whose values are credentials, by their name in lower case; sent to this client's origin only. */
  readonly credentials?: Readonly<Record<string, SecretValue>>;
  /** It changes nothing, though its method is not GET: it may be asked again. */
  readonly question?: true;
  /** Status codes besides 2xx that are answers here, not errors. */
  readonly expect?: readonly number[];
}

/** An answer: a status code of 2xx or an expected one, and the JSON body (undefined where there was none). */
export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The Date header as it came: the peer's clock, cut to whole seconds. */
  readonly date?: string;
  /** The Link headers as they came, in one list. */
  readonly link?: string;
}

/** Calls one origin and no other. */
export interface HttpClient {
  /** scheme://host[:port]. */
  readonly origin: string;
  /** Throws CallError; never follows a redirect; the message holds neither a credential nor an upstream body. */
  request(request: HttpRequest): Promise<HttpAnswer>;
}

/** What a client is bound to. */
export interface HttpClientOptions {
  readonly transport: HttpTransport;
  /** http(s)://host[:port][/base]; no user, query or fragment. */
  readonly url: string;
  /** Whom it calls, for messages: `issuer apio (Live)`. */
  readonly peer: string;
  /** False where nobody knows what the peer puts into its errors: then not even its own word for one is shown. */
  readonly showsCodes?: boolean;
}

/** A client whose credentials can reach the origin and base path of `url` only. Throws CallError when `url` will not do. */
export function createHttpClient({ transport, url, peer, showsCodes = true }: HttpClientOptions): HttpClient {
  const base = parseBase(url, peer);
  return {
    origin: base.origin,
    request: async (request) => {
      const subject = {
        peer,
        operation: request.operation,
        idempotent: request.method === 'GET' || request.question === true,
      };
      const target = resolveTarget(base, request, subject);
      try {
        return readAnswer(subject, request, await transport.exchange(toOptions(target, peer, request)), showsCodes);
      } catch (error) {
        throw errorOfTransport(subject, error);
      }
    },
  };
}

function parseBase(url: string, peer: string): URL {
  const base = URL.parse(url);
  const plain =
    base && /^https?:$/.test(base.protocol) && !(base.username || base.password || base.search || base.hash);
  if (plain) return base;
  const shape = 'it must be http(s)://host[:port][/path] without user, query or fragment';
  throw new CallError('refused', 'InvalidURL', `the url of ${peer} will not do: ${shape}`);
}

function resolveTarget(base: URL, { path, query = {} }: HttpRequest, { peer, operation }: CallSubject): URL {
  const prefix = base.pathname.replace(/\/+$/, '');
  const text = /^[a-z][a-z0-9+.-]*:/i.test(path) ? path : `${base.origin}${prefix}${path}`;
  const target = URL.parse(text) ?? undefined;
  if (target?.origin !== base.origin || !`${target.pathname}/`.startsWith(`${prefix}/`) || target.username) {
    const why = `the address to ${operation} is not under ${base.origin}${prefix}, and its credential goes nowhere else`;
    throw new CallError('refused', 'ForeignOrigin', `${peer}: ${why}`);
  }
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  return target;
}

function toOptions(target: URL, peer: string, request: HttpRequest): Dispatcher.DispatchOptions {
  const headers: Record<string, string> = { accept: 'application/json', ...request.headers };
  const purpose = `${request.operation} at ${peer}`;
  if (request.bearer) headers.authorization = bearer(request.bearer, purpose);
  for (const [name, value] of Object.entries(request.credentials ?? {})) headers[name] = headerText(value, purpose);
  const content = contentOf(request);
  if (content) headers['content-type'] = content.type;
  return {
    origin: target.origin,
    path: `${target.pathname}${target.search}`,
    method: request.method,
    headers,
    body: content?.text ?? null,
  };
}

function contentOf({ body, form }: HttpRequest): { readonly type: string; readonly text: string } | undefined {
  if (body !== undefined) return { type: 'application/json', text: JSON.stringify(body) };
  if (!form) return undefined;
  const fields = Object.entries(form).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : value.reveal(),
  ]);
  return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(fields).toString() };
}

/** Undici would quote a value that is no header in its error. */
function headerText(credential: SecretValue, purpose: string): string {
  const text = credential.reveal();
  if (/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(text)) return text;
  const why = 'the credential is empty or holds line breaks or other characters that no header has';
  throw new CallError('refused', 'InvalidCredential', `cannot ${purpose}: ${why}; check the Secret that holds it`);
}

function bearer(credential: SecretValue, purpose: string): string {
  const text = credential.reveal();
  if (/^[\x21-\x7e]+$/.test(text)) return `Bearer ${text}`;
  const why = 'the credential is empty or holds spaces, line breaks or other characters that no bearer token has';
  throw new CallError('refused', 'InvalidCredential', `cannot ${purpose}: ${why}; check the Secret that holds it`);
}

function headersOf({ date, link }: WholeAnswer['headers']): Pick<HttpAnswer, 'date' | 'link'> {
  return {
    ...(typeof date === 'string' ? { date } : {}),
    ...(link === undefined ? {} : { link: [link].flat().join(', ') }),
  };
}

function readAnswer(subject: CallSubject, request: HttpRequest, answer: WholeAnswer, showsCodes: boolean): HttpAnswer {
  const { status, headers } = answer;
  const text = textOf(answer);
  const json = parseJson(text);
  if ((status >= 200 && status < 300) || request.expect?.includes(status)) {
    if (text !== '' && json === undefined)
      throw errorOfUnusableAnswer(subject, 'it is not JSON, check the url', status);
    return { status, body: json, ...headersOf(headers) };
  }
  const code = showsCodes ? readErrorCode(json) : undefined;
  throw errorOfAnswer(subject, { status, code, retryAfterSeconds: readRetryAfter(headers, status) });
}
