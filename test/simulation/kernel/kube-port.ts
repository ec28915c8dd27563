import { StatusError } from '../../../sandbox/kube/engine/status.ts';
import type { KubeApi, KubeObject, Resource, Selection, WatchEvent } from '../../../src/runtime/kube/kube-api.ts';
import type { ServerTime } from '../../../src/runtime/kube/server-time.ts';
import { statusError } from '../../../src/runtime/kube/status-error.ts';
import { callOf } from './faults.ts';
import type { Change, KubeStorage } from './kube-storage.ts';
import { EPOCH, type Process } from './process.ts';
import type { Scheduler } from './scheduler.ts';

/** What happens to an event of a watch on its way. */
export type EventFate = 'Arrives' | 'Lost' | 'Late' | 'Merged';

/** How a process reaches the storage. */
export interface KubePortDeps {
  readonly storage: KubeStorage;
  readonly process: Process;
  readonly serverTime: ServerTime;
  readonly scheduler: Scheduler;
  readonly latency: () => number;
  /** Asked once for every event of every watch, in the order in which they are sent. */
  readonly fateOf: (change: Change, process: Process) => EventFate;
}

const BOOKMARK_EVERY_MS = 60_000;
/** The API server closes watches after five to ten minutes. */
const WATCH_ENDS_AFTER_MS = 420_000;
const LATE_MS = 20_000;
/** The resolution of a Date header. */
const SECOND_MS = 1_000;

/** The storage as a KubeApi of one process: answers arrive with latency, and with what faults make of them. */
export function createKubePort(deps: KubePortDeps): KubeApi {
  const { storage, process, serverTime, scheduler } = deps;
  function call<T>(method: string, { plural, kind }: Resource, name: string, run: () => unknown): Promise<T> {
    const sentAt = process.clock.monotonic();
    let date = 0;
    const answer = process.call(callOf(`kube ${method} ${plural}`, name), () => {
      date = EPOCH + scheduler.now;
      try {
        return run() as T;
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        throw statusError({ method, what: `${kind} ${name}`, quotable: true }, error.code, error.status);
      }
    });
    return answer.then((value) => {
      const header = new Date(Math.floor(date / SECOND_MS) * SECOND_MS).toUTCString();
      serverTime.observe(header, sentAt);
      return value;
    });
  }
  const part = (options: { subresource?: 'status' | undefined } = {}) => options.subresource ?? 'object';
  const verb = (method: string, options?: { subresource?: 'status' | undefined }) =>
    options?.subresource ? `${method} status` : method;

  return {
    get: (ref) => call('GET', ref.resource, ref.name, () => storage.find(ref)),
    list: (query) =>
      call('LIST', query.resource, '', () => ({
        items: storage.list(query),
        resourceVersion: String(storage.version),
      })),
    create: (resource, namespace, body) =>
      call('CREATE', resource, nameOf(body), () =>
        resource.kind === 'SelfSubjectAccessReview'
          ? { ...body, status: { allowed: true } }
          : storage.create(resource, namespace, body),
      ),
    createSubresource: () => Promise.reject(new Error('no subresource is created in this world')),
    replace: (ref, body, options) =>
      call(verb('PUT', options), ref.resource, ref.name, () => storage.replace(ref, body, part(options))),
    mergePatch: (ref, patch, options) =>
      call(verb('PATCH', options), ref.resource, ref.name, () => storage.mergePatch(ref, patch, part(options))),
    delete: (ref, preconditions) => call('DELETE', ref.resource, ref.name, () => storage.delete(ref, preconditions)),
    watch: (query, signal) => watch(deps, query, query.resourceVersion, signal),
  };
}

/**
 * One watch. Not within the port: the engine keeps what a generator that is made anew closes over until it next looks at everything,
 * which would be a whole world.
 */
async function* watch<T extends KubeObject>(
  { storage, process, scheduler, latency, fateOf }: KubePortDeps,
  selection: Selection,
  from: string,
  signal: AbortSignal,
): AsyncIterable<WatchEvent<T>> {
  if (!process.reaches('kube')) throw statusError({ method: 'GET', what: 'watch', quotable: true }, 503, undefined);
  const queue: WatchEvent<T>[] = [];
  let wake = () => {};
  let ended = false;
  /** When the last event arrives: a stream keeps its order. */
  let arrival = 0;

  function arrive(afterMs: number, event: WatchEvent<T>): void {
    arrival = Math.max(arrival, scheduler.now + afterMs);
    process.deliver(arrival - scheduler.now, () => {
      queue.push(event);
      wake();
    });
  }
  function offer(change: Change): void {
    const event = eventOf<T>(change, selection);
    if (!event || isMute()) return;
    const key = keyOf(change);
    held.get(key)?.();
    held.delete(key);
    const fate = fateOf(change, process);
    if (fate === 'Lost') return;
    if (fate === 'Merged')
      held.set(
        key,
        scheduler.after(LATE_MS, () => arrive(0, event)),
      );
    else arrive(fate === 'Late' ? LATE_MS : latency(), event);
  }
  /** What was said while nothing came through is lost: the stream is silent until the client gives it up. */
  function isMute(): boolean {
    mute ||= !process.followsWatches();
    return mute;
  }
  let mute = false;
  /** Changes that are told with the next one of their object, by its name; or alone, after a while. */
  const held = new Map<string, () => void>();
  const started = scheduler.now;
  const missed = expiredAs(() => storage.since(Number(from)));
  const stop = storage.follow(offer);
  const ignoreEnd = storage.whenRewound(() => {
    stop();
    ended ||= !isMute();
    wake();
  });
  for (const change of missed) offer(change);
  let cancelMark = () => {};
  const mark = () => {
    cancelMark = process.clock.schedule(BOOKMARK_EVERY_MS, mark);
    // Of a stream that is silent not even the end is heard.
    if (isMute()) return;
    if (scheduler.now - started >= WATCH_ENDS_AFTER_MS) ended = true;
    else arrive(latency(), { type: 'BOOKMARK', resourceVersion: String(storage.version) });
    wake();
  };
  cancelMark = process.clock.schedule(BOOKMARK_EVERY_MS, mark);
  signal.addEventListener('abort', () => wake());
  try {
    while (!signal.aborted && !process.isDead()) {
      const event = queue.shift();
      if (event) yield event;
      else if (ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
    ignoreEnd();
    cancelMark();
  }
}

function eventOf<T extends KubeObject>(change: Change, { resource, namespace }: Selection): WatchEvent<T> | undefined {
  const object = change.after ?? change.before;
  if (!object || change.resource.plural !== resource.plural) return undefined;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return undefined;
  const shown = object as unknown as T;
  if (change.after) return { type: change.before ? 'MODIFIED' : 'ADDED', object: shown };
  const metadata = { ...shown.metadata, resourceVersion: String(change.version) };
  return { type: 'DELETED', object: { ...shown, metadata } };
}

function expiredAs<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw statusError({ method: 'GET', what: 'watch', quotable: true }, error.code, error.status);
  }
}

function keyOf({ after, before }: Change): string {
  const { namespace, name } = (after ?? before)?.metadata ?? {};
  return `${namespace}/${name}`;
}

function nameOf(body: object): string {
  return 'metadata' in body ? ((body.metadata as { name?: string }).name ?? '') : '';
}
