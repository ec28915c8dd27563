import { expect, test } from 'vitest';
import { MUTANTS } from './mutants/all.ts';
import { catchAll, type Fate } from './mutants/catch.ts';
import { control } from './mutants/hunt.ts';
import { breakers, invariantIDs } from './mutants/show.ts';

const TIMEOUT_MS = 600_000;

test('every mutant is caught by the invariant or test that is named for it, and without it the same plan is green', {
  timeout: TIMEOUT_MS,
}, async () => {
  const fates: Fate[] = [];
  await catchAll(MUTANTS, (fate) => fates.push(fate));
  const survivors = fates.filter(({ answer }) => answer.type === 'Survived');
  expect(survivors.map(({ mutant: { id, says }, answer }) => `${id} (${says}): ${answer.words}`)).toEqual([]);
  for (const { answer } of fates) {
    const plan = answer.type === 'Caught' ? answer.plan : undefined;
    if (plan !== undefined) expect({ plan, broken: await control(plan) }).toEqual({ plan, broken: [] });
  }
});

test('every invariant can fail: some mutant breaks it', () => {
  expect(invariantIDs().filter((invariant) => breakers(invariant) === '')).toEqual([]);
});

test('no two mutants have one name: the second would never be sent to its guard', () => {
  const ids = MUTANTS.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});
