import { raceOf } from '../races/all.ts';
import { type Sample, sweep } from '../races/sweep.ts';
import type { Cell } from './cells.ts';
import { formatPlan, type Plan, parsePlan } from './plan.ts';
import { drawPlan } from './random.ts';
import { type Manner, type Run, run } from './run.ts';
import { type Extent, secondFaults, singleFaults } from './single-faults.ts';
import { createTally, type Tally } from './tally.ts';

/** Something to play, small enough for one go. */
export type Job =
  /** Each schedule of a cell well, then with every single fault. */
  | { readonly type: 'SingleFaults'; readonly cell: Cell; readonly extent: Extent }
  /** This fault, and then any other one. */
  | { readonly type: 'SecondFaults'; readonly plan: string }
  /** A race of one issuer and one store, given the plan in which nothing goes wrong, at all its moments or at some. */
  | { readonly type: 'Race'; readonly plan: string; readonly sample?: Sample }
  /** Plans drawn from these numbers. */
  | { readonly type: 'Seeds'; readonly from: number; readonly count: number }
  /** The same plan again and again: what a rotation costs. */
  | { readonly type: 'Repeated'; readonly plan: string; readonly times: number };

/** Calls and events are counted apart: an event that comes before a call may keep it from being made. */
function isInOrder({ strikes }: Plan): boolean {
  return new Set(strikes.map(({ type }) => type)).size === 1;
}

/** Plays all of a job; whatever breaks, the rest of it is played too. */
export async function play(job: Job): Promise<Tally> {
  const tally = createTally();
  /** What nobody waited for, and failed. */
  const loose: unknown[] = [];
  const note = (error: unknown) => void loose.push(error);

  async function count(plan: Plan, mustStrike = true, manner?: Manner): Promise<Run | undefined> {
    const id = formatPlan(plan);
    const result = (await run(plan, manner).catch(note)) ?? undefined;
    const defects = loose.splice(0).map((error) => `DEFECT ${error}`);
    const missed = result ? plan.strikes.length - result.struck : 0;
    const unstruck = missed > 0 && mustStrike ? [`PLAN ${missed} of the planned faults did not strike`] : [];
    const met = result?.happened && plan.strikes.length > 0 ? 1 : 0;
    const violations = [...(result?.violations ?? []), ...defects, ...unstruck];
    tally.count({ id, violations }, { keys: result?.issued ?? 0, missed, met });
    return result;
  }

  process.on('unhandledRejection', note);
  try {
    switch (job.type) {
      case 'SingleFaults':
        for (const plan of job.cell) {
          const well = await count(plan);
          const faulty = well ? singleFaults(plan, well, job.extent) : [];
          for (const each of faulty) await count(each, true, { wellIsJudged: true });
        }
        break;
      case 'SecondFaults': {
        const plan = parsePlan(job.plan);
        for (const pair of secondFaults(plan, await run(plan))) await count(pair, isInOrder(pair));
        break;
      }
      case 'Race': {
        const base = parsePlan(job.plan);
        await sweep(raceOf(base.scenario), base, count, job.sample);
        break;
      }
      case 'Seeds':
        for (let number = job.from; number < job.from + job.count; number += 1) await count(drawPlan(number), false);
        break;
      case 'Repeated':
        for (let time = 0; time < job.times; time += 1) await count(parsePlan(job.plan));
    }
  } finally {
    process.off('unhandledRejection', note);
  }
  return tally.sum;
}
