import { describe, expect, test } from 'vitest';
import type { Call } from './kernel/faults.ts';
import { type Mishap, withMishaps } from './plans/mishap.ts';
import type { Plan } from './plans/plan.ts';
import { play } from './plans/run.ts';
import { rollingOut } from './scenarios/rolling-out.ts';
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

const WELL: Omit<Plan, 'scenario'> = { issuer: 'replay-id', store: 'Vault', operators: 1, seed: 17, strikes: [] };

test('a key that a target served for a while, and that nobody could take over, lives until consumers have moved', async () => {
  const plan = await withMishaps(busyPods, { ...WELL, scenario: busyPods.name }, MISHAPS);
  const { violations, issued } = await play(busyPods, plan);
  expect(violations).toEqual([]);
  expect(issued).toBe(4);
});

/** The right to see what pods read is gone, and at the next look at the target the store cannot be reached. */
const WITHOUT_RIGHT_AND_STORE: readonly Mishap[] = [
  { at: ({ name }) => name === 'kube GET secrets', fault: 'forbidden' },
  { at: ({ name }) => name === 'store read', fault: 'cut' },
];

test('what a consumer lacks and what a target lacks do not wake each other in turn', async () => {
  const plan = await withMishaps(rollingOut, { ...WELL, scenario: rollingOut.name }, WITHOUT_RIGHT_AND_STORE);
  const { violations, struck } = await play(rollingOut, plan);
  expect(violations).toEqual([]);
  expect(struck).toBe(WITHOUT_RIGHT_AND_STORE.length);
});

/** What a rotation asks of others. */
const CALLS = [
  'issuer issue',
  'issuer verify',
  'issuer get',
  'issuer list',
  'issuer revoke',
  'store read',
  'store write',
  'kube LIST migrationreports',
  'kube LIST pods',
  'kube PUT status apikeyrotations',
];
const FAULTS = ['lost-request', 'lost-answer', '503'] as const;
/** All but a write to a store whose answer is lost: that it was carried out is seen by reading, and it is not repeated. */
const REPEATED = CALLS.flatMap((name) => FAULTS.map((fault) => ({ name, fault }))).filter(
  ({ name, fault }) => name !== 'store write' || fault !== 'lost-answer',
);

describe('a call that goes wrong three times in a row breaks no promise', () => {
  test.each(REPEATED)('$name: $fault', async (given) => {
    const mishap: Mishap = { at: ({ name }) => name === given.name, fault: given.fault };
    const plan = await withMishaps(requested, { ...WELL, scenario: requested.name }, [mishap, mishap, mishap]);
    const { violations, struck } = await play(requested, plan);
    expect(violations).toEqual([]);
    expect(struck).toBe(3);
  });
});
