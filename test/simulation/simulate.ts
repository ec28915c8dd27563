import { parseArgs } from 'node:util';
import { showMutants } from './mutants/show.ts';
import type { Job } from './plans/campaign.ts';
import { type Cell, cells } from './plans/cells.ts';
import { formatPlan, type Plan, parsePlan } from './plans/plan.ts';
import { playAll, rateOf } from './plans/pool.ts';
import { drawPlan } from './plans/random.ts';
import { run } from './plans/run.ts';
import { singleFaults } from './plans/single-faults.ts';
import { type RaceRow, type Row, raceTableOf, rowOf, tableOf } from './plans/table.ts';
import { createTally, type Tally } from './plans/tally.ts';
import { RACES } from './races/all.ts';
import { basesOf } from './races/sweep.ts';

const USAGE = `Plays rotations in virtual time, with everything going wrong that can.

  npm run simulate                              every scenario, issuer and store with every single fault
  npm run simulate -- --scenario a,b --issuer replay-id --store Vault     some of them
  npm run simulate -- --plan ID                 one run to the letter, with all that happens in it
  npm run simulate -- --seed N                  the run that is drawn from a number, likewise
  npm run simulate -- --seeds N [--from FIRST]  the runs of N numbers
  npm run simulate -- --races [--scenario a,b]  the named races at all their moments
  npm run simulate -- --pairs                   the core scenario with every two faults
  npm run simulate -- --mutants                 every known bug in turn, and the invariant that sees it
`;
const SEEDS_AT_ONCE = 250;
/** What pairs of faults are played in. */
const CORE: Plan = { scenario: 'requested', issuer: 'replay-id', store: 'Vault', operators: 2, seed: 18, strikes: [] };

const { values } = parseArgs({
  options: {
    plan: { type: 'string' },
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    pairs: { type: 'boolean', default: false },
    races: { type: 'boolean', default: false },
    scenario: { type: 'string' },
    issuer: { type: 'string' },
    store: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** @param mustStrike whether a planned fault that comes too late is a failure: the plan is not what somebody meant */
async function replay(plan: Plan, mustStrike: boolean): Promise<void> {
  const { violations, digest, trace, struck } = await run(plan, { traced: true });
  const missed = plan.strikes.length - struck;
  const wrong = [...violations, ...(missed > 0 && mustStrike ? [`PLAN ${missed} of its faults did not strike`] : [])];
  const faults = `${struck} of ${plan.strikes.length} faults struck`;
  console.log([...trace, `plan ${formatPlan(plan)}, ${faults}, digest ${digest}`, ...wrong].join('\n'));
  if (wrong.length > 0) process.exitCode = 1;
}

/** Plays them all; prints what breaks as soon as it does, and once a minute how far it is. Answers with the sum. */
async function campaign<T extends Job>(
  jobs: readonly T[],
  nameOf: (job: T) => string,
  onTally: (job: T, tally: Tally) => void = () => {},
): Promise<string> {
  const startedAt = performance.now();
  const { sum, add } = createTally();
  let [done, told] = [0, 0];
  const cost = await playAll(jobs, (job, tally) => {
    const known = sum.failures.length;
    add(tally);
    onTally(job, tally);
    done += 1;
    for (const { id, violations } of sum.failures.slice(known)) console.log(`${id}\n    ${violations.join('\n    ')}`);
    const minute = Math.floor((performance.now() - startedAt) / 60_000);
    if (minute === told) return;
    told = minute;
    console.log(`${minute} min: ${done} of ${jobs.length} done, ${nameOf(job)}: ${summary(sum)}`);
  });
  if (sum.failed > 0) process.exitCode = 1;
  return `${summary(sum)}, in ${cost.seconds.toFixed(0)} s; ${rateOf(sum, cost)} keys issued and rotated a CPU second`;
}

function summary({ plans, missed, failed }: Tally): string {
  const unstruck = missed > 0 ? `, ${missed} faults came too late to strike` : '';
  return `${plans} plans, ${failed} with violations${unstruck}`;
}

const list = (text: string | undefined) => text?.split(',');

if (values.help) console.log(USAGE);
else if (values.mutants) process.exitCode = (await showMutants()) > 0 ? 1 : 0;
else if (values.plan !== undefined) await replay(parsePlan(values.plan), true);
else if (values.seed !== undefined) await replay(drawPlan(Number(values.seed)), false);
else if (values.seeds !== undefined) {
  const [first, count] = [Number(values.from), Number(values.seeds)];
  const jobs = Array.from({ length: Math.ceil(count / SEEDS_AT_ONCE) }, (_, index) => {
    const from = first + index * SEEDS_AT_ONCE;
    return { type: 'Seeds' as const, from, count: Math.min(SEEDS_AT_ONCE, first + count - from) };
  });
  console.log(await campaign(jobs, ({ from, count: some }) => `seeds ${from} to ${from + some - 1}`));
} else if (values.races) {
  const races = RACES.filter(({ name }) => list(values.scenario)?.includes(name) ?? true);
  const bases = races.flatMap(basesOf);
  const rows: RaceRow[] = [];
  const jobs = bases.map((base) => ({ type: 'Race' as const, base, plan: formatPlan(base) }));
  const end = await campaign(
    jobs,
    ({ plan }) => plan,
    ({ base }, tally) => rows.push({ ...rowOf([base], tally), met: tally.met }),
  );
  console.log(`${raceTableOf(rows)}\n${end}`);
  if (rows.some(({ met }) => met === 0)) process.exitCode = 1;
} else if (values.pairs) {
  const firsts = singleFaults(CORE, await run(CORE), 'Brief');
  const jobs = firsts.map((plan) => ({ type: 'SecondFaults' as const, plan: formatPlan(plan) }));
  console.log(await campaign(jobs, ({ plan }) => plan));
} else {
  const wanted = Object.entries({
    scenario: list(values.scenario),
    issuer: list(values.issuer),
    store: list(values.store),
  });
  const only = Object.fromEntries(wanted.filter(([, names]) => names !== undefined));
  const jobs = cells(only).map((cell) => ({ type: 'SingleFaults' as const, cell, extent: 'All' as const }));
  const rows: Row[] = [];
  const nameOf = ({ cell: [plan] }: { readonly cell: Cell }) => (plan ? formatPlan(plan) : '');
  const end = await campaign(jobs, nameOf, ({ cell }, tally) => rows.push(rowOf(cell, tally)));
  console.log(`${tableOf(rows)}\n${end}`);
}
