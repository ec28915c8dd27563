import { figuresOf } from '../figures.ts';
import { addUpTo, type Member, populate } from '../population.ts';
import { allBudgeted, MOST_REVISIONS, type Round, rotateAll } from '../round.ts';
import type { Scenario, Stage } from '../stage.ts';

/** `half`: how many are rotated in a round, another half in the next; `revisions`: as many as the operator asks for within an hour. */
const SIZES = {
  quick: { half: 50, few: 100, many: 500, revisions: 1 },
  full: { half: 500, few: 1_000, many: 10_000, revisions: MOST_REVISIONS - 1 },
};
const MOST = 1.15;

/** The same rotations among few and among many objects, by turns, since a machine is not as fast at all times: what one of them costs. */
export const growth: Scenario = {
  letter: 'g',
  about: 'cost of a rotation among many objects',
  quick: false,
  async run(stage) {
    const { half, few, many, revisions } = SIZES[stage.size];
    const small = await sideOf(stage, 2 * half, few);
    const large = await sideOf(await stage.another(), 2 * half, many);
    const found: (readonly [Round, Round])[] = [];
    for (let revision = 2; revision < revisions + 2; revision += 1) {
      // Neither side always comes first.
      const one = await roundOf(small, { revision, from: 0, to: half });
      found.push([one, await roundOf(large, { revision, from: 0, to: half })]);
      const other = await roundOf(large, { revision, from: half, to: 2 * half });
      found.push([await roundOf(small, { revision, from: half, to: 2 * half }), other]);
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

/** The members from one place on up to another. */
interface Turn {
  readonly revision: number;
  readonly from: number;
  readonly to: number;
}

async function roundOf({ stage, members, objects }: Side, { revision, from, to }: Turn): Promise<Round> {
  const round = await rotateAll(stage, { members: members.slice(from, to), revision, asked: 'AtRest' });
  stage.tell(`among ${objects} objects: ${JSON.stringify(round)}`);
  return round;
}

function cpuOf({ cpuMs }: Round): number {
  return cpuMs;
}
