import { expect, test } from 'vitest';
import { formatPlan } from './plans/plan.ts';
import { playAll } from './plans/pool.ts';
import { type RaceRow, raceTableOf, rowOf } from './plans/table.ts';
import { RACES } from './races/all.ts';
import { basesOf } from './races/sweep.ts';

/** So many moments are tried with each issuer and store, other ones with each; `npm run simulate -- --races` tries them all. */
const MOST = 6;

test('races that a review found are won at the moments that are tried, and at some of these they really meet', {
  timeout: 30 * 60_000,
}, async () => {
  const rows: RaceRow[] = [];
  const failures: unknown[] = [];
  const jobs = RACES.flatMap((race) =>
    basesOf(race).map((base, turn) => ({
      type: 'Race' as const,
      base,
      plan: formatPlan(base),
      sample: { most: MOST, turn },
    })),
  );
  await playAll(jobs, ({ base }, tally) => {
    rows.push({ ...rowOf([base], tally), met: tally.met });
    failures.push(...tally.failures);
  });
  console.log(raceTableOf(rows));
  expect(failures).toEqual([]);
  const met = new Set(rows.filter((row) => row.met > 0).map(({ scenario }) => scenario));
  expect(RACES.map(({ name }) => name).filter((name) => !met.has(name))).toEqual([]);
});
