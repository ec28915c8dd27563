import { figuresOf } from '../figures.ts';
import { addUpTo, type Member, populate } from '../population.ts';
import { allBudgeted, type Round, rotateAll } from '../round.ts';
import type { Scenario, Stage } from '../stage.ts';

const SIZES = {
  quick: { rotations: 50, few: 100, many: 500, rounds: 1 },
  full: { rotations: 500, few: 1_000, many: 10_000, rounds: 4 },
};
const MOST = 1.15;

/** The same rotations among few and among many objects, by turns, since a machine is not as fast at all times: what one of them costs. */
export const growth: Scenario = {
  letter: 'g',
  about: 'cost of a rotation among many objects',
  quick: false,
  async run(stage) {
    const { rotations, few, many, rounds } = SIZES[stage.size];
    const small = await sideOf(stage, rotations, few);
    const large = await sideOf(await stage.another(), rotations, many);
    const found: (readonly [Round, Round])[] = [];
    for (let revision = 2; revision < rounds + 2; revision += 1) {
      // Neither always comes first.
      const first = revision % 2 === 0 ? small : large;
      const one = await roundOf(first, revision);
      const other = await roundOf(first === small ? large : small, revision);
      found.push(first === small ? [one, other] : [other, one]);
    }
    const share = (of: (round: Round) => number) => found.map(([fewer, more]) => of(more) / of(fewer));
    const { ofCode, ofMachine } = figuresOf('g');
    const than = `among ${many} objects, of that among ${few}`;
    return [
      ofCode(`requests a rotation ${than}`, share(allBudgeted), 'x', { most: MOST }),
      ofMachine(`CPU a rotation ${than}`, share(cpuOf), 'x', { most: MOST }),
      ofMachine(
        `CPU a rotation among ${many} objects`,
        found.map(([, more]) => more.cpuMs),
        'ms',
      ),
    ];
  },
};

/** Where there are so many objects. */
interface Side {
  readonly stage: Stage;
  readonly members: readonly Member[];
  readonly objects: number;
}

async function sideOf(stage: Stage, rotations: number, objects: number): Promise<Side> {
  const members = await populate(stage, 'some', rotations);
  await addUpTo(stage, objects, rotations);
  return { stage, members, objects };
}

async function roundOf({ stage, members, objects }: Side, revision: number): Promise<Round> {
  const round = await rotateAll(stage, { members, revision, asked: 'AtRest' });
  stage.tell(`among ${objects} objects: ${JSON.stringify(round)}`);
  return round;
}

function cpuOf({ cpuMs }: Round): number {
  return cpuMs;
}
