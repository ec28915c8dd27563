import { type Figure, figuresOf } from '../figures.ts';
import type { FloorResult } from '../floor.ts';
import { type Member, populate } from '../population.ts';
import { budgeted, type Round, rotateAll, turnedAway } from '../round.ts';
import { type FloorSample, runFloor, sampleForFloor } from '../run-floor.ts';
import type { Scenario, Stage } from '../stage.ts';

const SIZES = { quick: { rotations: 100, rounds: 1 }, full: { rotations: 1_000, rounds: 5 } };
const CONCURRENCIES = [16, 64, 128] as const;

/** All are due at once, one reporting consumer each, whole loop; floor and operator take turns, the floor first and last. */
export const dueAtOnce: Scenario = {
  letter: 'a',
  about: 'all due at once, against the floor',
  quick: true,
  async run(stage) {
    const { rotations, rounds } = SIZES[stage.size];
    const members = await populate(stage, 'due', rotations);
    const others = await populate(stage, 'floor', rotations);
    const [first] = others;
    if (!first) throw new Error('there are no rotations');
    const sample = await sampleForFloor(stage, first);
    const concurrency = await bestConcurrency(stage, sample, others);
    const floorRun = (run: string) => runFloor(stage, { ...sample, rotations: others, concurrency, run });
    const found: (readonly [FloorResult, Round])[] = [];
    let before = await floorRun('r0');
    for (let round = 1; round <= rounds; round += 1) {
      const operator = await rotateAll(stage, { members, revision: round + 1, asked: 'BeforeStart' });
      const after = await floorRun(`r${round}`);
      stage.tell(`round ${round}: ${JSON.stringify({ concurrency, before, operator, after })}`);
      // The machine is not as fast at all times: what came before and after tells best how fast it was in between.
      found.push([between(before, after), operator]);
      before = after;
    }
    return figures(found, rotations);
  },
};

/** The one that the floor is fastest with. */
async function bestConcurrency(stage: Stage, sample: FloorSample, rotations: readonly Member[]): Promise<number> {
  const tried: { readonly concurrency: number; readonly seconds: number }[] = [];
  for (const concurrency of CONCURRENCIES) {
    const { seconds } = await runFloor(stage, { ...sample, rotations, concurrency, run: `c${concurrency}` });
    stage.tell(`the floor at ${concurrency}: ${seconds} s`);
    tried.push({ concurrency, seconds });
  }
  const [fastest] = tried.toSorted((a, b) => a.seconds - b.seconds);
  return fastest?.concurrency ?? CONCURRENCIES[0];
}

function between(before: FloorResult, after: FloorResult): FloorResult {
  const mean = (of: (result: FloorResult) => number) => (of(before) + of(after)) / 2;
  return { seconds: mean(({ seconds }) => seconds), cpuSeconds: mean(({ cpuSeconds }) => cpuSeconds) };
}

/** A rotation with one reporting consumer: docs/performance.md. */
const BUDGET = { kubernetes: 11, store: 4, issuer: 7 };

function figures(found: readonly (readonly [FloorResult, Round])[], rotations: number): readonly Figure[] {
  const { ofCode, ofMachine } = figuresOf('a');
  const each = (of: (floor: FloorResult, operator: Round) => number) => found.map(([floor, round]) => of(floor, round));
  const requests = (side: keyof typeof BUDGET) =>
    ofCode(
      `requests a rotation to ${side === 'kubernetes' ? 'Kubernetes' : `the ${side}`}`,
      each((_, round) => budgeted(round, side)),
      '',
      { most: BUDGET[side] + 0.5 },
    );
  const floorCpuMs = ({ cpuSeconds }: FloorResult) => (1_000 * cpuSeconds) / rotations;
  const floorThroughput = ({ seconds }: FloorResult) => rotations / seconds;
  return [
    ofMachine(
      'throughput, share of the floor',
      each((floor, { throughput }) => throughput / floorThroughput(floor)),
      'x',
      { least: 0.85 },
    ),
    ofMachine(
      "CPU a rotation, of the floor's own",
      each((floor, { cpuMs }) => cpuMs / floorCpuMs(floor)),
      'x',
      { most: 2 },
    ),
    requests('kubernetes'),
    requests('store'),
    requests('issuer'),
    ofMachine(
      'reports that were turned away',
      each((_, round) => turnedAway(round)),
    ),
    ofMachine(
      'throughput',
      each((_, { throughput }) => throughput),
      '/s',
    ),
    ofMachine('throughput of the floor', each(floorThroughput), '/s'),
    ofMachine(
      'CPU a rotation',
      each((_, { cpuMs }) => cpuMs),
      'ms',
    ),
    ofMachine('CPU a rotation of the floor', each(floorCpuMs), 'ms'),
  ];
}
