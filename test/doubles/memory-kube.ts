import type { KubeEngine } from '../../sandbox/kube/engine/engine.ts';
import type { Json } from '../../sandbox/kube/engine/json.ts';
import { StatusError } from '../../sandbox/kube/engine/status.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { KubeApi, Resource, WatchEvent } from '../../src/runtime/kube/kube-api.ts';
import type { ServerTime } from '../../src/runtime/kube/server-time.ts';
import { type Attempted, notSentError, statusError } from '../../src/runtime/kube/status-error.ts';
import type { Outside } from './outside-calls.ts';

const BOOKMARK_EVERY_MS = 60_000;

/** The sandbox's Kubernetes engine as a KubeApi, without a network. Watches are no outside calls: they change nothing. */
export function createMemoryKube(
  engine: KubeEngine,
  outside: Outside,
  clock: Clock,
  serverTime: ServerTime,
  isCut: () => boolean = () => false,
): KubeApi {
  function call<T>(method: string, resource: Resource, name: string, execute: () => unknown): Promise<T> {
    const attempted: Attempted = { method, what: `${resource.kind} ${name}`, quotable: true };
    const sentAt = clock.monotonic();
    return outside.call(`kube ${method} ${resource.plural}`, () => {
      if (isCut()) throw notSentError(attempted, 'Unreachable', 'the API server cannot be reached');
      serverTime.observe(new Date(clock.now()).toUTCString(), sentAt);
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
      call('GET', ref.resource, ref.name, () => {
        try {
          return engine.get(keyOf(ref));
        } catch (error) {
          if (error instanceof StatusError && error.status.code === 404) return undefined;
          throw error;
        }
      }),
    list: (query) =>
      call('LIST', query.resource, '', () => {
        const { items, metadata } = engine.list(collectionOf(query), query);
        return {
          items,
          resourceVersion: metadata.resourceVersion,
          ...(metadata.continue ? { continue: metadata.continue } : {}),
        };
      }),
    create: (resource, namespace, body) =>
      call('CREATE', resource, '', () =>
        engine.create(collectionOf({ resource, namespace }), json({ ...identity(resource), ...body })),
      ),
    createSubresource: (ref, subresource, body) =>
      call('CREATE', ref.resource, `${ref.name}/${subresource}`, () => engine.createToken(keyOf(ref), json(body))),
    replace: (ref, body, options) =>
      call(`PUT${options?.subresource ? ' status' : ''}`, ref.resource, ref.name, () =>
        engine.update({ ...keyOf(ref), ...options }, json({ ...identity(ref.resource), ...body })),
      ),
    mergePatch: (ref, patch, options) =>
      call(`PATCH${options?.subresource ? ' status' : ''}`, ref.resource, ref.name, () =>
        engine.patch({ ...keyOf(ref), ...options }, { type: 'merge', body: json(patch) }),
      ),
    delete: (ref, preconditions) =>
      call(
        'DELETE',
        ref.resource,
        ref.name,
        () => void engine.delete(keyOf(ref), { ...(preconditions && { preconditions }) }),
      ),
    watch: (query, signal) => watch(engine, collectionOf(query), query.resourceVersion, signal, clock, outside, isCut),
  };
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
  outside: Outside,
  isCut: () => boolean,
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
    while (!signal.aborted && !outside.isDead()) {
      const event = queue.shift();
      if (event) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    cancel();
    cancelTimer();
  }
}
