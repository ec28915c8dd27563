import { describe, expect, test } from 'vitest';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import type { CrashPoint } from '../../doubles/outside-calls.ts';
import { startConsumer } from '../world/consumer.ts';
import { repeatedIssues, violations, violationsAtRest } from '../world/invariants.ts';
import { createWorld, NAMESPACE, ROTATION, type World } from '../world/world.ts';

const SEED = 20_261_123;
/** Enough for the take-over (60 s), a late sweep (10 min) and everything between. */
const LONG_ENOUGH_MS = 30 * 60_000;
const TICK_MS = 500;

interface Story {
  readonly world: World;
  readonly found: readonly string[];
  readonly failures: readonly string[];
}

/** The first issue, then one requested rotation with two pods, with the operator dying once where `crash` says. */
async function play(crash?: CrashPoint): Promise<Story> {
  const found: string[] = [];
  const world = createWorld({
    seed: SEED,
    ...(crash && { crash }),
    afterEach: (now) => found.push(...violations(now)),
  });
  world.start();
  applyManifests(world.kube, ROTATION);
  await settle(world, 1);
  const consumers = world.pods.map((pod) => startConsumer(world, pod));
  const name = { resource: 'apikeyrotations.apikeyrotation.io', namespace: NAMESPACE, name: 'apio' };
  world.kube.patch(name, { type: 'merge', body: { metadata: { annotations: { 'apikeyrotation.io/rotate': 'now' } } } });
  await settle(world, 2);
  for (const consumer of consumers) consumer.stop();
  await world.stop();
  return {
    world,
    found: [...new Set([...found, ...repeatedIssues(world), ...violationsAtRest(world)])],
    failures: consumers.flatMap((consumer) => consumer.failures),
  };
}

/** Lets time pass until the revision is done and swept; a dead operator is replaced at once by a new process. */
async function settle(world: World, revision: number): Promise<void> {
  let restarted = false;
  for (let waited = 0; waited < LONG_ENOUGH_MS; waited += TICK_MS) {
    await world.clock.advance(TICK_MS);
    if (world.crashed() && !restarted) {
      restarted = true;
      world.start();
    }
    const status = world.rotation()?.status;
    if (status?.revision === revision && status.current && !status.rotation && !status.sweepAfter) return;
  }
  throw new Error(
    `revision ${revision} is not done: ${JSON.stringify(world.rotation()?.status)}\n${world.logs.slice(-20).join('\n')}`,
  );
}

const undisturbed = await play();
const calls = undisturbed.world.calls;
const points = calls.flatMap((call, index): [string, CrashPoint][] =>
  (['before', 'after'] as const).map((side) => [
    `${side} outside call ${index + 1}: ${call}`,
    { call: index + 1, side },
  ]),
);

describe('an operator that dies at any outside call of the first issue or of a rotation', () => {
  test('dies at none when nothing goes wrong, and breaks no invariant', () => {
    expect(undisturbed.found).toEqual([]);
    expect(undisturbed.failures).toEqual([]);
    expect(undisturbed.world.apio.keys.filter((key) => key.label)).toHaveLength(2);
  });

  test('the undisturbed story repeats to the letter from its seed', async () => {
    const again = await play();
    expect(again.world.calls).toEqual(calls);
    expect(again.world.logs).toEqual(undisturbed.world.logs);
  });

  test.each(points)('%s', async (_name, crash) => {
    const { world, found, failures } = await play(crash);
    expect(world.crashed(), 'the planned crash must happen').toBe(true);
    expect(found).toEqual([]);
    expect(failures, 'no consumer call may fail').toEqual([]);
    const live = world.apio.keys.filter((key) => key.label && world.apio.statusOf(key) === 'active');
    expect(live.map((key) => key.id)).toEqual([world.rotation()?.status?.current?.keyID]);
  });

  test('every kind of outside call was covered', () => {
    console.log([`${points.length} crash points, seed ${SEED}:`, ...points.map(([name]) => `  ${name}`)].join('\n'));
    expect([...new Set(calls)].sort()).toEqual([
      'issuer check',
      'issuer get',
      'issuer issue',
      'issuer list',
      'issuer revoke',
      'issuer verify',
      'kube CREATE events',
      'kube LIST apikeyissuers',
      'kube LIST apikeyrotations',
      'kube LIST keystores',
      'kube LIST migrationreports',
      'kube LIST pods',
      'kube PATCH apikeyrotations',
      'kube PUT status apikeyissuers',
      'kube PUT status apikeyrotations',
      'kube PUT status keystores',
      'store check',
      'store read',
      'store write',
    ]);
  });
});
