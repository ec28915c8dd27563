import { CallError } from '../../http/call-error.ts';
import type { Entropy } from '../entropy.ts';
import type {
  KubeApi,
  KubeObject,
  ListQuery,
  ObjectList,
  ObjectRef,
  Preconditions,
  Resource,
  Selection,
  WatchEvent,
  WatchQuery,
  WriteOptions,
} from './kube-api.ts';
import { withoutManagedFields } from './managed-fields.ts';
import { apiVersionOf } from './resources.ts';
import { shareValues } from './shared-values.ts';
import { type Attempted, isStatus, noAnswerError, statusError } from './status-error.ts';
import type { KubeAnswer, KubeRequest, KubeTransport } from './transport.ts';
import { collectionPath, objectPath, selectionQuery, withQuery } from './url.ts';
import { readEvents } from './watch-stream.ts';

/** Whose writes the operator's are, in managedFields. Must not start with `kubectl`. */
const FIELD_MANAGER = 'apikey-rotation-operator';
/** Etcd takes no object over 1.5 MiB. */
const MAX_EVENT_BYTES = 8 * 1024 * 1024;

/** A KubeApi over HTTP; its writes are those of `fieldManager`. */
export function createHttpKubeApi(
  transport: Pick<KubeTransport, 'request' | 'stream'>,
  entropy: Entropy,
  fieldManager = FIELD_MANAGER,
): KubeApi {
  async function call<T>(request: KubeRequest): Promise<T> {
    const answer = await transport.request(request);
    if (answer.status >= 300)
      throw statusError(request.attempted, answer.status, parse(answer), answer.retryAfterSeconds);
    const body = parse(answer);
    if (typeof body !== 'object' || body === null) throw unreadable(request.attempted);
    return body as T;
  }

  async function get<T extends KubeObject>(ref: ObjectRef): Promise<T | undefined> {
    const request: KubeRequest = { method: 'GET', path: objectPath(ref), attempted: attemptedOn('GET', ref) };
    const answer = await transport.request(request);
    if (answer.status === 404 && saysNotFound(parse(answer), ref)) return undefined;
    if (answer.status >= 300)
      throw statusError(request.attempted, answer.status, parse(answer), answer.retryAfterSeconds);
    const body = parse(answer);
    if (!isObject<T>(body)) throw unreadable(request.attempted);
    return withoutManagedFields(body);
  }

  async function list<T extends KubeObject>(query: ListQuery): Promise<ObjectList<T>> {
    const { resource, limit, continue: token } = query;
    const path = withQuery(collectionPath(resource, query.namespace), {
      ...selectionQuery(query),
      limit,
      continue: token,
    });
    const attempted = attemptedSelection('GET', query);
    const page = await call<WireList<T>>({ method: 'GET', path, attempted });
    if (!Array.isArray(page.items) || !page.metadata?.resourceVersion) throw unreadable(attempted);
    const identity = identityOf(resource);
    const items = page.items.map((item) => ({ ...identity, ...withoutManagedFields(item) }));
    if (query.kept) shareValues(items);
    return {
      items,
      resourceVersion: page.metadata.resourceVersion,
      continue: page.metadata.continue || undefined,
    };
  }

  async function write<T extends object>(
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    body: object,
    attempted: Attempted,
  ): Promise<T> {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const request: KubeRequest = { method, path: withQuery(path, { fieldManager }), contentType, body, attempted };
    return withoutManagedFields(await call<T>(request));
  }

  async function* watch<T extends KubeObject>(query: WatchQuery, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    const attempted: Attempted = { ...attemptedSelection('GET', query), what: `the watch of ${query.resource.plural}` };
    try {
      const stream = await transport.stream({ method: 'GET', path: watchPath(query, entropy), attempted }, signal);
      if (stream.status >= 300) {
        const said = parseText(await readStart(stream.body));
        throw statusError(attempted, stream.status, said, stream.retryAfterSeconds);
      }
      yield* readEvents<T>(stream.body, attempted, MAX_EVENT_BYTES);
    } catch (error) {
      if (!signal.aborted) throw asWatchError(error, attempted);
    }
  }

  return {
    get,
    list,
    watch,
    create: (resource, namespace, body) =>
      write(
        'POST',
        collectionPath(resource, namespace),
        { ...identityOf(resource), ...body },
        attemptedSelection('POST', { resource, namespace }),
      ),
    createSubresource: (ref, subresource, body) =>
      write('POST', objectPath(ref, subresource), body, attemptedOn('POST', ref, subresource)),
    replace: (ref, body, options) =>
      write(
        'PUT',
        objectPath(ref, options?.subresource),
        { ...identityOf(ref.resource), ...body },
        attemptedOn('PUT', ref, options?.subresource),
      ),
    mergePatch: (ref, patch, options: WriteOptions = {}) =>
      write('PATCH', objectPath(ref, options.subresource), patch, attemptedOn('PATCH', ref, options.subresource)),
    async delete(ref, preconditions) {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...preconditionsOf(preconditions) };
      await call({ method: 'DELETE', path: objectPath(ref), body, attempted: attemptedOn('DELETE', ref) });
    },
  };
}

