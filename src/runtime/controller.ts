import { CallError, NotBegunError, retryAfterMs } from '../http/call-error.ts';
import type { BackoffLimits } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Entropy } from './entropy.ts';
import { childOf, type Log } from './log.ts';
import { splitKey } from './object-key.ts';
import { createWorkqueue } from './workqueue.ts';

/** When to look again although nothing changes; undefined: only when something does. */
export interface ReconcileResult {
  readonly requeueAfterMs?: number | undefined;
}

/**
 * Brings one object closer to what its spec says. Gets a key, never an event, and is called again and again until nothing
 * is left to do. What it throws is logged and tried again with backoff. `log` carries controller, namespace and name.
 */
export type Reconcile = (key: string, log: Log) => Promise<ReconcileResult>;

/** How a reconcile ended: `conflict` when a compare-and-set lost, which is no failure. */
export type ReconcileOutcome = 'done' | 'waiting' | 'conflict' | 'error';

/** What a controller needs. */
export interface ControllerOptions {
  /** Lower case, for logs and metrics: `rotation`. */
  readonly name: string;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly reconcile: Reconcile;
  /** How many objects are worked on at a time, without those that have hung for long; default 8. */
  readonly concurrency?: number;
  /** How many of one namespace may be under way; default any. */
  readonly maxPerNamespace?: number | undefined;
  /** What an object's work depends on most, its issuer: groups take turns, and one that hangs leaves the others half of the concurrency. */
  readonly groupOf?: ((key: string) => string) | undefined;
  readonly backoff?: BackoffLimits;
  /** For reconcile_total and reconcile_duration_seconds. */
  readonly onReconciled?: (controller: string, outcome: ReconcileOutcome, seconds: number) => void;
}

/** Keys in, reconciles out. */
export interface Controller {
  readonly name: string;
  enqueue(key: string): void;
  enqueueAfter(key: string, delayMs: number): void;
  /** Keys that wait for a free worker. */
  depth(): number;
  start(): void;
  /** Starts no more reconciles until `start`; keys are collected, and the running ones end. */
  pause(): void;
  /** Starts no more reconciles; resolves when the running ones have ended. */
  stop(): Promise<void>;
}

const DEFAULT_CONCURRENCY = 8;
/** What failed is not tried again at once because its own status write is a change; a person's correction is soon seen. */
const HOLD_AFTER_FAILURE_MS = 10_000;

/** A controller that collects keys and reconciles none until `start`. */
export function createController(options: ControllerOptions): Controller {
  const { name, clock, entropy, reconcile, groupOf, maxPerNamespace, backoff } = options;
  const { concurrency = DEFAULT_CONCURRENCY, onReconciled = () => {} } = options;
  const queue = createWorkqueue({
    clock,
    entropy,
    process,
    concurrency,
    maxPerGroup: groupOf && Math.ceil(concurrency / 2),
    maxPerNamespace,
    namespaceOf: (key) => splitKey(key).namespace ?? '',
    groupOf,
    backoff,
  });

  async function process(key: string): Promise<void> {
    const log = childOf(options.log, { controller: name, ...splitKey(key) });
    const startedAt = clock.monotonic();
    const outcome = await attempt(key, log);
    onReconciled(name, outcome, (clock.monotonic() - startedAt) / 1_000);
  }

  async function attempt(key: string, log: Log): Promise<ReconcileOutcome> {
    try {
      const { requeueAfterMs } = await reconcile(key, log);
      queue.forget(key);
      if (requeueAfterMs === undefined) return 'done';
      queue.addAfter(key, requeueAfterMs);
      return 'waiting';
    } catch (error) {
      return fail(key, error, log);
    }
  }

  function fail(key: string, error: unknown, log: Log): ReconcileOutcome {
    const lostRace = error instanceof CallError && error.outcome === 'conflict';
    // After a lost compare-and-set the next event brings the newer object: nothing to hold back.
    queue.retry(key, { atLeastMs: retryAfterMs(error), holdMs: lostRace ? 0 : HOLD_AFTER_FAILURE_MS });
    if (lostRace) {
      log.debug({ reason: error.reason }, error.message);
      return 'conflict';
    }
    logFailure(log, error, queue.failures(key));
    return 'error';
  }

  return {
    name,
    enqueue: queue.add,
    enqueueAfter: queue.addAfter,
    depth: queue.depth,
    start: queue.start,
    pause: queue.pause,
    stop: queue.stop,
  };
}

/**
 * A call that failed is told in one line; anything else is a defect of ours and comes with its stack. That the other side wants to be left
 * alone is told by the one that heard it, and not by each of the thousand that wait for the same.
 */
function logFailure(log: Log, error: unknown, failures: number): void {
  if (error instanceof CallError) {
    const { outcome, reason, status } = error;
    const isEcho = error instanceof NotBegunError && error.retryAfterSeconds !== undefined;
    log[isEcho ? 'debug' : 'warn']({ outcome, reason, status, failures }, error.message);
  } else {
    log.error({ err: error, failures }, 'The reconcile failed unexpectedly; this is a defect of the operator');
  }
}
