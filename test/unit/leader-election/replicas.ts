import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import type { Json } from '../../../sandbox/kube/engine/json.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { createElector, type Elector } from '../../../src/runtime/leader-election/elector.ts';
import type { Lease, LeaseSpec } from '../../../src/runtime/leader-election/lease.ts';
import { TIMING } from '../../../src/runtime/leader-election/timing.ts';
import type { Log } from '../../../src/runtime/log.ts';
import { createMemoryKube } from '../../doubles/memory-kube.ts';
import { createOutsideCalls } from '../../doubles/outside-calls.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

/** What becomes of a call to the API server. */
export type Fault =
  /** Never carried out, never answered. */
  | 'LoseRequest'
  /** Carried out, never answered. */
  | 'LoseAnswer'
  /** Carried out when the caller has long given it up. */
  | 'Late'
  | 'Conflict'
  | 'ServerError'
  /** Carried out, and answered as if the server had failed. */
  | 'DoneServerError'
  /** Answered just before the time is over. */
  | 'Slow'
  | 'Denied';

export const FAULTS: Fault[] = [
  'LoseRequest',
  'LoseAnswer',
  'Late',
  'Conflict',
  'ServerError',
  'DoneServerError',
  'Slow',
  'Denied',
];

/** One replica's process: its own wall clock, its own way to the API server. */
export interface Replica {
  readonly elector: Elector;
  /** Begins and ends of its terms, in order, with the monotonic time. */
  readonly terms: { readonly at: number; readonly leads: boolean }[];
  readonly lines: string[];
  /** Calls so far, as `METHOD`. */
  readonly calls: string[];
  /** Told of each call (from 0 on): what becomes of it. */
  faultOf: (call: number) => Fault | undefined;
  /** Moves its wall clock. */
  jump(ms: number): void;
  freezeWallClock(): void;
  /** As SIGSTOP: no timer runs and no answer arrives until `resume`; monotonic time goes on. */
  pause(): void;
  resume(): void;
}

const LATENCY_MS = 40;
const LEASE = { namespace: 'operators', name: 'lease' };
const COLLECTION = { resource: 'leases.coordination.k8s.io', namespace: LEASE.namespace };

export interface Replicas {
  readonly clock: VirtualClock;
  replica(identity: string): Replica;
  lease(): LeaseSpec | undefined;
  deleteLease(): void;
  /** A person takes the holder out of it. */
  clearLease(): void;
  /** Lets time pass in small steps; throws when two lead at a time. */
  pass(ms: number): Promise<void>;
  leaders(): string[];
}

export function createReplicas(seed = 1): Replicas {
  const clock = new VirtualClock();
  const entropy = createSeededEntropy(seed);
  const engine = new KubeEngine({ now: () => clock.now(), ...entropy });
  const metadata = { name: LEASE.namespace };
  engine.create({ resource: 'namespaces' }, { apiVersion: 'v1', kind: 'Namespace', metadata });
  const all = new Map<string, Replica>();
  const stored = () => engine.list(COLLECTION).items[0] as (Lease & { spec: Json }) | undefined;
  const leaders = () => [...all].filter(([, { elector }]) => elector.holds()).map(([identity]) => identity);

  /** Two that lead at a time, if that ever was. */
  let both: string | undefined;
  function look(): void {
    if (leaders().length > 1) both ??= `${leaders().join(' and ')} lead at ${clock.monotonic()}`;
  }

  function replica(identity: string): Replica {
    const own = createOwnClock(clock);
    const lines: string[] = [];
    const calls: string[] = [];
    const outside = createOutsideCalls();
    const kube = createMemoryKube(engine, outside.process(), clock, createServerTime(clock));
    const wait = (ms: number) => new Promise<void>((resolve) => void own.schedule(ms, resolve));
    const never = new Promise<never>(() => {});

    async function send<T>(method: string, call: () => Promise<T>): Promise<T> {
      const fault = created.faultOf(calls.length);
      calls.push(method);
      await wait(LATENCY_MS);
      if (fault === 'LoseRequest') return never;
      if (fault === 'Late') clock.schedule(TIMING.callTimeout + 500, () => void call().catch(() => {}));
      if (fault === 'Late') return never;
      const refusal = fault && REFUSALS[fault];
      if (refusal && fault !== 'DoneServerError') throw refusal;
      const answer = await call();
      if (fault === 'LoseAnswer') return never;
      await wait(fault === 'Slow' ? TIMING.callTimeout - 2 * LATENCY_MS : LATENCY_MS);
      if (refusal) throw refusal;
      return answer;
    }

    const elector = createElector({
      kube: {
        get: (ref) => send('GET', () => kube.get(ref)),
        create: (resource, namespace, body) => send('POST', () => kube.create(resource, namespace, body)),
        replace: (ref, body, options) => send('PUT', () => kube.replace(ref, body, options)),
      },
      clock: own,
      entropy,
      log: recordingLog(lines),
      lease: LEASE,
      identity,
    });
    const terms: { at: number; leads: boolean }[] = [];
    elector.onChange((leads) => {
      terms.push({ at: clock.monotonic(), leads });
      look();
    });
    const { jump, freezeWallClock, pause, resume } = own;
    const created: Replica = {
      ...{ elector, terms, lines, calls, jump, freezeWallClock, pause, resume },
      faultOf: () => undefined,
    };
    all.set(identity, created);
    return created;
  }

  return {
    clock,
    replica,
    leaders,
    lease: () => stored()?.spec,
    deleteLease: () => void engine.delete({ ...COLLECTION, name: LEASE.name }),
    clearLease: () =>
      void engine.patch({ ...COLLECTION, name: LEASE.name }, { type: 'merge', body: { spec: { holderIdentity: '' } } }),
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        await clock.advance(Math.min(STEP_MS, ms));
        look();
        if (both) throw new Error(both);
      }
    },
  };
}

const STEP_MS = 200;

const REFUSALS: Partial<Record<Fault, CallError>> = {
  Conflict: new CallError('conflict', 'Conflict', 'PUT Lease: the object has been modified', { status: 409 }),
  ServerError: new CallError('unknown', 'InternalError', 'PUT Lease: the server failed', { status: 500 }),
  DoneServerError: new CallError('unknown', 'InternalError', 'PUT Lease: the server failed', { status: 500 }),
  Denied: new CallError('denied', 'Forbidden', 'PUT Lease: leases is forbidden', { status: 403 }),
};

function createOwnClock(base: Clock) {
  let offset = 0;
  let frozen: number | undefined;
  let held: (() => void)[] | undefined;
  return {
    now: () => frozen ?? base.now() + offset,
    monotonic: () => base.monotonic(),
    schedule(delayMs: number, callback: () => void) {
      let cancelled = false;
      const run = () => {
        if (!cancelled) callback();
      };
      const cancel = base.schedule(delayMs, () => {
        if (held) held.push(run);
        else run();
      });
      return () => {
        cancelled = true;
        cancel();
      };
    },
    jump(ms: number) {
      offset += ms;
    },
    freezeWallClock() {
      frozen = base.now();
    },
    pause() {
      held = [];
    },
    resume() {
      const due = held ?? [];
      held = undefined;
      for (const run of due) run();
    },
  };
}

function recordingLog(lines: string[]): Log {
  const write = (level: string) => (fields: object, message: string) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => recordingLog(lines),
  };
}
