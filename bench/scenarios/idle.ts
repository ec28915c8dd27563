import { setTimeout as pause } from 'node:timers/promises';
import type { WorldOperator } from '../../test/e2e/world/world.ts';
import { KIBIBYTES_AN_OBJECT, operatorAtRest } from '../at-rest.ts';
import { figuresOf } from '../figures.ts';
import type { Ground } from '../ground.ts';
import { addObjects } from '../population.ts';
import type { Scenario } from '../stage.ts';
import { createTeams } from '../teams.ts';
import { added, mutating, usageOf } from '../usage.ts';

/** Enough to tell what an object takes from what a process takes that has worked at all: with a thousand that is twenty MiB. */
const OBJECTS = 10_000;
const NAMESPACES = 10;
const WINDOW_MS = 20_000;

/** An operator that has nothing to do: without objects, and with many at rest. */
export const idle: Scenario = {
  letter: 'c',
  about: 'nothing to do',
  quick: true,
  ground: 'QuickOnSandbox',
  async run(stage) {
    const empty = await look(stage.world);
    await addObjects(stage, await createTeams(stage.world, 'idle', NAMESPACES), OBJECTS);
    const full = await look(stage.world);
    const { ofCode, ofMachine } = figuresOf('c');
    const most = Math.min(200, empty.rssMiB + (KIBIBYTES_AN_OBJECT * OBJECTS) / 1024);
    return [
      ofCode('memory without objects', [empty.rssMiB], 'MiB'),
      ofCode(`memory, ${OBJECTS} objects`, [full.rssMiB], 'MiB', { most }),
      ofMachine('CPU at rest', [full.cpu * 100], '% of a core', { most: 0.5 }),
      ofCode('mutating requests at rest', [full.mutating], '', { most: 0 }),
      ofCode('size of a scrape', [full.scrapeMiB], 'MiB', { most: 2 }),
      ofMachine('time of a scrape', [full.scrapeMs], 'ms', { most: 200 }),
    ];
  },
};

/** An operator that has nothing to do. */
interface Idle {
  readonly rssMiB: number;
  /** Share of one core. */
  readonly cpu: number;
  /** Since before its start; leases left out. */
  readonly mutating: number;
  readonly scrapeMiB: number;
  readonly scrapeMs: number;
}

/** Starts an operator over what is there, lets it settle, and looks at it for a while. */
async function look(world: Ground): Promise<Idle> {
  const before = await world.requests();
  const operator = await operatorAtRest(world);
  const start = await usageOf(operator.pid);
  await pause(WINDOW_MS);
  const end = await usageOf(operator.pid);
  const requests = added(before, await world.requests(), 1);
  const scrape = await scraped(operator);
  await operator.stop(30_000);
  return {
    rssMiB: end.rssMiB,
    cpu: (end.cpuSeconds - start.cpuSeconds) / (WINDOW_MS / 1_000),
    mutating: mutating(requests),
    ...scrape,
  };
}

async function scraped({ probesURL }: Pick<WorldOperator, 'probesURL'>): Promise<Pick<Idle, 'scrapeMiB' | 'scrapeMs'>> {
  const started = performance.now();
  const text = await (await fetch(`${probesURL}/metrics`)).text();
  return { scrapeMiB: Buffer.byteLength(text) / 2 ** 20, scrapeMs: performance.now() - started };
}
