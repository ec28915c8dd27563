import { startBlackHole } from '../black-hole.ts';
import { figuresOf } from '../figures.ts';
import { rotationOf } from '../manifests.ts';
import { addMembers } from '../population.ts';
import { rotateAll } from '../round.ts';
import type { Scenario } from '../stage.ts';
import { createTeam, createTeams } from '../teams.ts';

const SIZES = {
  quick: { issuers: 20, rotationsEach: 5, rounds: 1 },
  full: { issuers: 100, rotationsEach: 10, rounds: 2 },
};

/** One issuer among many takes every call and never answers: how fast the rotations of all others are, with it and without it. */
export const blackHole: Scenario = {
  letter: 'f',
  about: 'one issuer never answers',
  quick: false,
  async run(stage) {
    const { world, size } = stage;
    const { issuers, rotationsEach, rounds } = SIZES[size];
    const hole = await startBlackHole(world.apioServer.url.Live);
    const members = await addMembers(
      stage,
      await createTeams(world, 'well', issuers - 1),
      (issuers - 1) * rotationsEach,
    );
    const { namespace } = await createTeam(world, 'hole', { issuerURL: hole.url });
    let revision = 1;
    /** New ones each time, which are in need of a first key, and no consumer's. */
    const throughput = async (swallows: boolean): Promise<number> => {
      revision += 1;
      hole.swallow(swallows);
      for (let at = 0; at < rotationsEach; at += 1) {
        await world.cluster.apply(JSON.stringify(rotationOf(namespace, `key-${revision}-${at}`)));
      }
      const round = await rotateAll(stage, { members, revision, asked: 'BeforeStart' });
      stage.tell(`${swallows ? 'with' : 'without'} the black hole: ${JSON.stringify(round)}`);
      return round.throughput;
    };
    const [without, shares] = [[] as number[], [] as number[]];
    for (let round = 1; round <= rounds; round += 1) {
      const well = await throughput(false);
      without.push(well);
      shares.push((await throughput(true)) / well);
    }
    hole.close();
    const { ofMachine } = figuresOf('f');
    return [
      ofMachine(`throughput of ${issuers - 1} issuers, share of that without the black hole`, shares, 'x', {
        least: 0.95,
      }),
      ofMachine('throughput without the black hole', without, '/s'),
    ];
  },
};
