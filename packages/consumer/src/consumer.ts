import { createCalls } from './calls.ts';
import { type ConsumerClock, pause, systemClock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { ConsumerError, kindOf } from './errors.ts';
import { type KeyLoader, type LoadedKey, type LoadFunction, normalize } from './loader.ts';
import { createReportClient, type ReportAnswer, type ReportTarget } from './report-client.ts';
import { createReporter, type Reporter } from './reporter.ts';

/** Where to report, and how often. */
export interface ReportOptions extends ReportTarget {
  /** Between reports when nothing changes; default 300000. */
  readonly intervalMs?: number;
  /** How long calls with the old key are waited for before the new one is reported; default 60000. */
  readonly settleTimeoutMs?: number;
  /** Called with each answer of the operator. */
  readonly onAnswer?: (answer: ReportAnswer) => void;
}

/** What a consumer is made of. */
export interface ConsumerOptions {
  /** `fromFile(…)`, `fromVault(…)`, or a function that reads the key. */
  readonly load: KeyLoader | LoadFunction;
  /** Left out: the key is kept fresh and nobody is told. */
  readonly report?: ReportOptions;
  /** How often to look for a new key; default 10000. Files are watched besides. */
  readonly pollIntervalMs?: number;
  /** Told of every failure in the background; the work goes on regardless. */
  readonly onError?: (error: ConsumerError) => void;
  /** For tests. */
  readonly clock?: ConsumerClock;
}

/** Keeps a rotating key for one consumer. */
export interface Consumer {
  /** The present key; waits for the first one, and rejects with ConsumerError where it cannot be loaded. */
  key(): Promise<string>;
  /**
   * Runs a call with the present key. Where the API refuses the key (`fn` returns a Response with status 401 or throws
   * KeyRefused), loads the key anew and, when there is a newer one, calls `fn` once more with that.
   */
  use<T>(fn: (key: string) => T | Promise<T>): Promise<T>;
  /** Ends all background work. */
  close(): Promise<void>;
}

/** Changes of a file come in flocks. */
const WATCH_DEBOUNCE_MS = 100;
const FIRST_KEY_POLL_MS = 1_000;
const LOAD_TIMEOUT_MS = 10_000;

/** Loads the key, keeps it fresh, and reports which one is in use. Begins at once; nothing in the background ever throws. */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { report, pollIntervalMs = 10_000, clock = systemClock } = options;
  const loader = typeof options.load === 'function' ? { load: options.load } : options.load;
  const ending = new AbortController();
  const { signal } = ending;
  const calls = createCalls();
  let present: LoadedKey | undefined;
  let reporter: Reporter | undefined;

  const tell = (error: ConsumerError) => guard(() => options.onError?.(error));
  const loading = takingTurns(async () => {
    const loaded = await load(loader.load, signal);
    if (present && isSame(present, loaded)) return;
    present = loaded;
    reporter?.trigger();
  });
  /** Loads; a failure is told, and the key in use stays. */
  const refresh = () => loading.fresh().catch((error) => (signal.aborted ? undefined : tell(error)));

  async function ready(): Promise<string> {
    if (signal.aborted) throw new ConsumerError('Closed', 'The consumer is closed: create a new one');
    if (!present) await loading.join();
    if (!present) throw new ConsumerError('NoKey', 'There is no key');
    return present.key;
  }
  async function poll(): Promise<void> {
    while (!signal.aborted) {
      await refresh();
      const ms = present ? pollIntervalMs : Math.min(pollIntervalMs, FIRST_KEY_POLL_MS);
      await pause(clock, ms * (0.9 + 0.2 * clock.random()), signal);
    }
  }
  if (report) {
    reporter = createReporter({
      report: createReportClient(report),
      present: () => present,
      settled: calls.others,
      settleTimeoutMs: report.settleTimeoutMs ?? 60_000,
      intervalMs: report.intervalMs ?? 300_000,
      clock,
      signal,
      onAnswer: (answer) => {
        guard(() => report.onAnswer?.(answer));
        if (answer.state === 'Superseded') void refresh();
      },
      onError: tell,
    });
  }
  const stopWatching = guard(() => loader.watch?.(debounced(clock, signal, () => void refresh())));
  const polling = poll();

  return {
    key: ready,
    async use(fn) {
      const first = await ready();
      const outcome = await calls.run(first, fn);
      if (!outcome.refused) return outcome.value;
      await refresh();
      const second = present?.key ?? first;
      if (second === first || signal.aborted) return outcome.settle();
      await outcome.discard().catch(() => undefined);
      const retried = await calls.run(second, fn);
      return retried.refused ? retried.settle() : retried.value;
    },
    async close() {
      ending.abort();
      guard(() => stopWatching?.());
      await Promise.all([polling, reporter?.ended]);
    },
  };
}

async function load(read: LoadFunction, signal: AbortSignal): Promise<LoadedKey> {
  try {
    return normalize(
      await withDeadline(signal, LOAD_TIMEOUT_MS, (deadline) => unlessAborted(read(deadline), deadline)),
    );
  } catch (error) {
    if (error instanceof ConsumerError) throw error;
    throw new ConsumerError('LoadFailed', `The load function failed (${kindOf(error)}): see cause`, { cause: error });
  }
}

/** A load that does not end must not hold up those after it. */
function unlessAborted<T>(promise: T | Promise<T>, deadline: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (deadline.aborted) reject(deadline.reason);
    deadline.addEventListener('abort', () => reject(deadline.reason), { once: true });
    Promise.resolve(promise).then(resolve, reject);
  });
}

/** Something that runs one at a time. */
interface Turns {
  /** The run that is under way, or a new one. */
  join(): Promise<void>;
  /** A run that begins after this call, shared with all who ask before it does. */
  fresh(): Promise<void>;
}

function takingTurns(run: () => Promise<void>): Turns {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function enqueue(): Promise<void> {
    const turn: Promise<void> = last
      .then(() => {
        next = undefined;
        current = turn;
        return run();
      })
      .finally(() => {
        current = undefined;
      });
    last = turn.catch(() => undefined);
    return turn;
  }
  const fresh = () => {
    next ??= enqueue();
    return next;
  };
  return { join: () => current ?? fresh(), fresh };
}

function debounced(clock: ConsumerClock, signal: AbortSignal, run: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    void pause(clock, WATCH_DEBOUNCE_MS, signal).then(() => {
      waiting = false;
      if (!signal.aborted) run();
    });
  };
}

function isSame(a: LoadedKey, b: LoadedKey): boolean {
  return a.key === b.key && a.rotationUID === b.rotationUID && a.revision === b.revision;
}

/** What callers hand in may throw; background work goes on. */
function guard<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
