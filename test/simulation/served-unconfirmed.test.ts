import { expect, test } from 'vitest';
import type { Call } from './kernel/faults.ts';
import { type Mishap, withMishaps } from './plans/mishap.ts';
import type { Plan } from './plans/plan.ts';
import { play } from './plans/run.ts';
import { requested } from './scenarios/rotating.ts';
import type { Scenario } from './scenarios/scenario.ts';

const LONG_MS = 1_800_000;
const isStoreWrite = ({ name }: Call) => name === 'store write';
const isVerify = ({ name }: Call) => name === 'issuer verify';

/** Pods load a key that is published to its target, and no process ever says so; then they are busy for a while. */
const busyPods: Scenario = {
  ...requested,
  name: 'busy-pods',
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    const old = new Set(stage.pods.map(({ holds }) => holds));
    await stage.until(() => stage.pods.every(({ holds }) => !old.has(holds)));
    for (const pod of stage.pods) pod.silent = true;
    await stage.pass(LONG_MS);
    for (const pod of stage.pods) {
      pod.silent = false;
      pod.pin(undefined);
    }
    await stage.settled(2);
  },
};

/** Twice the publisher dies, and whoever recovers asks an issuer that does not know the key yet. */
const MISHAPS: readonly Mishap[] = [
  { at: isStoreWrite, fault: 'crash-after' },
  { at: isVerify, fault: 'stale' },
  // The fence is the write that is let pass.
  { at: isStoreWrite, skip: 1, fault: 'crash-after' },
  { at: isVerify, fault: 'stale' },
];

test('a key that a target served for a while, and that nobody could take over, lives until consumers have moved', async () => {
  const well: Plan = {
    scenario: 'busy-pods',
    issuer: 'replay-id',
    store: 'Vault',
    operators: 1,
    seed: 17,
    strikes: [],
  };
  const { violations, issued } = await play(busyPods, await withMishaps(busyPods, well, MISHAPS));
  expect(violations).toEqual([]);
  expect(issued).toBe(4);
});
