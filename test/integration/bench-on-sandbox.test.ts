import { expect, test } from 'vitest';
import type { Ground } from '../../bench/ground.ts';
import { addUpTo, populate } from '../../bench/population.ts';
import { settled } from '../../bench/quiet.ts';
import { allBudgeted, rotateAll } from '../../bench/round.ts';
import { play } from '../../bench/stage.ts';
import { added, mutating } from '../../bench/usage.ts';

const PROGRAM = ['--import', './bin/require-node.js', 'src/main.ts'];
/** As docs/performance.md has it: to Kubernetes, to the store, to the issuer. */
const BUDGET = 11 + 4 + 7;

test('what the bench puts at rest on the sandbox needs nothing, and a rotation costs the budget among few and among more', async () => {
  const costs: number[] = [];
  const changes: number[] = [];
  await play(
    {
      letter: 'x',
      about: 'a few objects',
      quick: false,
      ground: 'Sandbox',
      async run(stage) {
        const members = await populate(stage, 'some', 2);
        for (const [objects, there, revision] of [
          [4, 2, 2],
          [8, 4, 3],
        ] as const) {
          await addUpTo(stage, objects, there);
          changes.push(await changesOfAStart(stage.world));
          costs.push(allBudgeted(await rotateAll(stage, { members, revision, asked: 'AtRest' })));
        }
        return [];
      },
    },
    { program: PROGRAM, size: 'quick', tell: () => {} },
  );
  expect(changes).toEqual([0, 0]);
  expect(costs).toHaveLength(2);
  for (const cost of costs) {
    expect(cost).toBeGreaterThanOrEqual(BUDGET);
    // On a machine that is busy a rotation may have to look at something twice.
    expect(cost).toBeLessThanOrEqual(BUDGET + 1);
  }
}, 90_000);

/** How many requests change something while an operator starts. */
async function changesOfAStart(world: Ground): Promise<number> {
  const before = await world.requests();
  const operator = await world.operator();
  await settled(operator);
  await operator.stop(10_000);
  return mutating(added(before, await world.requests(), 1));
}
