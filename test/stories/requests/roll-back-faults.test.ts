import { describe, expect, test } from 'vitest';
import { FAULT_TYPES, FAULTY_CALLS } from '../../doubles/outside-calls.ts';
import { type Outcome, play, pointsAfter, type Stage } from './request-stories.ts';

/** One of two pods has moved when the roll back is asked for; both end with the first key. */
async function rolledBack(stage: Stage): Promise<void> {
  const first = stage.serves();
  stage.consume('api-0');
  stage.annotate({ rotate: 'a' });
  await stage.until(({ rotation }) => !!rotation?.consumers?.some(({ missingPods }) => missingPods?.length === 1));
  stage.request({ rollback: '2/x' });
  await stage.until(({ revision }) => revision === 3);
  stage.consume('api-1');
  await stage.done(3);
  expect(stage.serves()).toBe(first);
}

function expectRolledBack({ world, wrong }: Outcome): void {
  expect(wrong).toEqual([]);
  const ours = world.apio.keys.filter((key) => key.label);
  expect(ours.map((key) => world.apio.statusOf(key))).toEqual(['active', 'revoked']);
}

const alone = pointsAfter(await play(rolledBack));
const together = pointsAfter(await play(rolledBack, { operators: 2 }));

describe('an operator that dies at any outside call of a roll back', () => {
  test.each(alone)('$side call $call: $name', async (crash) => {
    const outcome = await play(rolledBack, { crash });
    expect(outcome.world.crashed(), 'the planned crash must happen').toBe(true);
    expectRolledBack(outcome);
  });
});

describe('a roll back with calls that go wrong', () => {
  const cases = FAULTY_CALLS.flatMap((call) =>
    FAULT_TYPES.flatMap((type) => [1, 3].map((times) => ({ call, type, times }))),
  );

  test.each(cases)('$call: $type x $times', async (fault) => {
    expectRolledBack(await play(rolledBack, { fault: { ...fault } }));
  });
});

describe('two operators without election', () => {
  test('roll back together', async () => {
    expectRolledBack(await play(rolledBack, { operators: 2 }));
  });

  test.each(together)('and one dies $side call $call: $name', async (crash) => {
    const outcome = await play(rolledBack, { operators: 2, crash });
    expect(outcome.world.crashed(), 'the planned crash must happen').toBe(true);
    expectRolledBack(outcome);
  });
});
