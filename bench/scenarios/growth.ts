import { figuresOf } from '../figures.ts';
import { addObjects, populate } from '../population.ts';
import { budgeted, type Round, rotateAll } from '../round.ts';
import type { Scenario } from '../stage.ts';
import { createTeams } from '../teams.ts';

const SIZES = {
  quick: { rotations: 50, few: 100, many: 500, rounds: 1 },
  full: { rotations: 500, few: 1_000, many: 10_000, rounds: 2 },
};
const NAMESPACES = 10;
const MOST = 1.15;

/** The same rotations among few and among many objects: what one of them costs. */
export const growth: Scenario = {
  letter: 'g',
  about: 'cost of a rotation among many objects',
  quick: false,
  async run(stage) {
    const { rotations, few, many, rounds } = SIZES[stage.size];
    const members = await populate(stage, 'some', rotations);
    await addObjects(stage, await createTeams(stage.world, 'few', NAMESPACES), few - rotations);
    const among = async (objects: number, done: number): Promise<readonly Round[]> => {
      const found: Round[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const revision = done + round + 1;
        found.push(await rotateAll(stage, { members, revision, asked: 'AtRest' }));
        stage.tell(`among ${objects} objects: ${JSON.stringify(found.at(-1))}`);
      }
      return found;
    };
    const small = await among(few, 0);
    await addObjects(stage, await createTeams(stage.world, 'many', NAMESPACES), many - few);
    const large = await among(many, rounds);
    const share = (of: (round: Round) => number) => large.map((round, at) => of(round) / of(small[at] ?? round));
    const { ofCode, ofMachine } = figuresOf('g');
    const requests = (round: Round) =>
      budgeted(round, 'kubernetes') + budgeted(round, 'store') + budgeted(round, 'issuer');
    const than = `among ${many} objects, of that among ${few}`;
    return [
      ofCode(`requests a rotation ${than}`, share(requests), 'x', { most: MOST }),
      ofMachine(
        `CPU a rotation ${than}`,
        share(({ cpuMs }) => cpuMs),
        'x',
        { most: MOST },
      ),
      ofMachine(
        `CPU a rotation among ${many} objects`,
        large.map(({ cpuMs }) => cpuMs),
        'ms',
      ),
    ];
  },
};
