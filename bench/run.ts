import type { World } from '../test/e2e/world/world.ts';
import { type Figure, percentile95 } from './figures.ts';
import { followRotations } from './followed-rotations.ts';
import { firstKeys, populate } from './population.ts';
import { type DueAtOnce, dueAtOnce } from './scenarios/due-at-once.ts';
import { type Idle, idle } from './scenarios/idle.ts';
import { type Revocations, reaction } from './scenarios/reaction.ts';

/** How much is done of each. */
export interface Size {
  readonly dueAtOnce: number;
  readonly rounds: number;
  /** Objects beside those of the other scenarios. */
  readonly idle: number;
  readonly reactions: number;
}

/** What a run needs beside its world. */
export interface RunOptions {
  readonly size: Size;
  /** Filled by whoever made the world. */
  readonly revocations: Revocations;
  readonly tell: (line: string) => void;
}

/** Runs the scenarios one after the other in one world, the empty one first. */
export async function run(world: World, { size, revocations, tell }: RunOptions): Promise<readonly Figure[]> {
  tell('c: an operator without objects');
  const empty = await idle(world);
  const followed = await followRotations(world.plane);
  tell(`making ${2 * size.dueAtOnce} rotations`);
  const members = await populate(world, 'due', size.dueAtOnce);
  const others = await populate(world, 'floor', size.dueAtOnce);
  await firstKeys(world, followed, [...members, ...others]);

  tell(`a: ${size.dueAtOnce} due at once, ${size.rounds} rounds`);
  const rounds = await dueAtOnce(world, { followed, members, others, rounds: size.rounds, tell });
  tell(`e: ${size.reactions} one after the other`);
  const some = members.slice(0, size.reactions);
  const reactions = await reaction(world, { followed, members: some, revision: size.rounds + 2 }, revocations);

  tell(`c: an operator with ${size.idle} more objects at rest`);
  const resting = await populate(world, 'idle', size.idle);
  await firstKeys(world, followed, resting);
  const full = await idle(world);
  await followed.close();
  const objects = members.length + others.length + resting.length;
  return [...dueFigures(rounds), reactionFigure(reactions), ...idleFigures(empty, full, objects)];
}

function dueFigures(rounds: readonly DueAtOnce[]): readonly Figure[] {
  const each = (of: (round: DueAtOnce) => number) => rounds.map(of);
  const calls = (side: RegExp) =>
    each(({ operator: { requests } }) =>
      Object.entries(requests).reduce((sum, [name, count]) => sum + (side.test(name) ? count : 0), 0),
    );
  const scenario = 'a';
  return [
    {
      scenario,
      name: 'throughput, share of the floor',
      values: each(({ floor, operator }) => operator.throughput / floor.throughput),
      unit: 'x',
      limit: { least: 0.85 },
      depends: 'OnTheMachine',
    },
    {
      scenario,
      name: "CPU a rotation, of the floor's own",
      values: each(({ floor, operator }) => operator.cpuMs / floor.cpuMs),
      unit: 'x',
      limit: { most: 2 },
      depends: 'OnTheMachine',
    },
    {
      scenario,
      name: 'requests a rotation to Kubernetes',
      values: calls(/^(PUT|POST|GET pods|LIST (pods|migrationreports))/),
      unit: '',
      limit: { most: BUDGET.kubernetes + 0.5 },
      depends: 'OnTheCodeAlone',
    },
    {
      scenario,
      name: 'requests a rotation to the store',
      values: calls(/^store (read|publish)/),
      unit: '',
      limit: { most: BUDGET.store + 0.5 },
      depends: 'OnTheCodeAlone',
    },
    {
      scenario,
      name: 'requests a rotation to the issuer',
      values: calls(/^issuer (list|issue|verify|get|revoke)/),
      unit: '',
      limit: { most: BUDGET.issuer + 0.5 },
      depends: 'OnTheCodeAlone',
    },
    {
      scenario,
      name: 'reports that were turned away',
      values: each(({ operator: { refused } }) => Object.values(refused).reduce((sum, count) => sum + count, 0)),
      unit: '',
      depends: 'OnTheMachine',
    },
    {
      scenario,
      name: 'throughput',
      values: each(({ operator }) => operator.throughput),
      unit: '/s',
      depends: 'OnTheMachine',
    },
    {
      scenario,
      name: 'CPU a rotation',
      values: each(({ operator }) => operator.cpuMs),
      unit: 'ms',
      depends: 'OnTheMachine',
    },
  ];
}

/** A rotation with one reporting consumer: docs/protocol.md. */
const BUDGET = { kubernetes: 11, store: 4, issuer: 7 };

function reactionFigure(reactions: readonly number[]): Figure {
  return {
    scenario: 'e',
    name: 'last report to the death of the old key, 95 %',
    values: [percentile95(reactions)],
    unit: 'ms',
    limit: { most: 250 },
    depends: 'OnTheMachine',
  };
}

const KIBIBYTES_AN_OBJECT = 6;

function idleFigures(empty: Idle, full: Idle, objects: number): readonly Figure[] {
  const scenario = 'c';
  const most = Math.min(200, empty.rssMiB + (KIBIBYTES_AN_OBJECT * objects) / 1024);
  return [
    { scenario, name: 'memory without objects', values: [empty.rssMiB], unit: 'MiB', depends: 'OnTheCodeAlone' },
    {
      scenario,
      name: `memory, ${objects} objects`,
      values: [full.rssMiB],
      unit: 'MiB',
      limit: { most },
      depends: 'OnTheCodeAlone',
    },
    {
      scenario,
      name: 'CPU at rest',
      values: [full.cpu * 100],
      unit: '% of a core',
      limit: { most: 0.5 },
      depends: 'OnTheMachine',
    },
    {
      scenario,
      name: 'mutating requests at rest',
      values: [full.mutating],
      unit: '',
      limit: { most: 0 },
      depends: 'OnTheCodeAlone',
    },
    {
      scenario,
      name: 'size of a scrape',
      values: [full.scrapeMiB],
      unit: 'MiB',
      limit: { most: 2 },
      depends: 'OnTheCodeAlone',
    },
    {
      scenario,
      name: 'time of a scrape',
      values: [full.scrapeMs],
      unit: 'ms',
      limit: { most: 200 },
      depends: 'OnTheMachine',
    },
  ];
}
