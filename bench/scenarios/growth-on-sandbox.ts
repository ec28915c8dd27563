import { KIBIBYTES_AN_OBJECT, operatorAtRest } from '../at-rest.ts';
import { type Figure, figuresOf } from '../figures.ts';
import { addUpTo, populate } from '../population.ts';
import { allBudgeted, type Round, rotateAll } from '../round.ts';
import type { Scenario, Stage } from '../stage.ts';
import { usageOf } from '../usage.ts';

const SIZES = {
  quick: { rotations: 50, objects: [500, 2_000, 5_000] },
  full: { rotations: 200, objects: [1_000, 10_000, 50_000] },
};
const MOST = 1.15;

/** The same on the sandbox, which holds more objects than there is time to make at a real API server; only the operator's part is told. */
export const growthOnSandbox: Scenario = {
  letter: 'i',
  about: 'the same on the sandbox, among more',
  quick: false,
  ground: 'Sandbox',
  async run(stage) {
    const { rotations, objects } = SIZES[stage.size];
    const members = await populate(stage, 'some', rotations);
    const found: Found[] = [];
    for (const [at, many] of objects.entries()) {
      await addUpTo(stage, many, objects[at - 1] ?? rotations);
      const atRestMiB = await restingMiB(stage);
      const round = await rotateAll(stage, { members, revision: at + 2, asked: 'AtRest' });
      stage.tell(`among ${many} objects: at rest ${atRestMiB.toFixed(0)} MiB, ${JSON.stringify(round)}`);
      found.push({ objects: many, atRestMiB, round });
    }
    const [few, ...more] = found;
    return few ? more.flatMap((many) => figures(few, many)) : [];
  },
};

/** Among so many objects. */
interface Found {
  readonly objects: number;
  readonly atRestMiB: number;
  readonly round: Round;
}

/** Mebibytes of an operator that has nothing to do. */
async function restingMiB({ world }: Stage): Promise<number> {
  const operator = await operatorAtRest(world);
  const { rssMiB } = await usageOf(operator.pid);
  await operator.stop(30_000);
  return rssMiB;
}

function figures(few: Found, many: Found): readonly Figure[] {
  const { ofCode, ofMachine } = figuresOf('i');
  const { objects, atRestMiB, round } = many;
  const than = `among ${objects} objects, of that among ${few.objects}`;
  const kibibytes = (1_024 * (atRestMiB - few.atRestMiB)) / (objects - few.objects);
  return [
    ofCode(`requests a rotation ${than}`, [allBudgeted(round) / allBudgeted(few.round)], 'x', { most: MOST }),
    // Without a limit: the sandbox has more to do among more objects too, on the same cores.
    ofMachine(`CPU a rotation ${than}`, [round.cpuMs / few.round.cpuMs], 'x'),
    ofCode(`memory an object more than ${few.objects}, ${objects} objects`, [kibibytes], 'KiB', {
      most: KIBIBYTES_AN_OBJECT,
    }),
    ofMachine(`memory, ${objects} objects`, [atRestMiB], 'MiB'),
    ofMachine(`most memory while some rotate, ${objects} objects`, [round.peakMiB], 'MiB'),
  ];
}
