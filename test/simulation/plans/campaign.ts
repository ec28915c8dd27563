import type { Cell } from './cells.ts';
import { formatPlan, type Plan, parsePlan } from './plan.ts';
import { drawPlan } from './random.ts';
import { type Run, run } from './run.ts';
import { secondFaults, singleFaults } from './single-faults.ts';

/** Something to play, small enough for one go. */
export type Job =
  /** Each schedule of a cell well, then with every single fault. */
  | { readonly type: 'SingleFaults'; readonly cell: Cell }
  /** This fault, and then any other one. */
  | { readonly type: 'SecondFaults'; readonly plan: string }
  /** Plans drawn from these numbers. */
  | { readonly type: 'Seeds'; readonly from: number; readonly count: number };

/** What became of a job. */
export interface Tally {
  plans: number;
  /** Keys that were issued: each took a rotation. */
  keys: number;
  /** CPU time, in milliseconds. */
  cpuMs: number;
  /** Planned faults that did not strike. */
  missed: number;
  readonly failures: Failure[];
}

/** A plan that broke something, with what it broke. */
export interface Failure {
  readonly id: string;
  readonly violations: readonly string[];
}

/** Plays all of a job. */
export async function play(job: Job): Promise<Tally> {
  const tally: Tally = { plans: 0, keys: 0, cpuMs: 0, missed: 0, failures: [] };
  const startedAt = process.threadCpuUsage();

  async function count(plan: Plan, mustStrike = true): Promise<Run> {
    const result = await run(plan);
    const { violations, struck, issued } = result;
    const missed = plan.strikes.length - struck;
    const unstruck = missed > 0 && mustStrike ? [`PLAN ${missed} of the planned faults did not strike`] : [];
    tally.plans += 1;
    tally.keys += issued;
    tally.missed += missed;
    if (violations.length + unstruck.length > 0)
      tally.failures.push({ id: formatPlan(plan), violations: [...violations, ...unstruck] });
    return result;
  }

  switch (job.type) {
    case 'SingleFaults':
      for (const plan of job.cell) {
        const well = await count(plan);
        for (const faulty of singleFaults(plan, well)) await count(faulty);
      }
      break;
    case 'SecondFaults': {
      const plan = parsePlan(job.plan);
      for (const faulty of secondFaults(plan, await run(plan))) await count(faulty);
      break;
    }
    case 'Seeds':
      for (let number = job.from; number < job.from + job.count; number += 1) await count(drawPlan(number), false);
  }
  tally.cpuMs = process.threadCpuUsage(startedAt).user / 1_000;
  return tally;
}
