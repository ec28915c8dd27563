import { expect, test } from 'vitest';
import type { Failure } from './plans/campaign.ts';
import { cells } from './plans/cells.ts';
import { formatPlan, parsePlan } from './plans/plan.ts';
import { playAll } from './plans/pool.ts';
import { drawPlan } from './plans/random.ts';
import { run } from './plans/run.ts';

const LIMIT_MS = 30 * 60_000;
/** Stories that are told with every issuer and store. */
const CORE = { scenario: ['first-issue', 'requested'] };
/** Stories that are told with one of each here, and with all by `npm run simulate`: see issue 5. */
const REST = {
  issuer: ['replay-id'],
  store: ['Vault'],
  scenario: [
    'narrowed',
    'several-targets',
    'overlap',
    'consumers-change',
    'suspension',
    'spec-edit',
    'shortened',
    'adoption',
    'roll-back',
    'emergency-current',
    'emergency-old',
    'emergency-new',
    'drop-target',
    'restored-status',
    'deletion-intended-retain',
    'deletion-intended-revoke',
    'deletion-published-retain',
    'deletion-published-revoke',
    'deletion-revoking-retain',
    'deletion-revoking-revoke',
  ],
};

test('no single fault breaks a promise, with up to three operators at once', {
  timeout: LIMIT_MS,
}, async () => {
  const rows: string[] = [];
  const failures: Failure[] = [];
  let [plans, keys, cpuMs] = [0, 0, 0];
  const jobs = [...cells(CORE), ...cells(REST)].map((cell) => ({ type: 'SingleFaults' as const, cell }));
  await playAll(jobs, ({ cell: [plan] }, tally) => {
    rows.push(`${plan?.scenario.padEnd(26)} ${plan?.issuer.padEnd(12)} ${plan?.store.padEnd(17)} ${tally.plans}`);
    failures.push(...tally.failures);
    plans += tally.plans;
    keys += tally.keys;
    cpuMs += tally.cpuMs;
  });
  const rate = Math.round((keys / cpuMs) * 1_000);
  console.log(['scenario                   issuer       store             plans', ...rows.sort()].join('\n'));
  console.log(
    `${plans} plans with a single fault or none, ${failures.length} with violations, ${rate} rotations/s and core`,
  );
  expect(failures.slice(0, 20)).toEqual([]);
});

test('runs with several faults, drawn from numbers, break none either', { timeout: LIMIT_MS }, async () => {
  const failures: Failure[] = [];
  const jobs = [1, 101, 201, 301].map((from) => ({ type: 'Seeds' as const, from, count: 100 }));
  await playAll(jobs, (_job, tally) => failures.push(...tally.failures));
  expect(failures.slice(0, 20)).toEqual([]);
});

test('a run repeats to the letter from its plan, whatever was played between', async () => {
  const plan = drawPlan(42);
  const first = await run(plan, true);
  for (const number of [43, 44, 45]) await run(drawPlan(number));
  expect(await run(parsePlan(formatPlan(plan)), true)).toEqual(first);
});
