import type { ApiKeyRotation, RotationSpec, RotationStatus } from '../../../src/api/types.ts';
import type { CallFault } from '../../doubles/outside-calls.ts';
import { type SimulatedConsumer, startConsumer } from './consumer.ts';
import { repeatedIssues, violations, violationsAtRest } from './invariants.ts';
import { NAMESPACE, TARGETS } from './places.ts';
import { consumedPath, createWorld, type World, type WorldOptions } from './world.ts';

/** What a story deviates in from one rotation with two reporting pods. */
export interface StoryOptions {
  readonly spec?: Partial<RotationSpec>;
  readonly annotations?: Record<string, string>;
  readonly seed?: number;
  /** How many operator processes work at once. */
  readonly operators?: number;
  /** Called after every outside call of an operator. */
  readonly afterEach?: (world: World) => void;
  readonly issuerOf?: WorldOptions['issuerOf'];
  readonly adapters?: WorldOptions['adapters'];
  /** The stores of the world, and without `spec.targets` a target in each. */
  readonly stores?: WorldOptions['stores'];
  readonly capabilities?: WorldOptions['capabilities'];
  readonly isReticent?: boolean;
  readonly cluster?: WorldOptions['cluster'];
  readonly namespaces?: WorldOptions['namespaces'];
  /** Invariants, by their number, that this story breaks from outside. */
  readonly exempt?: readonly string[];
}

/** A world in which something is about to happen, and what went wrong in it so far. */
export interface Story {
  readonly world: World;
  readonly faults: CallFault[];
  /** From now on calls of this name are refused, until the `times` of the answer are 0. */
  refuse(call: string): CallFault;
  /** Makes the object and waits until its first key is published. */
  firstKey(): Promise<void>;
  /** Makes the object. */
  create(): void;
  /** The given pods call with the key that the target serves, and report it. */
  consume(...pods: string[]): SimulatedConsumer[];
  annotate(annotations: Record<string, string>): void;
  /** Merges into the spec; null takes a field away. */
  change(spec: object): void;
  /** Lets time pass until the condition holds for the status. */
  until(condition: (status: RotationStatus) => boolean, limitMs?: number): Promise<void>;
  /** Lets this time pass. */
  pass(ms: number): Promise<void>;
  /** Until a rotation, or the one of this revision, has its key in every target. */
  published(revision?: number): Promise<void>;
  /** Until one pod of the consumer has moved and the other one is waited for. */
  halfMoved(): Promise<void>;
  /** Until a condition gives this reason. */
  told(reason: string, limitMs?: number): Promise<void>;
  /** Until nothing moves without a human. */
  stalled(): Promise<void>;
  /** Until the object is gone; answers how many milliseconds that took. */
  gone(limitMs?: number): Promise<number>;
  /** Until no rotation runs, none is left to be swept, and the revision is this one. */
  done(revision: number): Promise<void>;
  status(): RotationStatus;
  /** `reason: message` of a condition. */
  tells(type: string): string;
  /** Reasons of all events so far. */
  events(): string[];
  /** What the events of a reason say. */
  messages(reason: string): string[];
  /** Ids of live keys that carry our label, in the order of issue. */
  live(): string[];
  /** How many keys were ever made for the object. */
  issued(): number;
  /** Id of the key that a path serves. */
  serves(path?: string): string | undefined;
  /** Everything that broke an invariant or failed a consumer, S2 included. */
  wrong(): string[];
  /** The same without S2: something is still in flight. */
  wrongSoFar(): string[];
  /** Only the invariants: consumers may fail. */
  invariants(): string[];
}

/** The object that a story is about, as the API names it. */
export const OBJECT = { resource: 'apikeyrotations.apikeyrotation.io', namespace: NAMESPACE, name: 'apio' };
const HOUR_MS = 3_600_000;

