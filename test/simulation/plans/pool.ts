import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Job } from './campaign.ts';
import type { Tally } from './tally.ts';

/** What a campaign took. */
export interface Cost {
  /** CPU time of the whole process, in milliseconds: all threads, loading and collecting garbage included. */
  readonly cpuMs: number;
  readonly seconds: number;
}

/** Room for new objects, in megabytes: a run makes two that are soon forgotten, and is over before any grows old. */
const YOUNG_MB = 96;

/** Plays the jobs on all cores, one after the other on each, and tells of each as it ends. */
export async function playAll<T extends Job>(
  jobs: readonly T[],
  onTally: (job: T, tally: Tally) => void,
): Promise<Cost> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  const rest = jobs[Symbol.iterator]();
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000, seconds: (performance.now() - startedAt) / 1_000 };

  async function work(): Promise<void> {
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    try {
      for (const job of rest) onTally(job, await ask(worker, job));
    } finally {
      await worker.terminate();
    }
  }
}

async function ask(worker: Worker, job: Job): Promise<Tally> {
  const answer = once(worker, 'message');
  worker.postMessage(job);
  const [tally] = await answer;
  return tally;
}

/** Keys that were issued, each of which took a rotation, for each CPU second of one core. */
export function rateOf({ keys }: Pick<Tally, 'keys'>, { cpuMs }: Cost): number {
  return Math.round((keys / cpuMs) * 1_000);
}
