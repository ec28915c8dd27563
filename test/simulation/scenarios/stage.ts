import { rotations } from '../../../src/api/resources.ts';
import type { RotationSpec, RotationStatus } from '../../../src/api/types.ts';
import { type SimulatedPod, startPod } from '../kernel/consumers.ts';
import type { Stored } from '../kernel/kube-storage.ts';
import { EPOCH } from '../kernel/process.ts';
import { ISSUER, NAME, NAMESPACE, type World } from '../kernel/world.ts';
import { canTell, helpParked, isParked } from './person.ts';
import { CONSUMER, MAIN } from './targets.ts';

const REF = { resource: rotations, namespace: NAMESPACE, name: NAME };
/** Whatever goes wrong once, everything is done in this virtual time. */
const HORIZON_MS = 4 * 3_600_000;

/** What a scenario waits for did not come. */
export class NotReached extends Error {
  override readonly name = 'NotReached';
}

/** What a story promises beside the invariants is not so. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** Throws Broken with this sentence unless it holds. */
export function promise(holds: boolean, sentence: string): void {
  if (!holds) throw new Broken(sentence);
}

/**
 * A world, and what people do in it. Everything that waits does so in virtual time, and throws NotReached in the end; where a
 * rotation waits meanwhile for a person who looks at an issuer that cannot tell, one comes.
 */
export interface Stage {
  readonly world: World;
  readonly pods: SimulatedPod[];
  /** The object as somebody put it aside. */
  backup: Stored | undefined;
  status(): RotationStatus;
  /** What a condition says, as `reason: message`; undefined while it is not true. */
  tells(type: string): string | undefined;
  /** Makes the object, as `spec` differs from one Vault target and one consumer that reports and proves. */
  create(spec?: Partial<RotationSpec>, annotations?: Record<string, string>): void;
  annotate(annotations: Record<string, string>): void;
  /** Merges into the spec; null takes a field away. */
  change(spec: object): void;
  remove(): void;
  /** Starts pods `<consumer>-0`… that read at `path`; `prefix` where they shall have other names. */
  startPods(count: number, consumer?: string, path?: string, prefix?: string): SimulatedPod[];
  until(condition: (status: RotationStatus) => boolean, limitMs?: number): Promise<void>;
  /** Until this revision, or a later one, is done and nothing is left to be swept. */
  settled(revision: number): Promise<void>;
  gone(): Promise<void>;
  pass(ms: number): Promise<void>;
  /** Until this moment, in RFC 3339. */
  passUntil(moment: string): Promise<void>;
}

const SPEC: RotationSpec = {
  issuerRef: { name: ISSUER },
  key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'] },
  targets: [MAIN],
  consumers: [
    { name: CONSUMER, evidence: [{ type: 'Report', report: { serviceAccountName: CONSUMER } }, { type: 'Proof' }] },
  ],
};

export function createStage(world: World): Stage {
  const { storage, scheduler } = world;
  const status = () => world.rotation()?.status ?? {};
  const pods: SimulatedPod[] = [];

  async function reach(condition: () => boolean, limitMs: number): Promise<void> {
    const end = scheduler.now + limitMs;
    while (await scheduler.runUntil(() => condition() || isParked(world), end - scheduler.now)) {
      if (condition()) return;
      if (canTell(world))
        throw new NotReached('a person is waited for, though the issuer can tell what became of every call');
      await helpParked(world);
    }
    const rotating = status().conditions?.find(({ type }) => type === 'Rotating');
    throw new NotReached(`${condition} never came true: ${rotating?.reason}: ${rotating?.message}`);
  }
  const patch = (body: object) => void world.outside(() => storage.mergePatch(REF, body, 'object'));

  return {
    world,
    pods,
    backup: undefined,
    status,
    tells(type) {
      const found = status().conditions?.find((condition) => condition.type === type);
      return found?.status === 'True' ? `${found.reason}: ${found.message}` : undefined;
    },
    create(spec = {}, annotations = undefined) {
      const whole = { ...SPEC, ...(spec.withoutEvidence && { consumers: undefined }), ...spec };
      const metadata = { name: NAME, ...(annotations && { annotations: prefixed(annotations) }) };
      world.outside(() => storage.create(rotations, NAMESPACE, { metadata, spec: whole }));
    },
    annotate: (annotations) => patch({ metadata: { annotations: prefixed(annotations) } }),
    change: (spec) => patch({ spec }),
    remove: () => world.outside(() => storage.delete(REF)),
    startPods(count, consumer = CONSUMER, path = MAIN.path, prefix = consumer) {
      const started = Array.from({ length: count }, (_, index) =>
        startPod(world, `${prefix}-${index}`, consumer, path),
      );
      pods.push(...started);
      return started;
    },
    until: (condition, limitMs = HORIZON_MS) => reach(() => condition(status()), limitMs),
    settled: (revision) =>
      reach(() => {
        const now = status();
        return (now.revision ?? 0) >= revision && isSettled(now);
      }, HORIZON_MS),
    gone: () => reach(() => world.rotation() === undefined, HORIZON_MS),
    async pass(ms) {
      await scheduler.runUntil(() => false, ms);
    },
    async passUntil(moment) {
      await scheduler.runUntil(() => false, Math.max(0, Date.parse(moment) - EPOCH - scheduler.now));
    },
  };
}

/** Nothing runs, and nothing is left to be swept. */
function isSettled({ current, rotation, sweepAfter }: RotationStatus): boolean {
  return current !== undefined && rotation === undefined && sweepAfter === undefined;
}

function prefixed(annotations: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`apikeyrotation.io/${key}`, value]));
}
