import { type Figure, figuresOf } from '../figures.ts';
import type { FloorResult } from '../floor.ts';
import { type Member, populate } from '../population.ts';
import { budgeted, type Round, rotateAll } from '../round.ts';
import { type FloorSample, runFloor, sampleForFloor } from '../run-floor.ts';
import type { Scenario, Stage } from '../stage.ts';

const SIZES = { quick: { rotations: 100, rounds: 1 }, full: { rotations: 1_000, rounds: 5 } };
const CONCURRENCIES = [16, 64, 128];

/** All are due at once, one reporting consumer each, whole loop; floor and operator take turns. */
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
    const found: (readonly [FloorResult, Round])[] = [];
    let concurrencies = CONCURRENCIES;
    for (let round = 1; round <= rounds; round += 1) {
      const floor = await bestFloor(stage, { sample, others, concurrencies, run: `r${round}` });
      // Which is best is found out once.
      concurrencies = [floor.concurrency];
      const operator = await rotateAll(stage, { members, revision: round + 1, asked: 'BeforeStart' });
      stage.tell(`round ${round}: ${JSON.stringify({ floor, operator })}`);
      found.push([floor, operator]);
    }
    return figures(found, rotations);
  },
};

interface FloorRound {
  readonly sample: FloorSample;
  readonly others: readonly Member[];
  readonly concurrencies: readonly number[];
  readonly run: string;
}

/** At the concurrency that it is fastest with. */
async function bestFloor(stage: Stage, { sample, others: rotations, concurrencies, run }: FloorRound) {
  const floors = [];
  for (const concurrency of concurrencies) {
    const task = { ...sample, rotations, concurrency, run: `${run}c${concurrency}` };
    floors.push({ concurrency, ...(await runFloor(stage, task)) });
  }
  const [fastest] = floors.toSorted((a, b) => a.seconds - b.seconds);
  if (!fastest) throw new Error('no floor was run');
  return fastest;
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
      each((_, { refused }) => refused),
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
