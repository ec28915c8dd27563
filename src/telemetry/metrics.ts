import { Registry } from 'prom-client';
import type { Clock } from '../runtime/clock.ts';
import type { ReconcileOutcome } from '../runtime/controller.ts';
import type { RestartReason } from '../runtime/reflector.ts';
import { derivedText } from './derived-gauges.ts';
import { createMakers } from './metric-makers.ts';
import { ROTATION_GAUGES, type RotationSample } from './rotation-metrics.ts';

/** A call to an issuer or a store that ended. `code`: the HTTP status, or `ok`, or the CallError's reason. */
export interface CallSample {
  readonly op: string;
  readonly code: string;
  readonly seconds: number;
}

/** What the parts of the program report. No label ever holds a key id or a path. */
export interface Metrics {
  /** All but those of rotations. */
  readonly registry: Registry;
  /** All of them, for `/metrics`. */
  text(): Promise<string>;
  reconciled(controller: string, outcome: ReconcileOutcome, seconds: number): void;
  watchRestarted(reason: RestartReason): void;
  issuerCalled(call: CallSample): void;
  /** `store` is the kind and name of the store object. */
  storeCalled(store: string, call: CallSample): void;
  keyIssued(): void;
  keyRevoked(): void;
  phaseEnded(phase: string, seconds: number): void;
  /** Asked at every scrape. */
  observeQueues(controllers: () => Iterable<{ readonly name: string; depth(): number }>): void;
  /** Asked at every scrape: whether this replica is the one that works. */
  observeLeadership(leads: () => boolean): void;
  /** Asked at every scrape: plurals of the resources whose watch is dead. */
  observeDeadWatches(resources: () => Iterable<string>): void;
  /** Asked at every scrape, of the cache. */
  observeRotations(rotations: () => Iterable<RotationSample>): void;
}

const CALL_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** One second to four days: a migration may wait for people. */
const PHASE_BUCKETS = [1, 5, 15, 60, 300, 900, 3_600, 4 * 3_600, 24 * 3_600, 96 * 3_600];

/** The operator's metrics, all at zero, in a registry of their own. */
export function createMetrics(clock: Pick<Clock, 'now'>): Metrics {
  const registry = new Registry();
  const make = createMakers(registry);

  const reconciles = make.counter('reconcile_total', 'Reconciles that ended', ['controller', 'result']);
  const reconcileSeconds = make.histogram(
    'reconcile_duration_seconds',
    'Duration of reconciles',
    ['controller'],
    CALL_BUCKETS,
  );
  const restarts = make.counter('watch_restarts_total', 'Watches that were made anew', ['reason']);
  const issuerCalls = make.counter('issuer_requests_total', 'Calls to issuers', ['op', 'code']);
  const issuerSeconds = make.histogram(
    'issuer_request_duration_seconds',
    'Duration of calls to issuers',
    ['op'],
    CALL_BUCKETS,
  );
  const storeCalls = make.counter('store_requests_total', 'Calls to stores', ['store', 'op', 'code']);
  const storeSeconds = make.histogram(
    'store_request_duration_seconds',
    'Duration of calls to stores',
    ['op'],
    CALL_BUCKETS,
  );
  const issued = make.counter('keys_issued_total', 'Keys issued', []);
  const revoked = make.counter('keys_revoked_total', 'Keys revoked', []);
  const phases = make.histogram(
    'phase_duration_seconds',
    'Duration of the phases of rotations',
    ['phase'],
    PHASE_BUCKETS,
  );
  let rotationsOf: () => Iterable<RotationSample> = () => [];
  make.gauge('clock_time_seconds', 'The clock of this process', [], (gauge) => gauge.set(clock.now() / 1_000));

  return {
    registry,
    text: async () => `${await registry.metrics()}\n${derivedText(ROTATION_GAUGES, rotationsOf())}`,
    reconciled(controller, result, seconds) {
      reconciles.inc({ controller, result });
      reconcileSeconds.observe({ controller }, seconds);
    },
    watchRestarted: (reason) => restarts.inc({ reason }),
    issuerCalled({ op, code, seconds }) {
      issuerCalls.inc({ op, code });
      issuerSeconds.observe({ op }, seconds);
    },
    storeCalled(store, { op, code, seconds }) {
      storeCalls.inc({ store, op, code });
      storeSeconds.observe({ op }, seconds);
    },
    keyIssued: () => issued.inc(),
    keyRevoked: () => revoked.inc(),
    phaseEnded: (phase, seconds) => phases.observe({ phase }, seconds),
    observeQueues(controllers) {
      make.gauge('workqueue_depth', 'Keys that wait for a worker', ['controller'], (gauge) => {
        for (const { name, depth } of controllers()) gauge.set({ controller: name }, depth());
      });
    },
    observeLeadership(leads) {
      make.gauge('leader', '1 on the replica that works, 0 on those that stand by', [], (gauge) =>
        gauge.set(leads() ? 1 : 0),
      );
    },
    observeDeadWatches(resources) {
      const help =
        '1 for each resource whose watch shows no sign of life, or whose list is refused in some namespace; nothing while all live';
      make.gauge('dead_watches', help, ['resource'], (gauge) => {
        for (const resource of resources()) gauge.set({ resource }, 1);
      });
    },
    observeRotations(rotations) {
      rotationsOf = rotations;
    },
  };
}
