import { addObjects, populate } from './population.ts';
import { budgeted, type Round, rotateAll } from './round.ts';
import type { Stage } from './stage.ts';
import { createTeams } from './teams.ts';

/** The same rotations among more and more objects. */
export interface GrowthPlan {
  /** That are rotated, in each round. */
  readonly rotations: number;
  /** How many objects there are, from few to many. */
  readonly objects: readonly number[];
  /** Among each number of objects. */
  readonly rounds: number;
  /** Done among each number of objects, before the rounds. */
  readonly before?: (objects: number) => Promise<void>;
}

/** What the rounds took, for each number of objects. */
export type Growth = readonly (readonly Round[])[];

const NAMESPACES = 10;

/** Plays it. */
export async function grow(stage: Stage, { rotations, objects, rounds, before }: GrowthPlan): Promise<Growth> {
  const members = await populate(stage, 'some', rotations);
  const growth: Round[][] = [];
  let [there, revision] = [rotations, 1];
  for (const many of objects) {
    await addObjects(stage, await createTeams(stage.world, `among-${many}`, NAMESPACES), many - there);
    there = many;
    await before?.(many);
    const found: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      revision += 1;
      found.push(await rotateAll(stage, { members, revision, asked: 'AtRest' }));
      stage.tell(`among ${many} objects: ${JSON.stringify(found.at(-1))}`);
    }
    growth.push(found);
  }
  return growth;
}

/** A figure of each round as a share of that of the same round among fewer objects. */
export function shares(fewer: readonly Round[], more: readonly Round[], of: (round: Round) => number): number[] {
  return more.map((round, at) => of(round) / of(fewer[at] ?? round));
}

/** Requests a rotation to all sides. */
export function allBudgeted(round: Round): number {
  return budgeted(round, 'kubernetes') + budgeted(round, 'store') + budgeted(round, 'issuer');
}
