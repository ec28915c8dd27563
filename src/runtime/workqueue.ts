import { type BackoffLimits, backoffDelay } from './backoff.ts';
import type { Clock } from './clock.ts';
import { createDelayedKeys } from './delayed-keys.ts';
import type { Entropy } from './entropy.ts';
import { createReadyKeys } from './ready-keys.ts';

/** What a queue needs, and its bounds. */
export interface WorkqueueOptions {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Works on one key, never twice at a time on the same one. A rejection counts as a failure: the key is retried. */
  readonly process: (key: string) => Promise<void>;
  /**
   * How many keys are worked on at a time. Work that has taken STALLED_AFTER_MS does not count, up to as many again: most likely something hangs
   * there, and whatever it is, the others have room then; what is under way stays bounded.
   */
  readonly concurrency: number;
  /** How many keys of one group may be under way, stalled ones among them, so that a group whose work hangs leaves the others room; default any. */
  readonly maxPerGroup?: number | undefined;
  /** How many of one namespace, likewise; default any. */
  readonly maxPerNamespace?: number | undefined;
  /** Namespaces take turns. */
  readonly namespaceOf?: (key: string) => string;
  /** The group that a key stands in line with, asked when it is added; the groups of a namespace take turns. */
  readonly groupOf?: ((key: string) => string) | undefined;
  readonly backoff?: BackoffLimits | undefined;
}

/** How soon after a failure. */
export interface RetryOptions {
  /** The retry is not before this: what the other side asked for. */
  readonly atLeastMs?: number;
  /** How long changes are held back, at most until the retry: a failure's own traces must not cause the next try. */
  readonly holdMs?: number;
}

/** Keys that wait to be worked on. Equal keys are one; a key added while it is worked on comes again afterwards. */
export interface Workqueue {
  add(key: string): void;
  /** Adds later. Of several delays of one key the earliest wins; starting to work on a key takes its delay back. */
  addAfter(key: string, delayMs: number): void;
  /** Adds later, after more time with every failure since `forget`. */
  retry(key: string, options?: RetryOptions): void;
  /** Clears the failures of a key that succeeded. */
  forget(key: string): void;
  /** Keys ready to be worked on; neither delayed nor running ones. */
  depth(): number;
  /** Failures of this key since `forget`. */
  failures(key: string): number;
  start(): void;
  /** Begins no more work until `start`, and goes on collecting keys; what is running goes on. */
  pause(): void;
  /** Takes no more work; resolves when what is running has ended. */
  stop(): Promise<void>;
}

/** Much longer than most work takes where its calls are answered, much shorter than a call may take. */
export const STALLED_AFTER_MS = 1_000;

const DEFAULT_BACKOFF: BackoffLimits = { baseMs: 500, maxMs: 5 * 60_000 };

/** A queue that collects keys and works on none until `start`. */
export function createWorkqueue({
  clock,
  entropy,
  process,
  concurrency,
  maxPerGroup = Number.POSITIVE_INFINITY,
  maxPerNamespace = Number.POSITIVE_INFINITY,
  namespaceOf = () => '',
  groupOf = () => '',
  backoff = DEFAULT_BACKOFF,
}: WorkqueueOptions): Workqueue {
  const keys = createReadyKeys({ namespaceOf, groupOf, maxPerNamespace, maxPerGroup });
  const again = new Set<string>();
  const stalled = new Set<string>();
  const failed = new Map<string, number>();
  /** Monotonic times: what failed is not tried again before, whatever changes meanwhile. */
  const notBefore = new Map<string, number>();
  const drained = Promise.withResolvers<void>();
  const delayed = createDelayedKeys(clock, add);
  let state: 'Idle' | 'Started' | 'Stopped' = 'Idle';

  function add(key: string): void {
    if (state === 'Stopped') return;
    if (keys.isRunning(key)) {
      again.add(key);
      return;
    }
    const rest = (notBefore.get(key) ?? 0) - clock.monotonic();
    if (rest > 0) {
      delayed.set(key, rest);
      return;
    }
    keys.add(key);
    pump();
  }

  function pump(): void {
    while (state === 'Started' && keys.running() - Math.min(stalled.size, concurrency) < concurrency) {
      const next = keys.take();
      if (next === undefined) return;
      void work(next);
    }
  }

  async function work(key: string): Promise<void> {
    delayed.cancel(key);
    const cancelStall = clock.schedule(STALLED_AFTER_MS, () => {
      stalled.add(key);
      pump();
    });
    try {
      await process(key);
    } catch {
      retry(key);
    } finally {
      cancelStall();
      stalled.delete(key);
      keys.end(key);
      if (again.delete(key)) add(key);
      pump();
      if (state === 'Stopped' && keys.running() === 0) drained.resolve();
    }
  }

  function retry(key: string, { atLeastMs = 0, holdMs = 0 }: RetryOptions = {}): void {
    const failures = (failed.get(key) ?? 0) + 1;
    failed.set(key, failures);
    const delay = Math.max(atLeastMs, backoffDelay(backoff, failures, entropy));
    notBefore.set(key, clock.monotonic() + Math.min(holdMs, delay));
    if (state !== 'Stopped') delayed.set(key, delay);
  }

  function forget(key: string): void {
    failed.delete(key);
    notBefore.delete(key);
  }

  return {
    add,
    addAfter(key, delayMs) {
      if (state === 'Stopped') return;
      if (delayMs <= 0) add(key);
      else delayed.set(key, delayMs);
    },
    retry,
    forget,
    failures: (key) => failed.get(key) ?? 0,
    depth: keys.waiting,
    start() {
      if (state === 'Idle') state = 'Started';
      pump();
    },
    pause() {
      if (state === 'Started') state = 'Idle';
    },
    stop() {
      state = 'Stopped';
      keys.clear();
      delayed.clear();
      if (keys.running() === 0) drained.resolve();
      return drained.promise;
    },
  };
}
