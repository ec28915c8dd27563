import { startBlackHole } from '../black-hole.ts';
import { figuresOf } from '../figures.ts';
import { collectionOf, rotationOf } from '../manifests.ts';
import { addMembers, type Member } from '../population.ts';
import { MOST_REVISIONS, rotateAll } from '../round.ts';
import type { Scenario } from '../stage.ts';
import { createTeam, createTeams } from '../teams.ts';

/** `each`: how many of every issuer are rotated at a time. */
const SIZES = {
  quick: { issuers: 20, each: 3, rounds: 1 },
  full: { issuers: 100, each: 5, rounds: 8 },
};
/** How often each rotation takes part. */
const REVISIONS = MOST_REVISIONS - 1;
/** More than half of the workers. */
const SWALLOWED = 10;

/** One issuer among many takes every call and never answers: how fast the rotations of all others are, with it and without it. */
export const blackHole: Scenario = {
  letter: 'f',
  about: 'one issuer never answers',
  quick: false,
  async run(stage) {
    const { world, size } = stage;
    const { issuers, each, rounds } = SIZES[size];
    const hole = await startBlackHole(world.apioServer.url.Live);
    const teams = await createTeams(world, 'well', issuers - 1);
    const [setsBeside, setsWithout] = [Math.ceil(rounds / REVISIONS), Math.ceil((rounds + 1) / REVISIONS)];
    const perSet = teams.length * each;
    const members = await addMembers(stage, teams, (setsBeside + setsWithout) * perSet);
    const { namespace } = await createTeam(world, 'hole', { issuerURL: hole.url });

    /** Rotations of their own for turns beside the black hole, and for those without: what has just been rotated is not rotated next. */
    const turnOf = (at: number, firstSet: number): { members: readonly Member[]; revision: number } => {
      const from = (firstSet + Math.floor(at / REVISIONS)) * perSet;
      return { members: members.slice(from, from + perSet), revision: 2 + (at % REVISIONS) };
    };
    const playWithout = async (at: number): Promise<number> => {
      const round = await rotateAll(stage, { ...turnOf(at, setsBeside), asked: 'AtRest' });
      stage.tell(`without the black hole: ${JSON.stringify(round)}`);
      return round.throughput;
    };
    /** Opens when the issuer was found well: an operator that has found it silent asks it for nothing until its next check. */
    const playBeside = async (at: number): Promise<number> => {
      const names = Array.from({ length: SWALLOWED }, (_, number) => `key-${at}-${number}`);
      const prepare = async () => {
        hole.swallow(true);
        for (const name of names) await world.cluster.apply(JSON.stringify(rotationOf(namespace, name)));
      };
      const round = await rotateAll(stage, { ...turnOf(at, 0), asked: 'AtRest', prepare });
      stage.tell(`beside the black hole: ${JSON.stringify(round)}`);
      hole.swallow(false);
      // They must not be worked on in a turn without it.
      for (const name of names) {
        await world.cluster.patch(`${collectionOf(namespace)}/${name}`, { spec: { suspend: true } });
      }
      return round.throughput;
    };
    const [without, shares] = [[await playWithout(0)], [] as number[]];
    for (let at = 0; at < rounds; at += 1) {
      const before = without.at(-1) ?? Number.NaN;
      const beside = await playBeside(at);
      const after = await playWithout(at + 1);
      without.push(after);
      // The machine is not as fast at all times, and slower with all that has been written: between the two it was as in their mean.
      shares.push(beside / ((before + after) / 2));
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
