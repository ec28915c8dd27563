import { parentPort } from 'node:worker_threads';
import { type Job, play } from './campaign.ts';

// Errors are made by the thousand here, and nobody reads where.
Error.stackTraceLimit = 0;
parentPort?.on('message', async (job: Job) => {
  parentPort?.postMessage(await play(job));
});
