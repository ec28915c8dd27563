import { describe, expect, test } from 'vitest';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import type { Leadership } from '../../../src/runtime/leader-election/leadership.ts';
import { startConsumer } from '../world/consumer.ts';
import { repeatedIssues, violations, violationsAtRest } from '../world/invariants.ts';
import { createWorld, NAMESPACE, ROTATION, type World } from '../world/world.ts';

const SEED = 20_261_125;
const STEP_MS = 500;
/** A standby becomes the leader this long after the other's lease ran out. */
const NEXT_TERM_MS = 5_000;
const PROMPT_MS = 20_000;
const LONG_ENOUGH_MS = 30 * 60_000;

/** Reports are written by all replicas, and events tell what happened before. */
const isEffect = (call: string) => /issue$|revoke$|store write|kube (PUT|PATCH|DELETE)/.test(call);

interface Switchable extends Leadership {
  begin(): void;
  /** How often it was asked and said yes. */
  readonly granted: number;
}

/** Leads from `begin` on until it was asked `limit` times; nobody tells the controllers when that is over, as after a pause. */
function leadFor(limit: number): Switchable {
  const listeners: ((leads: boolean) => void)[] = [];
  let leads = false;
  let granted = 0;
  return {
    elected: true,
    onChange: (listener) => listeners.push(listener),
    begin() {
      leads = true;
      for (const listener of listeners) listener(true);
    },
    holds() {
      if (!leads || granted >= limit) return false;
      granted += 1;
      return true;
    },
    get granted() {
      return granted;
    },
  };
}

interface Story {
  readonly found: readonly string[];
  readonly failures: readonly string[];
  readonly world: World;
  readonly first: Switchable;
}

/** First issue and a requested rotation; the leader's lease runs out unnoticed after `effects` effects, and a standby follows. */
async function play(effects: number): Promise<Story> {
  const found: string[] = [];
  const [first, second] = [leadFor(effects), leadFor(Number.POSITIVE_INFINITY)];
  const world = createWorld({
    seed: SEED,
    afterEach: (now) => found.push(...violations(now)),
    leadershipOf: (process) => (process === 0 ? first : second),
  });
  world.start();
  world.start();
  await world.clock.advance(STEP_MS);
  first.begin();
  applyManifests(world.kube, ROTATION);
  let followed = false;

  async function settle(revision: number): Promise<void> {
    for (let waited = 0; waited < LONG_ENOUGH_MS; waited += STEP_MS) {
      await world.clock.advance(STEP_MS);
      if (first.granted === effects && !followed) {
        followed = true;
        found.push(...(await follow(world, first, second)));
      }
      const status = world.rotation()?.status;
      if (status?.revision === revision && status.current && !status.rotation && !status.sweepAfter) return;
    }
    throw new Error(`revision ${revision} is not done: ${JSON.stringify(world.rotation()?.status)}`);
  }
  await settle(1);
  const consumers = world.pods.map((pod) => startConsumer(world, pod));
  const name = { resource: 'apikeyrotations.apikeyrotation.io', namespace: NAMESPACE, name: 'apio' };
  world.kube.patch(name, { type: 'merge', body: { metadata: { annotations: { 'apikeyrotation.io/rotate': 'now' } } } });
  await settle(2);
  for (const consumer of consumers) consumer.stop();
  await world.stop();
  const atRest = [...repeatedIssues(world), ...violationsAtRest(world)];
  const failures = consumers.flatMap((consumer) => consumer.failures);
  return { world, first, failures, found: [...new Set([...found, ...atRest])] };
}

/** The old leader goes on by itself for a while, then the standby's term begins; answers what should not have happened. */
async function follow(world: World, first: Switchable, second: Switchable): Promise<string[]> {
  await world.clock.advance(NEXT_TERM_MS);
  const effects = world.calls.filter(isEffect).length;
  const late = effects === first.granted ? [] : [`${effects} effects, ${first.granted} of them under the lease`];
  const { rotation } = world.rotation()?.status ?? {};
  second.begin();
  if (!rotation || rotation.publishedAt) return late;
  for (let waited = 0; waited < PROMPT_MS; waited += STEP_MS) {
    await world.clock.advance(STEP_MS);
    if (world.rotation()?.status?.rotation?.claim !== rotation.claim) return late;
  }
  return [...late, `attempt ${rotation.attemptID} was not taken over within ${PROMPT_MS} ms`];
}

const undisturbed = await play(Number.POSITIVE_INFINITY);
const total = undisturbed.first.granted;

describe('a leader whose lease runs out unnoticed', () => {
  test('asks once before each effect of a first issue and a rotation', () => {
    expect(undisturbed.found).toEqual([]);
    expect(total).toBe(undisturbed.world.calls.filter(isEffect).length);
    expect(total).toBeGreaterThan(10);
  });

  test.each(Array.from({ length: total }, (_, index) => index + 1))(
    'begins nothing after effect %i, and the next leader ends the work with every promise kept',
    async (effects) => {
      const { found, failures } = await play(effects);
      expect(found).toEqual([]);
      expect(failures).toEqual([]);
    },
  );
});
