import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Job, Tally } from './campaign.ts';

/** Plays the jobs on all cores, one after the other on each, and tells of each as it ends. */
export async function playAll<T extends Job>(
  jobs: readonly T[],
  onTally: (job: T, tally: Tally) => void,
): Promise<void> {
  const rest = jobs[Symbol.iterator]();
  await Promise.all(Array.from({ length: availableParallelism() }, work));

  async function work(): Promise<void> {
    const worker = new Worker(new URL('worker.ts', import.meta.url));
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
