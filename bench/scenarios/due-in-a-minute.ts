import { figuresOf } from '../figures.ts';
import { populate } from '../population.ts';
import { rotateAll, turnedAway } from '../round.ts';
import type { Scenario } from '../stage.ts';
import { rejectedAt } from '../usage.ts';

const SIZES = { quick: { rotations: 300 }, full: { rotations: 10_000 } };
/** In fewer, a fleet of ten thousand asks for more keys than the thousand an hour that a namespace may. */
const NAMESPACES = 50;
/** What the chart gives the operator; beyond it the kernel ends the process. */
const CONTAINER_MIB = 512;

/** A whole fleet becomes due within a minute, each with a consumer that reports: memory stays bounded, and nobody is turned away. */
export const dueInAMinute: Scenario = {
  letter: 'b',
  about: 'a fleet due in one minute',
  quick: false,
  async run(stage) {
    const { rotations } = SIZES[stage.size];
    const members = await populate(stage, 'fleet', rotations, NAMESPACES);
    const before = await rejectedAt(stage.world.plane);
    const round = await rotateAll(stage, { members, revision: 2, asked: 'AtRest' });
    const rejected = (await rejectedAt(stage.world.plane)) - before;
    stage.tell(JSON.stringify(round));
    const { ofCode, ofMachine } = figuresOf('b');
    return [
      ofCode(`most memory, ${rotations} rotations`, [round.peakMiB], 'MiB', { most: CONTAINER_MIB }),
      ofMachine('throughput', [round.throughput], '/s'),
      ofMachine('CPU a rotation', [round.cpuMs], 'ms'),
      ofMachine('reports that were turned away', [turnedAway(round)], '', { most: 0 }),
      ofMachine('requests that the API server turned away', [rejected], '', { most: 0 }),
    ];
  },
};
