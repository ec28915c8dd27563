import { KIBIBYTES_AN_OBJECT, operatorAtRest } from '../at-rest.ts';
import { type Figure, figuresOf } from '../figures.ts';
import { allBudgeted, grow, shares } from '../growth.ts';
import type { Round } from '../round.ts';
import type { Scenario, Stage } from '../stage.ts';
import { usageOf } from '../usage.ts';

const SIZES = {
  quick: { rotations: 50, objects: [500, 2_000, 5_000], rounds: 1 },
  full: { rotations: 200, objects: [1_000, 10_000, 50_000], rounds: 1 },
};
const MOST = 1.15;

/** The same on the sandbox, which holds more objects than there is time to make at a real API server; only the operator's part is told. */
export const growthOnSandbox: Scenario = {
  letter: 'i',
  about: 'the same as g on the sandbox, among more',
  quick: false,
  ground: 'Sandbox',
  async run(stage) {
    const plan = SIZES[stage.size];
    const atRest: number[] = [];
    const before = async (objects: number) => {
      const mebibytes = await restingMiB(stage);
      stage.tell(`at rest, ${objects} objects: ${mebibytes.toFixed(0)} MiB`);
      atRest.push(mebibytes);
    };
    const [few = [], ...more] = await grow(stage, { ...plan, before });
    const [fewObjects = 0, ...moreObjects] = plan.objects;
    return more.flatMap((rounds, at) => {
      const memory = [atRest[0] ?? 0, atRest[at + 1] ?? 0] as const;
      return figures({ fewObjects, objects: moreObjects[at] ?? 0, few, rounds, memory });
    });
  },
};

/** Mebibytes of an operator that has nothing to do. */
async function restingMiB({ world }: Stage): Promise<number> {
  const operator = await operatorAtRest(world);
  const { rssMiB } = await usageOf(operator.pid);
  await operator.stop(30_000);
  return rssMiB;
}

interface Compared {
  readonly fewObjects: number;
  readonly objects: number;
  readonly few: readonly Round[];
  readonly rounds: readonly Round[];
  /** At rest among few and among these, in mebibytes. */
  readonly memory: readonly [number, number];
}

function figures({ fewObjects, objects, few, rounds, memory: [small, large] }: Compared): readonly Figure[] {
  const { ofCode, ofMachine } = figuresOf('i');
  const than = `among ${objects} objects, of that among ${fewObjects}`;
  const kibibytes = (1_024 * (large - small)) / (objects - fewObjects);
  return [
    ofCode(`requests a rotation ${than}`, shares(few, rounds, allBudgeted), 'x', { most: MOST }),
    // Without a limit: the sandbox has more to do among more objects too, on the same cores.
    ofMachine(
      `CPU a rotation ${than}`,
      shares(few, rounds, ({ cpuMs }) => cpuMs),
      'x',
    ),
    ofCode(`memory an object more than ${fewObjects}, ${objects} objects`, [kibibytes], 'KiB', {
      most: KIBIBYTES_AN_OBJECT,
    }),
    ofMachine(`memory, ${objects} objects`, [large], 'MiB'),
    ofMachine(
      `most memory while some rotate, ${objects} objects`,
      rounds.map(({ peakMiB }) => peakMiB),
      'MiB',
    ),
  ];
}
