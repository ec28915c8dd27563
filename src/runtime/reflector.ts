import { CallError, retryAfterMs } from '../http/call-error.ts';
import { type BackoffLimits, backoffDelay } from './backoff.ts';
import { type Cache, type Change, createCache, type IndexFunction } from './cache.ts';
import { type Clock, sleep } from './clock.ts';
import type { Entropy } from './entropy.ts';
import { createInactivityGuard } from './inactivity-guard.ts';
import type { KubeApi, KubeObject, Selection, WatchEvent } from './kube/kube-api.ts';
import { isExpired, isNotServed } from './kube/kube-errors.ts';
import type { Log } from './log.ts';

/**
 * Why a watch had to be made anew: the server closed it as agreed (`Ended`), its version was gone (`Expired`), nothing came
 * for too long (`Inactive`), it or the list failed (`Failed`).
 */
export type RestartReason = 'Ended' | 'Expired' | 'Inactive' | 'Failed';

/** Bounds in time. */
export interface ReflectorLimits {
  readonly pageSize: number;
  /** Bookmarks come every minute; a watch that is silent for longer is taken for dead. */
  readonly inactivityMs: number;
  /** The cache is read anew when the last list is older than this at the end of a watch: not even a lost event is lost for ever. */
  readonly relistMs: number;
  /** A longer time that the API server names (Retry-After) is not waited for: a cache that stands still is no help to it. */
  readonly longestWaitMs: number;
  /** How long a reflector may stay without a sign of life before `healthy` is false. */
  readonly deadAfterMs: number;
  readonly backoff: BackoffLimits;
}

/** What a reflector needs. */
export interface ReflectorOptions<T extends KubeObject> {
  readonly kube: Pick<KubeApi, 'list' | 'watch'>;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly selection: Selection;
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  readonly limits?: Partial<ReflectorLimits>;
  /** For watch_restarts_total. */
  readonly onRestart?: (reason: RestartReason) => void;
}

/** A selection whose first list is not in the cache, or which the API server has refused to list since: then the cache is stale. */
export interface Obstacle {
  readonly selection: Selection;
  /** What the last try ended with, where there was one. */
  readonly error: CallError | undefined;
}

/** The API server begins to refuse a list to us (403, 404: see `isNotServed`), or serves it after all. */
export type ServiceChange =
  | { readonly type: 'Refused'; readonly selection: Selection; readonly error: CallError }
  | { readonly type: 'Served'; readonly selection: Selection };

/** Keeps a cache of one selection in step with the API server, for ever. */
export interface Reflector<T> {
  readonly cache: Cache<T>;
  /** Resolves when the first list is in the cache; of several joined, when each is answered and one of them is there. */
  readonly synced: Promise<void>;
  /** Resolves when that is so, or the API server has answered that there is no such list for us. */
  readonly answered: Promise<void>;
  /** What is not listed yet, or not any more; empty while the cache is kept in step. */
  obstacles(): readonly Obstacle[];
  /** Calls `handler` at every such change from now on. */
  onService(handler: (change: ServiceChange) => void): void;
  /** Calls `handler` at every change from now on; it should do no more than enqueue. Returns how to stop it. */
  onChange(handler: (change: Change<T>) => void): () => void;
  /** Runs until `signal` aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether the last activity is recent enough; to be refused is one, since no restart would help. */
  healthy(): boolean;
}

const DEFAULT_LIMITS: ReflectorLimits = {
  pageSize: 500,
  inactivityMs: 3 * 60_000,
  relistMs: 60 * 60_000,
  longestWaitMs: 60_000,
  deadAfterMs: 15 * 60_000,
  backoff: { baseMs: 500, maxMs: 30_000 },
};
/** So many failed watches in a row, and the version may be one that this server never had (a restored etcd): list anew. */
const MAX_RESUMES = 3;
/** A watch that ends sooner and empty counts as failed, else a broken server would be asked without pause. */
const MIN_WATCH_MS = 1_000;

