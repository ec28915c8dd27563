import { rotations } from '../../../src/api/resources.ts';
import type { RotationSpec, RotationStatus } from '../../../src/api/types.ts';
import { type SimulatedPod, startPod } from '../kernel/consumers.ts';
import { NAME, NAMESPACE, type World } from '../kernel/world.ts';
import { OUTSIDE } from '../ledger/ledger.ts';
import { helpParked, isParked } from './person.ts';

const REF = { resource: rotations, namespace: NAMESPACE, name: NAME };
/** Whatever goes wrong once, everything is done in this virtual time. */
const HORIZON_MS = 4 * 3_600_000;

/** What a scenario waits for did not come. */
export class NotReached extends Error {
  override readonly name = 'NotReached';
}

/**
 * A world, and what people do in it. Everything that waits does so in virtual time, and throws NotReached in the end; where a
 * rotation waits for a person meanwhile, one comes.
 */
export interface Stage {
  readonly world: World;
  readonly pods: SimulatedPod[];
  status(): RotationStatus;
  /** Makes the object, as `spec` differs from one Vault target and one consumer that reports and proves. */
  create(spec?: Partial<RotationSpec>, annotations?: Record<string, string>): void;
  annotate(annotations: Record<string, string>): void;
  /** Merges into the spec; null takes a field away. */
  change(spec: object): void;
  remove(): void;
  /** Starts pods `<consumer>-0`… that read at `path`. */
  startPods(count: number, consumer?: string, path?: string): SimulatedPod[];
  until(condition: (status: RotationStatus) => boolean, limitMs?: number): Promise<void>;
  /** Until this revision, or a later one, is done and nothing is left to be swept. */
  settled(revision: number): Promise<void>;
  gone(): Promise<void>;
  pass(ms: number): Promise<void>;
}

const PATH = 'apio';

const SPEC: RotationSpec = {
  issuerRef: { name: 'apio' },
  key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'] },
  targets: [{ name: 'main', storeRef: { name: 'store' }, path: PATH }],
  consumers: [
    { name: 'api', evidence: [{ type: 'Report', report: { serviceAccountName: 'api' } }, { type: 'Proof' }] },
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
      await helpParked(world);
    }
    const rotating = status().conditions?.find(({ type }) => type === 'Rotating');
    throw new NotReached(`${condition} never came true: ${rotating?.reason}: ${rotating?.message}`);
  }
  const patch = (body: object) => void world.outside(() => storage.mergePatch(REF, body, 'object'));

  return {
    world,
    pods,
    status,
    create(spec = {}, annotations = undefined) {
      const whole = { ...SPEC, ...(spec.withoutEvidence && { consumers: undefined }), ...spec };
      const metadata = { name: NAME, ...(annotations && { annotations: prefixed(annotations) }) };
      world.outside(() => storage.create(rotations, NAMESPACE, { metadata, spec: whole }));
    },
    annotate: (annotations) => patch({ metadata: { annotations: prefixed(annotations) } }),
    change: (spec) => patch({ spec }),
    remove: () => world.outside(() => storage.delete(REF)),
    startPods(count, consumer = 'api', path = PATH) {
      const started = Array.from({ length: count }, (_, index) =>
        startPod(world, `${consumer}-${index}`, consumer, path),
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
  };
}

/** Nothing runs, and nothing is left to be swept. */
function isSettled({ current, rotation, sweepAfter }: RotationStatus): boolean {
  return current !== undefined && rotation === undefined && sweepAfter === undefined;
}

/** Somebody writes at a path behind our back. */
export function writeOutside({ world }: Stage, path: string, data: Record<string, string>): void {
  world.outside(() => world.mount.write(path, { data }));
}

/** A key that people made by hand, without any label. */
export function issueByHand({ world: { apio, outside } }: Stage) {
  const manager = apio.keys.find((key) => key.manager);
  if (!manager) throw new Error('the world has a manager');
  const request = { organization: 'acme', environment: 'Live', permissions: ['payments:read'], label: undefined };
  return outside(() => apio.issue(manager, request, undefined).key);
}

/** The issuer lets a key end at this moment. */
export function expire({ world: { apio, ledger } }: Stage, keyID: string): void {
  const key = apio.keys.find(({ id }) => id === keyID);
  const known = ledger.keys.get(keyID);
  if (key) Object.assign(key, { expiresAt: apio.now() });
  if (known) ledger.add(OUTSIDE, { type: 'Died', key: known, how: 'Expired' });
}

function prefixed(annotations: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`apikeyrotation.io/${key}`, value]));
}
