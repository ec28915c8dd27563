import type { CallError } from '../../../src/http/call-error.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import { type Call, type CallFault, errorOf, type Peer, unanswered, unreachable } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

/** 2030-01-01T00:00:00Z: a start that nobody takes for the real one. */
export const EPOCH = Date.UTC(2030, 0, 1);
const DAY_MS = 86_400_000;
const TIMEOUT_MS = 10_000;
const PAUSE_MS = 120_000;
const PARTED_MS = 180_000;
const LATE_MS: Partial<Record<CallFault, number>> = { 'late-1m': 60_000, 'late-5m': 300_000 };

/** What a call came to where it was carried out. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** What a process needs of the world that it lives in. */
export interface ProcessDeps {
  readonly scheduler: Scheduler;
  /** Milliseconds that a message is under way; drawn from the schedule's seed. */
  readonly latency: () => number;
  /** Told of every call as it is decided, before anything can keep it from leaving. */
  readonly begin: (call: Call, process: Process) => void;
  /** Asked once for every call, in the order in which calls are made: what goes wrong with it. */
  readonly faultOf: (call: Call, process: Process) => CallFault | undefined;
  /** Carries a call out and keeps it in the ledger; `stale`: as things were before the last write. */
  readonly execute: <T>(call: Call, process: Process, run: (stale: boolean) => T, stale: boolean) => Outcome<T>;
  /** Told when a process hears that a call of it was refused. */
  readonly onRefusal: (error: CallError, call: Call, process: Process) => void;
  readonly onDeath: (process: Process) => void;
  /** Whether nobody reaches this peer now. */
  readonly isDown: (peer: Peer) => boolean;
}

/** One operator process: its own clock, its own view of the network, mortal. What it calls after its death never answers. */
export interface Process {
  readonly name: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  isDead(): boolean;
  call<T>(call: Call, run: (stale: boolean) => T): Promise<T>;
  /** Runs something in this process, `delayMs` from now, once it is awake; never after its death. */
  deliver(delayMs: number, run: () => void): void;
  /** Whether its requests arrive there. */
  reaches(peer: Peer): boolean;
  /** Whether events of its watches arrive. */
  followsWatches(): boolean;
  /** Virtual time at which its pause and its partitions are over, and its late requests have arrived. */
  troubledUntil(): number;
  die(): void;
}

export function createProcess(name: string, deps: ProcessDeps): Process {
  const { scheduler, latency, begin, faultOf, execute, onRefusal, onDeath, isDown } = deps;
  const abort = new AbortController();
  /** When each partition is over, by the name of its fault and the peer. */
  const partedUntil = new Map<string, number>();
  let pausedUntil = 0;
  let lateUntil = 0;
  let wallOffset = 0;
  /** Local time runs at this rate since `rateSince`. */
  let [rate, rateSince, localSince] = [1, 0, 0];

  const monotonic = () => localSince + (scheduler.now - rateSince) * rate;

  /** Runs at the due time, or when a pause is over, but never once the process is dead. */
  function wake(run: () => void): void {
    if (abort.signal.aborted) return;
    const rest = pausedUntil - scheduler.now;
    if (rest > 0) scheduler.after(rest, () => wake(run));
    else run();
  }

  function die(): void {
    if (abort.signal.aborted) return;
    abort.abort();
    onDeath(process);
  }

  /** Faults of the process rather than of the call, which itself goes through. */
  function suffer(fault: CallFault | undefined, { peer }: Call): void {
    if (fault === 'pause') pausedUntil = scheduler.now + PAUSE_MS;
    if (fault === 'cut' || fault === 'deaf') partedUntil.set(`${fault} ${peer}`, scheduler.now + PARTED_MS);
    // A process watches Kubernetes alone.
    if (fault === 'mute-watch') partedUntil.set('mute-watch kube', scheduler.now + PARTED_MS);
    if (fault === 'clock-ahead') wallOffset += DAY_MS;
    if (fault === 'clock-behind') wallOffset -= DAY_MS;
    if (fault === 'clock-double') [localSince, rateSince, rate] = [monotonic(), scheduler.now, 2];
  }

  const isParted = (fault: CallFault, peer: Peer) => (partedUntil.get(`${fault} ${peer}`) ?? 0) > scheduler.now;

  /** The way there: what keeps a request from being carried out; undefined where it arrives. */
  function refusalOf(fault: CallFault | undefined, call: Call): CallError | undefined {
    if (!process.reaches(call.peer)) return unreachable(call);
    return fault && REFUSALS.has(fault) ? errorOf(fault, call) : undefined;
  }

  /** The way back: whether nothing comes before the time-out. */
  function isUnheard(fault: CallFault | undefined, { peer }: Call): boolean {
    return process.reaches(peer) && (isParted('deaf', peer) || (fault !== undefined && SILENT.has(fault)));
  }

  function send<T>(call: Call, run: (stale: boolean) => T, { resolve, reject }: Caller<T>): void {
    const fault = faultOf(call, process);
    suffer(fault, call);
    if (fault === 'crash-before') die();
    const refusal = refusalOf(fault, call);
    const late = fault && LATE_MS[fault];
    if (late) lateUntil = Math.max(lateUntil, scheduler.now + late);
    const unheard = isUnheard(fault, call);
    const answer = (give: () => void) => unheard || process.deliver(latency(), give);
    if (unheard) process.deliver(TIMEOUT_MS, () => reject(unanswered(call)));
    const refuse = (error: CallError) => {
      onRefusal(error, call, process);
      reject(error);
    };
    if (refusal) answer(() => refuse(refusal));
    if (refusal || fault === 'crash-before' || fault === 'lost-request') return;
    scheduler.after(late ?? latency(), () => {
      const outcome = execute(call, process, run, fault === 'stale');
      if (fault === 'crash-after') die();
      answer(() => {
        if (fault?.endsWith('-done')) refuse(errorOf(fault, call));
        else if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.value);
      });
    });
  }

  const process: Process = {
    name,
    signal: abort.signal,
    clock: {
      now: () => EPOCH + scheduler.now + wallOffset,
      monotonic,
      schedule: (delayMs, callback) => {
        let cancelled = false;
        const cancel = scheduler.after(delayMs / rate, () => wake(() => !cancelled && callback()));
        return () => {
          cancelled = true;
          cancel();
        };
      },
    },
    isDead: () => abort.signal.aborted,
    call(call, run) {
      if (!abort.signal.aborted) begin(call, process);
      // What others make it do while it stands still leaves it afterwards. Never resolved once the process is dead: as if the caller
      // did not exist any more.
      return new Promise((resolve, reject) => wake(() => send(call, run, { resolve, reject })));
    },
    deliver: (delayMs, run) => void scheduler.after(delayMs, () => wake(run)),
    reaches: (peer) => !isDown(peer) && !isParted('cut', peer),
    followsWatches: () => process.reaches('kube') && !isParted('deaf', 'kube') && !isParted('mute-watch', 'kube'),
    troubledUntil: () => Math.max(pausedUntil, lateUntil, ...partedUntil.values()),
    die,
  };
  return process;
}

interface Caller<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** No answer comes before the time-out. */
const SILENT: ReadonlySet<CallFault> = new Set(['lost-request', 'lost-answer', 'late-1m', 'late-5m']);
/** Answers that say no. */
const REFUSALS: ReadonlySet<CallFault> = new Set(['403', '409', '429', '500', '503']);
