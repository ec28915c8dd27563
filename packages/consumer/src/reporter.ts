import { type ConsumerClock, pause } from './clock.ts';
import { ConsumerError, kindOf } from './errors.ts';
import type { LoadedKey } from './loader.ts';
import { type ReportAnswer, ReportFailure } from './report-client.ts';

/** What the reporter works with. */
export interface ReporterDeps {
  readonly report: (loaded: LoadedKey, signal: AbortSignal) => Promise<ReportAnswer>;
  /** The key in use; undefined before the first one. */
  readonly present: () => LoadedKey | undefined;
  /** Resolves when no call uses another key any more. */
  readonly settled: (key: string) => Promise<void>;
  /** How long such calls are waited for; each was authorised when it began. */
  readonly settleTimeoutMs: number;
  /** Between reports when nothing changes. */
  readonly intervalMs: number;
  readonly clock: ConsumerClock;
  readonly signal: AbortSignal;
  readonly onAnswer: (answer: ReportAnswer) => void;
  readonly onError: (error: ConsumerError) => void;
}

/** Reports in the background until the signal aborts. */
export interface Reporter {
  /** Report now: there is a new key or revision. */
  readonly trigger: () => void;
  /** Resolves when the last report has ended. */
  readonly ended: Promise<void>;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
const MAX_RETRY_AFTER_MS = 300_000;
/** A key is in the store for a moment before the operator can know it: so many times that is no error. */
const PATIENCE_TRIES = 5;
const TOO_EARLY = 425;

/** Reports at start, at each trigger and at each interval; retries with jittered backoff. Never rejects. */
export function createReporter(deps: ReporterDeps): Reporter {
  const { report, present, clock, signal, intervalMs } = deps;
  let failures = 0;
  let triggered = false;
  let wake = () => {};

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      triggered = false;
      const waitMs = await once();
      if (!triggered) await sleep(waitMs);
    }
  }
  /** One report, and how long to wait after it. */
  async function once(): Promise<number> {
    const loaded = present();
    if (!loaded) return intervalMs;
    await either(deps.settled(loaded.key), deps.settleTimeoutMs);
    if (present() !== loaded || signal.aborted) return 0;
    try {
      deps.onAnswer(await report(loaded, signal));
      failures = 0;
      return jittered(intervalMs, 0.9, 1);
    } catch (error) {
      return retryAfter(error);
    }
  }
  function retryAfter(error: unknown): number {
    failures += 1;
    const failure = error instanceof ReportFailure ? error : undefined;
    const isEarly = failure?.status === TOO_EARLY && failures <= PATIENCE_TRIES;
    if (!isEarly && !signal.aborted) {
      deps.onError(failure?.shown ?? new ConsumerError('ReportFailed', `The report failed (${kindOf(error)})`));
    }
    const backoffMs = jittered(Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS), 0.5, 1);
    const { retryAfterMs } = failure ?? {};
    if (retryAfterMs === undefined) return backoffMs;
    const askedMs = jittered(Math.min(retryAfterMs, MAX_RETRY_AFTER_MS), 1, 1.2);
    // Whoever is told "too early" is alone with that; "too many" is told to many, who must not come back in step.
    return isEarly ? askedMs : Math.max(askedMs, backoffMs);
  }
  function jittered(ms: number, from: number, to: number): number {
    return ms * (from + (to - from) * clock.random());
  }
  function sleep(ms: number): Promise<void> {
    return either(new Promise((resolve) => (wake = resolve)), ms);
  }
  /** Resolves with the promise, after the time, or at the end. */
  async function either(promise: Promise<void>, ms: number): Promise<void> {
    const done = new AbortController();
    const stop = () => done.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    await Promise.race([promise, pause(clock, ms, done.signal)]);
    signal.removeEventListener('abort', stop);
    stop();
  }
  const trigger = () => {
    triggered = true;
    wake();
  };
  return { trigger, ended: loop() };
}
