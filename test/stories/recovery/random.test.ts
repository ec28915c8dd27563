import { expect, test } from 'vitest';
import { type CallFault, FAULT_TYPES, FAULTY_CALLS } from '../../doubles/outside-calls.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { begin, deleteRotation, type Story } from '../world/story.ts';
import { PATH } from '../world/world.ts';

const SEEDS = 60;
const MINUTE_MS = 60_000;
const FIRST = { name: 'vault', storeRef: { name: 'vault' }, path: PATH };
const SECOND = { name: 'second', storeRef: { name: 'vault' }, path: 'payments/second' };

/** A story's misfortunes, all drawn from its seed. `deleteAt` and `restartAt` count outside calls. */
function draw(seed: number) {
  const { random } = createSeededEntropy(seed);
  const pick = <T>(list: readonly [T, ...T[]]): T => list[Math.floor(random() * list.length)] ?? list[0];
  const [call = '', ...calls] = FAULTY_CALLS;
  const [type = 'LoseAnswer', ...types] = FAULT_TYPES;
  const fault = (): CallFault => ({
    call: pick([call, ...calls]),
    type: pick([type, ...types]),
    times: pick([1, 2, 3]),
  });
  const policy = pick<'Retain' | 'Revoke' | undefined>(['Retain', 'Revoke', undefined, undefined]);
  return {
    policy,
    operators: pick([1, 2, 3]),
    targets: pick([[FIRST], [FIRST, SECOND]]),
    restartAt: pick([undefined, Math.floor(random() * 80)]),
    deleteAt: policy && 10 + Math.floor(random() * 90),
    atFirst: [fault(), fault()],
    later: [fault(), fault()],
  };
}

/** The first issue and a rotation; deleted in the middle or at the end where the fate says so. */
async function play(seed: number): Promise<Story> {
  const { policy, operators, targets, deleteAt, atFirst, later, ...fate } = draw(seed);
  let { restartAt } = fate;
  const story = begin({
    seed,
    operators,
    spec: { targets, ...(policy && { deletionPolicy: policy }) },
    exempt: policy === 'Revoke' ? ['S4'] : [],
    afterEach({ calls }) {
      if (calls.length === deleteAt && story.world.rotation()) deleteRotation(story);
    },
  });

  async function settle(revision: number): Promise<void> {
    for (let waited = 0; waited < 30 * MINUTE_MS && story.world.rotation(); waited += 500) {
      await story.world.clock.advance(500);
      if (restartAt !== undefined && story.world.calls.length > restartAt) await restart();
      const { current, rotation, sweepAfter, ...status } = story.status();
      if (status.revision === revision && current && !rotation && !sweepAfter) return;
    }
    if (story.world.rotation()) throw new Error(`revision ${revision} is not done: ${JSON.stringify(story.status())}`);
  }

  async function restart(): Promise<void> {
    restartAt = undefined;
    await story.world.stop();
    for (let count = 0; count < operators; count += 1) story.world.start();
  }

  story.faults.push(...atFirst);
  story.create();
  await settle(1);
  if (story.world.rotation()) {
    story.consume('api-0', 'api-1');
    story.faults.push(...later);
    story.annotate({ rotate: 'a' });
    await settle(2);
  }
  if (policy && story.world.rotation()) deleteRotation(story);
  if (policy) await story.world.clock.runUntil(() => !story.world.rotation(), 15 * MINUTE_MS);
  await story.world.clock.advance(MINUTE_MS);
  return story;
}

test.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
  'four failing calls, a restart, rivals, a deletion: nothing is lost, leaked or killed early (seed %i)',
  async (seed) => {
    const story = await play(seed);
    const { policy } = draw(seed);
    const used = story.world.apio.keys.filter((key) => key.uses.count > 0).map((key) => key.id);
    const needed = [story.serves(), story.serves(SECOND.path), ...used];
    if (policy === undefined) {
      expect(story.live()).toEqual([story.status().current?.keyID]);
      expect(story.wrong()).toEqual([]);
    } else if (policy === 'Revoke') {
      expect(story.live()).toEqual([]);
      expect(story.invariants()).toEqual([]);
    } else {
      expect(story.live().filter((id) => !needed.includes(id))).toEqual([]);
      expect(story.wrongSoFar()).toEqual([]);
    }
  },
);