export function begin(options: StoryOptions = {}): Story {
  const { spec, annotations, seed = 20_261_123, operators = 1, exempt = [] } = options;
  const faults: CallFault[] = [];
  const found = new Set<string>();
  const consumers: SimulatedConsumer[] = [];
  const note = (sentences: readonly string[]) => {
    for (const sentence of sentences)
      if (!exempt.some((number) => sentence.startsWith(`${number} `))) found.add(sentence);
  };
  const world = createWorld({
    seed,
    faults,
    ...(options.issuerOf && { issuerOf: options.issuerOf }),
    ...(options.adapters && { adapters: options.adapters }),
    ...(options.stores && { stores: options.stores }),
    ...(options.capabilities && { capabilities: options.capabilities }),
    ...(options.isReticent && { isReticent: true }),
    ...(options.cluster && { cluster: options.cluster }),
    ...(options.namespaces && { namespaces: options.namespaces }),
    afterEach(now) {
      note(violations(now));
      options.afterEach?.(now);
    },
  });
  for (let count = 0; count < operators; count += 1) world.start();
  const { kube, clock, apio, places, stores } = world;
  const status = () => world.rotation()?.status ?? {};

  function create(): void {
    const { namespace, name } = OBJECT;
    kube.create(
      { resource: OBJECT.resource, namespace },
      {
        apiVersion: 'apikeyrotation.io/v1alpha1',
        kind: 'ApiKeyRotation',
        metadata: { name, ...(annotations && { annotations }) },
        spec: JSON.parse(
          JSON.stringify({
            ...SPEC,
            targets: stores.map((type) => TARGETS[type]),
            ...(spec?.withoutEvidence && { consumers: undefined }),
            ...spec,
          }),
        ),
      },
    );
  }

  async function until(condition: (status: RotationStatus) => boolean, limitMs = HOUR_MS): Promise<void> {
    try {
      await clock.runUntil(() => condition(status()), limitMs);
    } catch (error) {
      const last = world.logs.slice(-8).join('\n');
      throw new Error(`${(error as Error).message}\n${JSON.stringify(status(), null, 1)}\n${last}`, { cause: error });
    }
  }

  function refuse(call: string): CallFault {
    const fault: CallFault = { call, type: 'Unavailable', times: Number.POSITIVE_INFINITY };
    faults.push(fault);
    return fault;
  }

  const events = () => kube.list({ resource: 'events' }).items;

  async function gone(limitMs = HOUR_MS): Promise<number> {
    const from = clock.now();
    await clock.runUntil(() => !world.rotation(), limitMs);
    await clock.idle();
    return clock.now() - from;
  }

  const done = (revision: number) =>
    until((now) => now.revision === revision && !!now.current && !now.rotation && !now.sweepAfter);

  function invariants(): string[] {
    note(violations(world));
    note(repeatedIssues(world));
    return [...found];
  }

  const wrongSoFar = () => [...invariants(), ...consumers.flatMap(({ failures }) => failures)];

  return {
    world,
    faults,
    refuse,
    create,
    until,
    pass: (ms) => clock.advance(ms),
    published: (wanted) =>
      until(({ revision, rotation }) => (wanted ?? revision) === revision && rotation?.publishedAt !== undefined),
    halfMoved: () =>
      until(({ rotation }) => rotation?.consumers?.some(({ missingPods }) => missingPods?.length === 1) === true),
    told: (wanted, limitMs) =>
      until(({ conditions }) => conditions?.some(({ reason }) => reason === wanted) === true, limitMs),
    stalled: () =>
      until(
        ({ conditions }) => conditions?.some(({ type, status }) => type === 'Stalled' && status === 'True') === true,
      ),
    gone,
    done,
    status,
    invariants,
    wrongSoFar,
    async firstKey() {
      create();
      await done(1);
    },
    consume(...pods) {
      const started = pods.map((pod) => startConsumer(world, pod));
      consumers.push(...started);
      return started;
    },
    annotate(wanted) {
      const body = {
        metadata: {
          annotations: Object.fromEntries(
            Object.entries(wanted).map(([key, value]) => [`apikeyrotation.io/${key}`, value]),
          ),
        },
      };
      kube.patch(OBJECT, { type: 'merge', body });
    },
    change(wanted) {
      kube.patch(OBJECT, { type: 'merge', body: { spec: JSON.parse(JSON.stringify(wanted)) } });
    },
    tells(type) {
      const { reason, message } = status().conditions?.find((condition) => condition.type === type) ?? {};
      return `${reason}: ${message}`;
    },
    events: () => events().map(({ reason }) => String(reason)),
    messages: (wanted) =>
      events()
        .filter(({ reason }) => reason === wanted)
        .map(({ message }) => String(message)),
    live: () => apio.keys.filter((key) => key.label && apio.statusOf(key) === 'active').map(({ id }) => id),
    issued: () => apio.keys.filter((key) => key.label).length,
    serves: (path = consumedPath(world)) => apio.keys.find((key) => key.text === places.serving(path)?.key)?.id,
    wrong: () => [...wrongSoFar(), ...violationsAtRest(world)],
  };
}

/** Two consumers' pods of one ServiceAccount must report and prove. */
const SPEC: Omit<ApiKeyRotation['spec'], 'targets'> = {
  issuerRef: { name: 'apio' },
  key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'] },
  consumers: [
    { name: 'api', evidence: [{ type: 'Report', report: { serviceAccountName: 'api' } }, { type: 'Proof' }] },
  ],
};
