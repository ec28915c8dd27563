import { Agent, request } from 'undici';
import { figuresOf } from '../figures.ts';
import { addObjects } from '../population.ts';
import { quietSince } from '../quiet.ts';
import type { Scenario, Stage } from '../stage.ts';
import { createTeams } from '../teams.ts';
import { added, mutating } from '../usage.ts';

const SIZES = { quick: { objects: 300, rounds: 1 }, full: { objects: 10_000, rounds: 3 } };
const NAMESPACES = 10;
/** As the operator's watches list. */
const PAGE = 500;

/** An operator starts over many objects at rest: until it is quiet, against the time that somebody takes who only lists them. */
export const coldStart: Scenario = {
  letter: 'd',
  about: 'start over many objects',
  quick: false,
  async run(stage) {
    const { objects, rounds } = SIZES[stage.size];
    const { plane } = stage.world;
    const empty = await start(stage);
    await addObjects(stage, await createTeams(stage.world, 'cold', NAMESPACES), objects);
    const [lists, starts] = [[] as number[], [] as Start[]];
    for (let round = 1; round <= rounds; round += 1) {
      lists.push(await listAll(plane));
      starts.push(await start(stage));
      stage.tell(`round ${round}: a list ${lists.at(-1)?.toFixed(0)} ms, ${JSON.stringify(starts.at(-1))}`);
    }
    const { ofCode, ofMachine } = figuresOf('d');
    const times = starts.map(({ quietMs }, at) => quietMs / (lists[at] ?? Number.NaN));
    return [
      ofMachine(`start until quiet, of a list of ${objects} objects`, times, 'x', { most: 3 }),
      ofMachine(
        'start until quiet',
        starts.map(({ quietMs }) => quietMs),
        'ms',
      ),
      ofMachine('start until quiet, without objects', [empty.quietMs], 'ms'),
      ofMachine('a list', lists, 'ms'),
      ofCode(
        'mutating requests of a start',
        starts.map((one) => one.mutating),
        '',
        { most: 0 },
      ),
    ];
  },
};

interface Start {
  readonly quietMs: number;
  readonly mutating: number;
}

/** From the start of the process. */
async function start({ world }: Stage): Promise<Start> {
  const before = await world.requests();
  const startedAt = performance.now();
  const operator = await world.operator();
  const quietAt = await quietSince(operator.pid);
  const requests = added(before, await world.requests(), 1);
  await operator.stop(30_000);
  return { quietMs: quietAt - startedAt, mutating: mutating(requests) };
}

/** Milliseconds that reading all rotations takes, page by page. */
async function listAll({ url, ca, adminToken }: Stage['world']['plane']): Promise<number> {
  const dispatcher = new Agent({ connect: { ca } });
  const startedAt = performance.now();
  let next: string | undefined = '';
  while (next !== undefined) {
    const path = `/apis/apikeyrotation.io/v1alpha1/apikeyrotations?limit=${PAGE}&continue=${encodeURIComponent(next)}`;
    const headers = { authorization: `Bearer ${adminToken}` };
    const { body } = await request(url + path, { dispatcher, headers });
    const { metadata } = (await body.json()) as { readonly metadata: { readonly continue?: string } };
    next = metadata.continue || undefined;
  }
  const tookMs = performance.now() - startedAt;
  await dispatcher.close();
  return tookMs;
}
