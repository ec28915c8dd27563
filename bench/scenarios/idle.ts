import { setTimeout as pause } from 'node:timers/promises';
import type { World, WorldOperator } from '../../test/e2e/world/world.ts';
import { added, requestsAt, usageOf } from '../usage.ts';

/** An operator that has nothing to do. */
export interface Idle {
  readonly rssMiB: number;
  /** Share of one core. */
  readonly cpu: number;
  /** Requests that change something, leases left out. */
  readonly mutating: number;
  readonly scrapeMiB: number;
  readonly scrapeMs: number;
}

/** Until garbage of the start is collected, and looks that a start causes are over. */
const SETTLE_MS = 20_000;
const WINDOW_MS = 20_000;
const READS = /^(GET|LIST|WATCH) /;

/** Scenario (c): starts an operator over what is there, lets it settle, and looks at it for a while. */
export async function idle(world: World): Promise<Idle> {
  const before = await requestsAt(world.plane);
  const operator = await world.operator();
  await pause(SETTLE_MS);
  const start = await usageOf(operator.pid);
  await pause(WINDOW_MS);
  const end = await usageOf(operator.pid);
  const requests = added(before, await requestsAt(world.plane), 1);
  const scrape = await scraped(operator);
  await operator.stop(30_000);
  const mutating = Object.entries(requests).filter(
    ([request]) => !READS.test(request) && !request.includes('tokenreviews'),
  );
  return {
    rssMiB: end.rssMiB,
    cpu: (end.cpuSeconds - start.cpuSeconds) / (WINDOW_MS / 1_000),
    mutating: mutating.reduce((sum, [, count]) => sum + count, 0),
    ...scrape,
  };
}

async function scraped({ probesURL }: WorldOperator): Promise<Pick<Idle, 'scrapeMiB' | 'scrapeMs'>> {
  const started = performance.now();
  const text = await (await fetch(`${probesURL}/metrics`)).text();
  return { scrapeMiB: Buffer.byteLength(text) / 2 ** 20, scrapeMs: performance.now() - started };
}
