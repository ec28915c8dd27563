import type { KubeEngine } from '../../sandbox/kube/engine/engine.ts';
import type { Json } from '../../sandbox/kube/engine/json.ts';
import { StatusError } from '../../sandbox/kube/engine/status.ts';
import type { CallError } from '../../src/http/call-error.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { KubeApi, Resource, Selection, WatchEvent } from '../../src/runtime/kube/kube-api.ts';
import type { ServerTime } from '../../src/runtime/kube/server-time.ts';
import { type Attempted, notSentError, statusError } from '../../src/runtime/kube/status-error.ts';
import type { Outside } from './outside-calls.ts';

const BOOKMARK_EVERY_MS = 60_000;

/** What stands between an operator and the API server. */
export interface KubeObstruction {
  /** Whether it cannot be reached: calls are refused, watches say nothing more. */
  isCut(): boolean;
  /** Whether it has taken our rights on these objects: calls are refused, watches end at the next bookmark. */
  isForbidden(what: Place): boolean;
}

type Place = Pick<Selection, 'resource' | 'namespace'>;

const UNOBSTRUCTED: KubeObstruction = { isCut: () => false, isForbidden: () => false };

/** The sandbox's Kubernetes engine as a KubeApi, without a network. Watches are no outside calls: they change nothing. */
export function createMemoryKube(
  engine: KubeEngine,
  outside: Outside,
  clock: Clock,
  serverTime: ServerTime,
  obstruction: KubeObstruction = UNOBSTRUCTED,
): KubeApi {
  function call<T>(method: string, { resource, namespace }: Place, name: string, execute: () => unknown): Promise<T> {
    const attempted: Attempted = { method, what: `${resource.kind} ${name}`, quotable: true };
    const sentAt = clock.monotonic();
    return outside.call(`kube ${method} ${resource.plural}`, () => {
      if (obstruction.isCut()) throw notSentError(attempted, 'Unreachable', 'the API server cannot be reached');
      serverTime.observe(new Date(clock.now()).toUTCString(), sentAt);
      if (obstruction.isForbidden({ resource, namespace })) throw forbidden(attempted);
      try {
        return structuredClone(execute()) as T;
      } catch (error) {
        if (error instanceof StatusError) throw statusError(attempted, error.status.code, error.status);
        throw error;
      }
    });
  }
  const nameOf = ({ plural, group }: Resource) => (group ? `${plural}.${group}` : plural);
  const keyOf = ({ resource, namespace, name }: Parameters<KubeApi['get']>[0]) => ({
    resource: nameOf(resource),
    name,
    ...(namespace === undefined ? {} : { namespace }),
  });
  const collectionOf = ({ resource, namespace }: { resource: Resource; namespace?: string | undefined }) => ({
    resource: nameOf(resource),
    ...(namespace === undefined ? {} : { namespace }),
  });

  return {
    get: (ref) =>
      call('GET', ref, ref.name, () => {
        try {
          return engine.get(keyOf(ref));
        } catch (error) {
          if (error instanceof StatusError && error.status.code === 404) return undefined;
          throw error;
        }
      }),
    list: (query) =>
      call('LIST', query, '', () => {
        const { items, metadata } = engine.list(collectionOf(query), query);
        return {
          items,
          resourceVersion: metadata.resourceVersion,
          ...(metadata.continue ? { continue: metadata.continue } : {}),
        };
      }),
    create: (resource, namespace, body) =>
      call('CREATE', { resource, namespace }, '', () =>
        engine.create(collectionOf({ resource, namespace }), json({ ...identity(resource), ...body })),
      ),
    createSubresource: (ref, subresource, body) =>
      call('CREATE', ref, `${ref.name}/${subresource}`, () => engine.createToken(keyOf(ref), json(body))),
    replace: (ref, body, options) =>
      call(`PUT${options?.subresource ? ' status' : ''}`, ref, ref.name, () =>
        engine.update({ ...keyOf(ref), ...options }, json({ ...identity(ref.resource), ...body })),
      ),
    mergePatch: (ref, patch, options) =>
      call(`PATCH${options?.subresource ? ' status' : ''}`, ref, ref.name, () =>
        engine.patch({ ...keyOf(ref), ...options }, { type: 'merge', body: json(patch) }),
      ),
    delete: (ref, preconditions) =>
      call('DELETE', ref, ref.name, () => void engine.delete(keyOf(ref), { ...(preconditions && { preconditions }) })),
    watch(query, signal) {
      const mayGoOn = () => !outside.isDead() && !obstruction.isForbidden(query);
      if (obstruction.isForbidden(query))
        throw forbidden({ method: 'WATCH', what: query.resource.kind, quotable: true });
      return watch(engine, collectionOf(query), query.resourceVersion, signal, clock, {
        mayGoOn,
        isCut: obstruction.isCut,
      });
    },
  };
}

function forbidden(attempted: Attempted): CallError {
  return statusError(attempted, 403, { kind: 'Status', reason: 'Forbidden', message: 'forbidden' });
}

/** As it would go over the wire. */
function json(value: object): Json {
  return JSON.parse(JSON.stringify(value));
}

function identity({ group, version, kind }: Resource) {
  return { apiVersion: group ? `${group}/${version}` : version, kind };
}

async function* watch<T>(
  engine: KubeEngine,
  collection: { resource: string },
  resourceVersion: string,
  signal: AbortSignal,
  clock: Clock,
  { mayGoOn, isCut }: Pick<KubeObstruction, 'isCut'> & { mayGoOn(): boolean },
): AsyncIterable<WatchEvent<T>> {
  const queue: WatchEvent<T>[] = [];
  let wake = () => {};
  const push = (event: WatchEvent<T>) => {
    if (isCut()) return;
    queue.push(event);
    wake();
  };
  const cancel = engine.watch(collection, { resourceVersion }, ({ type, object }) => {
    if (type !== 'BOOKMARK') push({ type, object: structuredClone(object) as T });
  });
  signal.addEventListener('abort', () => wake());
  let cancelTimer = () => {};
  const bookmark = () => {
    cancelTimer = clock.schedule(BOOKMARK_EVERY_MS, bookmark);
    push({ type: 'BOOKMARK', resourceVersion: engine.resourceVersion });
  };
  cancelTimer = clock.schedule(BOOKMARK_EVERY_MS, bookmark);
  try {
    while (!signal.aborted && mayGoOn()) {
      const event = queue.shift();
      if (event) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    cancel();
    cancelTimer();
  }
}
