import { expect, test } from 'vitest';
import type { CallFault } from './kernel/faults.ts';
import { ARRANGEMENTS, playNeighbours } from './neighbours/play.ts';
import { formatPlan, type Plan } from './plans/plan.ts';
import { singleFaults } from './plans/single-faults.ts';

const BASES: readonly Plan[] = ARRANGEMENTS.map((scenario) => ({
  scenario,
  issuer: 'replay-id',
  store: 'Vault',
  operators: 1,
  seed: 17,
  strikes: [],
}));
const FAULTS: readonly CallFault[] = ['crash-before', 'crash-after', 'lost-answer', 'late-5m', 'stale', 'pause'];
const TIMEOUT_MS = 120_000;

test.each(ARRANGEMENTS)('%s on one account that rotate at one time leave each other alone', async (scenario) => {
  for (const base of BASES.filter((each) => each.scenario === scenario))
    expect(await playNeighbours(base)).toMatchObject({ violations: [], met: true });
});

test('neighbours on one account leave each other alone whatever goes wrong once with one of them', {
  timeout: TIMEOUT_MS,
}, async () => {
  const wrong: object[] = [];
  for (const base of BASES) {
    const plans = singleFaults(base, { calls: (await playNeighbours(base)).calls, events: 0 }, 'All').filter(isTried);
    const started = performance.now();
    let met = 0;
    for (const plan of plans) {
      const { id, violations, struck, met: together } = await playNeighbours(plan);
      if (together) met += 1;
      if (violations.length > 0 || struck !== 1) wrong.push({ id, struck, violations });
    }
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    console.log(`${formatPlan(base)}: ${plans.length} plans, in ${met} both rotated at one time, ${seconds} s`);
    expect(met).toBe(plans.length);
  }
  expect(wrong).toEqual([]);
});

function isTried({ strikes }: Plan): boolean {
  return strikes.every((strike) => strike.type === 'Call' && FAULTS.includes(strike.fault));
}
