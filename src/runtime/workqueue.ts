import { type BackoffLimits, backoffDelay } from './backoff.ts';
import type { Clock } from './clock.ts';
import { createDelayedKeys } from './delayed-keys.ts';
import type { Entropy } from './entropy.ts';

/** What a queue needs, and its bounds. */
export interface WorkqueueOptions {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Works on one key, never twice at a time on the same one. A rejection counts as a failure: the key is retried. */
  readonly process: (key: string) => Promise<void>;
  /** How many keys are worked on at a time. */
  readonly concurrency: number;
  /** How many of these may be of one group, so that a group whose work hangs leaves room for the others. */
  readonly maxPerGroup?: number;
  /** The group that a key stands in line with, asked when it is added; groups take turns. */
  readonly groupOf?: (key: string) => string;
  readonly backoff?: BackoffLimits;
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
  readonly depth: number;
  /** Failures of this key since `forget`. */
  failures(key: string): number;
  start(): void;
  /** Begins no more work until `start`, and goes on collecting keys; what is running goes on. */
  pause(): void;
  /** Takes no more work; resolves when what is running has ended. */
  stop(): Promise<void>;
}

const DEFAULT_BACKOFF: BackoffLimits = { baseMs: 500, maxMs: 5 * 60_000 };

/** A queue that collects keys and works on none until `start`. */
export function createWorkqueue({
  clock,
  entropy,
  process,
  concurrency,
  maxPerGroup = concurrency,
  groupOf = () => '',
  backoff = DEFAULT_BACKOFF,
}: WorkqueueOptions): Workqueue {
  /** group -> keys in the order of adding; the group whose turn it is stands first. */
  const ready = new Map<string, Set<string>>();
  /** key -> group. */
  const running = new Map<string, string>();
  const again = new Set<string>();
  const failed = new Map<string, number>();
  /** Monotonic times: what failed is not tried again before, whatever changes meanwhile. */
  const notBefore = new Map<string, number>();
  const drained = Promise.withResolvers<void>();
  const delayed = createDelayedKeys(clock, add);
  let state: 'Idle' | 'Started' | 'Stopped' = 'Idle';

  function add(key: string): void {
    if (state === 'Stopped') return;
    if (running.has(key)) {
      again.add(key);
      return;
    }
    const rest = (notBefore.get(key) ?? 0) - clock.monotonic();
    if (rest > 0) {
      delayed.set(key, rest);
      return;
    }
    if (isReady(key)) return;
    const group = groupOf(key);
    ready.set(group, (ready.get(group) ?? new Set()).add(key));
    pump();
  }

  /** A key whose group changed since it was added stands in the old line; it must not stand in both. */
  function isReady(key: string): boolean {
    for (const keys of ready.values()) if (keys.has(key)) return true;
    return false;
  }

  function pump(): void {
    while (state === 'Started' && running.size < concurrency) {
      const next = takeNext();
      if (!next) return;
      void work(next.key, next.group);
    }
  }

  function takeNext(): { readonly key: string; readonly group: string } | undefined {
    for (const [group, keys] of ready) {
      const [key] = keys;
      if (key === undefined || runningIn(group) >= maxPerGroup) continue;
      keys.delete(key);
      ready.delete(group);
      if (keys.size > 0) ready.set(group, keys);
      return { key, group };
    }
    return undefined;
  }

  function runningIn(group: string): number {
    return [...running.values()].filter((other) => other === group).length;
  }

  async function work(key: string, group: string): Promise<void> {
    running.set(key, group);
    delayed.cancel(key);
    try {
      await process(key);
    } catch {
      retry(key);
    } finally {
      running.delete(key);
      if (again.delete(key)) add(key);
      pump();
      if (state === 'Stopped' && running.size === 0) drained.resolve();
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
    get depth() {
      return [...ready.values()].reduce((count, keys) => count + keys.size, 0);
    },
    start() {
      if (state === 'Idle') state = 'Started';
      pump();
    },
    pause() {
      if (state === 'Started') state = 'Idle';
    },
    stop() {
      state = 'Stopped';
      ready.clear();
      delayed.clear();
      if (running.size === 0) drained.resolve();
      return drained.promise;
    },
  };
}
