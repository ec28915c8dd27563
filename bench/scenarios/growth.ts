import { figuresOf } from '../figures.ts';
import { allBudgeted, grow, shares } from '../growth.ts';
import type { Scenario } from '../stage.ts';

const SIZES = {
  quick: { rotations: 50, few: 100, many: 500, rounds: 1 },
  full: { rotations: 500, few: 1_000, many: 10_000, rounds: 2 },
};
const MOST = 1.15;

/** The same rotations among few and among many objects: what one of them costs. */
export const growth: Scenario = {
  letter: 'g',
  about: 'cost of a rotation among many objects',
  quick: false,
  async run(stage) {
    const { few, many, ...plan } = SIZES[stage.size];
    const [small = [], large = []] = await grow(stage, { ...plan, objects: [few, many] });
    const { ofCode, ofMachine } = figuresOf('g');
    const than = `among ${many} objects, of that among ${few}`;
    return [
      ofCode(`requests a rotation ${than}`, shares(small, large, allBudgeted), 'x', { most: MOST }),
      ofMachine(
        `CPU a rotation ${than}`,
        shares(small, large, ({ cpuMs }) => cpuMs),
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