/** Lists leave it out of their items, and custom resources are refused without it. */
function identityOf(resource: Resource): { readonly apiVersion: string; readonly kind: string } {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind };
}

interface WireList<T> {
  readonly items?: readonly T[];
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
}

/** Servers close a watch by themselves between five and ten minutes, not all at once. */
function watchPath(query: WatchQuery, entropy: Entropy): string {
  return withQuery(collectionPath(query.resource, query.namespace), {
    ...selectionQuery(query),
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: query.resourceVersion,
    timeoutSeconds: Math.floor(300 + 300 * entropy.random()),
  });
}

function preconditionsOf(preconditions: Preconditions = {}): object {
  const set = Object.entries(preconditions).filter(([, value]) => value !== undefined);
  return set.length > 0 ? { preconditions: Object.fromEntries(set) } : {};
}

/** A 404 without a Status comes from a missing CRD or from something between us and the server: no proof of absence. */
function saysNotFound(body: unknown, { name }: ObjectRef): boolean {
  return isStatus(body) && body.reason === 'NotFound' && (body.details?.name ?? name) === name;
}

function attemptedOn(method: string, { resource, namespace, name }: ObjectRef, subresource?: string): Attempted {
  const path = namespace ? `${namespace}/${name}` : name;
  return {
    method,
    what: `${resource.kind} ${path}${subresource ? ` (${subresource})` : ''}`,
    quotable: isQuotable(resource),
  };
}

function attemptedSelection(method: string, { resource, namespace }: Selection): Attempted {
  return {
    method,
    what: namespace ? `${resource.plural} in ${namespace}` : resource.plural,
    quotable: isQuotable(resource),
  };
}

/** Messages about Secrets, tokens and their reviews may quote what was sent. */
function isQuotable({ kind }: Resource): boolean {
  return kind !== 'Secret' && kind !== 'TokenReview' && kind !== 'ServiceAccount';
}

function isObject<T extends KubeObject>(body: unknown): body is T {
  return typeof body === 'object' && body !== null && 'metadata' in body;
}

function parse({ text }: KubeAnswer): unknown {
  return parseText(text);
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first chunk is enough for a Status. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  for await (const chunk of body) return chunk.toString('utf8');
  return '';
}

function unreadable(attempted: Attempted): Error {
  return noAnswerError(attempted, 'UnexpectedAnswer', 'the answer is not what the Kubernetes API answers');
}

function asWatchError(error: unknown, attempted: Attempted): unknown {
  if (error instanceof CallError) return error;
  return noAnswerError(attempted, 'ConnectionBroken', 'the stream broke off');
}
