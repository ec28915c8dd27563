import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import type { RotationStatus } from '../../../src/api/types.ts';
import type { CallFault, CrashPoint } from '../../doubles/outside-calls.ts';
import { type SimulatedConsumer, startConsumer } from '../world/consumer.ts';
import { repeatedIssues, violations, violationsAtRest } from '../world/invariants.ts';
import { createWorld, MOUNT, NAMESPACE, PATH, ROTATION as ROTATION_MANIFEST, type World } from '../world/world.ts';

/** What goes wrong in a story, from the request on. */
export interface Disturbance {
  readonly crash?: CrashPoint;
  readonly fault?: CallFault;
  readonly operators?: number;
}

/** What the request of a story led to. */
export interface Outcome {
  readonly world: World;
  /** How many outside calls were made before the request. */
  readonly before: number;
  /** Broken invariants, and calls of consumers that failed. */
  readonly wrong: readonly string[];
}

/** What a story does with its world. */
export interface Stage {
  status(): RotationStatus;
  serves(): string | undefined;
  annotate(annotations: Record<string, string>): void;
  consume(...pods: string[]): void;
  /** Lets time pass; an operator that died is followed by a new process. */
  until(condition: (status: RotationStatus) => boolean): Promise<void>;
  done(revision: number): Promise<void>;
  /** The store gives this version of the value no more. */
  destroyVersion(version: number): void;
  /** From now on things go wrong. */
  request(annotations: Record<string, string>): void;
}

/** Both sides of every outside call that came after the request. */
export function pointsAfter({ world, before }: Outcome): (CrashPoint & { readonly name: string })[] {
  return world.calls
    .slice(before)
    .flatMap((name, index) => (['before', 'after'] as const).map((side) => ({ side, call: before + index + 1, name })));
}

const ROTATION = { resource: 'apikeyrotations.apikeyrotation.io', namespace: NAMESPACE, name: 'apio' };
const TICK_MS = 500;
const LONG_ENOUGH_MS = 40 * 60_000;

/** Plays a story from its first key on, with one thing going wrong. */
export async function play(
  story: (stage: Stage) => Promise<void>,
  { crash, fault, operators = 1 }: Disturbance = {},
): Promise<Outcome> {
  const found = new Set<string>();
  const consumers: SimulatedConsumer[] = [];
  const faults: CallFault[] = [];
  const world = createWorld({
    seed: 20_261_127,
    ...(crash && { crash }),
    faults,
    afterEach(now) {
      for (const sentence of violations(now)) found.add(sentence);
    },
  });
  for (let count = 0; count < operators; count += 1) world.start();
  const { kube, clock, apio, vault } = world;
  let before = 0;
  let restarted = false;
  const status = () => world.rotation()?.status ?? {};

  const annotate: Stage['annotate'] = (wanted) => {
    const annotations = Object.fromEntries(
      Object.entries(wanted).map(([key, value]) => [`apikeyrotation.io/${key}`, value]),
    );
    kube.patch(ROTATION, { type: 'merge', body: { metadata: { annotations } } });
  };

  const until: Stage['until'] = async (condition) => {
    for (let waited = 0; waited < LONG_ENOUGH_MS; waited += TICK_MS) {
      if (condition(status())) return;
      await clock.advance(TICK_MS);
      if (!world.crashed() || restarted) continue;
      restarted = true;
      world.start();
    }
    throw new Error(`${condition}: ${JSON.stringify(status())}\n${world.logs.slice(-12).join('\n')}`);
  };

  const done: Stage['done'] = (revision) =>
    until((now) => now.revision === revision && !!now.current && !now.rotation && !now.sweepAfter);

  applyManifests(kube, ROTATION_MANIFEST);
  await done(1);
  await story({
    status,
    annotate,
    until,
    done,
    serves: () => apio.keys.find((key) => key.text === vault.serving(MOUNT, PATH)?.key)?.id,
    consume: (...pods) => void consumers.push(...pods.map((pod) => startConsumer(world, pod))),
    destroyVersion(version) {
      const path = `${MOUNT}/destroy/${PATH}`;
      vault.handle({ method: 'POST', path, token: vault.createToken(), body: { versions: [version] } });
    },
    request(annotations) {
      before = world.calls.length;
      if (fault) faults.push(fault);
      annotate(annotations);
    },
  });
  for (const consumer of consumers) consumer.stop();
  await world.stop();
  const broken = new Set([...found, ...repeatedIssues(world), ...violationsAtRest(world)]);
  return { world, before, wrong: [...broken, ...consumers.flatMap(({ failures }) => failures)] };
}