/** A reflector that stands still until `run`. */
export function createReflector<T extends KubeObject>(options: ReflectorOptions<T>): Reflector<T> {
  const { kube, clock, entropy, log, selection, onRestart = () => {} } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const cache = createCache<T>(options.indexes);
  const handlers = new Set<(change: Change<T>) => void>();
  const [synced, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const serviceHandlers = new Set<(change: ServiceChange) => void>();
  let isRefused = false;
  let obstacle: Obstacle | undefined = { selection, error: undefined };
  let lastActivity = clock.monotonic();

  function publish(changes: readonly Change<T>[]): void {
    for (const change of changes) for (const handler of handlers) callSafely(handler, change);
  }

  function callSafely(handler: (change: Change<T>) => void, change: Change<T>): void {
    try {
      handler(change);
    } catch (err) {
      log.error({ err, resource: selection.resource.plural }, 'A change handler threw');
    }
  }

  /** Where the watch stands; undefined: list first. */
  let version: string | undefined;
  /** Monotonic time of the last list. */
  let listedAt = 0;
  let failures = 0;
  let pageSize: number | undefined = limits.pageSize;

  function alive(): void {
    lastActivity = clock.monotonic();
  }

  async function listAll(): Promise<void> {
    const items: T[] = [];
    let next: string | undefined;
    let listed: string | undefined;
    do {
      const page = await kube.list<T>({ ...selection, kept: true, limit: pageSize, continue: next });
      alive();
      items.push(...page.items);
      next = page.continue;
      listed = page.resourceVersion;
    } while (next);
    publish(cache.replaceAll(items));
    version = listed;
    listedAt = clock.monotonic();
    pageSize = limits.pageSize;
    obstacle = undefined;
    synced.resolve();
    answered.resolve();
    if (isRefused) publishService({ type: 'Served', selection });
  }

  function publishService(change: ServiceChange): void {
    isRefused = change.type === 'Refused';
    for (const handler of serviceHandlers) handler(change);
  }

  function apply(event: WatchEvent<T>): void {
    alive();
    failures = 0;
    if (event.type === 'BOOKMARK') {
      version = event.resourceVersion || version;
      return;
    }
    version = event.object.metadata.resourceVersion ?? version;
    publish(event.type === 'DELETED' ? cache.remove(event.object) : cache.put(event.object));
  }

  /** Follows the changes after `from` until the stream ends; resolves with why it did. */
  async function follow(from: string, signal: AbortSignal): Promise<RestartReason> {
    const guard = createInactivityGuard(clock, limits.inactivityMs, signal);
    const startedAt = clock.monotonic();
    let events = 0;
    try {
      for await (const event of kube.watch<T>({ ...selection, resourceVersion: from }, guard.signal)) {
        if (guard.signal.aborted) break;
        guard.touch();
        apply(event);
        events += 1;
      }
    } finally {
      guard.end();
    }
    if (guard.expired()) return 'Inactive';
    if (events === 0 && clock.monotonic() - startedAt < MIN_WATCH_MS) return 'Failed';
    alive();
    return 'Ended';
  }

  async function step(signal: AbortSignal): Promise<void> {
    if (version === undefined) await listAll();
    if (version === undefined || signal.aborted) return;
    const reason = await follow(version, signal);
    if (signal.aborted) return;
    if (reason === 'Failed')
      throw new CallError('unavailable', 'WatchEndedAtOnce', 'The watch ended as soon as it began');
    onRestart(reason);
    failures = 0;
    // Silence may be a stream that lost events: look at everything again.
    if (reason === 'Inactive' || clock.monotonic() - listedAt >= limits.relistMs) version = undefined;
  }

  function recover(error: unknown): number {
    failures += 1;
    if (version === undefined) hinder(error);
    onRestart(isExpired(error) ? 'Expired' : 'Failed');
    // A snapshot that expires between two pages is read in one piece the next time.
    if (isExpired(error) && version === undefined) pageSize = undefined;
    const askedMs = retryAfterMs(error);
    // Who asks for patience is alive, says nothing against the version, and is the last one to be asked for everything again.
    if (askedMs > 0) alive();
    if (isExpired(error) || (failures >= MAX_RESUMES && askedMs === 0)) version = undefined;
    tell(error);
    return Math.max(Math.min(askedMs, limits.longestWaitMs), backoffDelay(limits.backoff, failures, entropy));
  }

  /** The list failed. */
  function hinder(error: unknown): void {
    const isTheirWord = isNotServed(error);
    if (obstacle || isTheirWord) obstacle = { selection, error: error instanceof CallError ? error : undefined };
    if (!isTheirWord) return;
    // It is alive, and to restart this process would not help.
    alive();
    answered.resolve();
    if (!isRefused) publishService({ type: 'Refused', selection, error });
  }

  function tell(error: unknown): void {
    const fields = { resource: selection.resource.plural, failures };
    if (!(error instanceof CallError)) log.error({ ...fields, err: error }, 'The watch failed unexpectedly');
    else if (isExpired(error) || (obstacle && failures > 1 && isNotServed(error))) log.debug(fields, error.message);
    else log.warn({ ...fields, reason: error.reason, status: error.status }, error.message);
  }

  return {
    cache,
    synced: synced.promise,
    answered: answered.promise,
    obstacles: () => (obstacle ? [obstacle] : []),
    onService: (handler) => void serviceHandlers.add(handler),
    onChange(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    async run(signal) {
      while (!signal.aborted) {
        try {
          await step(signal);
        } catch (error) {
          if (signal.aborted) return;
          await sleep(clock, recover(error), signal).catch(() => {});
        }
      }
    },
    healthy: () => clock.monotonic() - lastActivity < limits.deadAfterMs,
  };
}
