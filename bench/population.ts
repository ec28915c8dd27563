import { inTurn } from '../test/e2e/load/in-turn.ts';
import { projectedToken, REPORT_AUDIENCE } from '../test/e2e/world/key-loader.ts';
import type { FloorRotation } from './floor.ts';
import type { Ground } from './ground.ts';
import { collectionOf, podOf } from './manifests.ts';
import { putAtRest } from './rotation-at-rest.ts';
import type { Stage } from './stage.ts';
import { createTeams, type Team } from './teams.ts';

/** A rotation with one consumer of one pod, which no node runs. */
export type Member = FloorRotation;

const NAMESPACES = 10;
/** As many requests at once as setting up takes. */
const WIDTH = 32;

/** Puts so many rotations at rest in namespaces of this prefix, ten unless told otherwise, each with its own pod. */
export async function populate(
  stage: Stage,
  prefix: string,
  count: number,
  namespaces = NAMESPACES,
): Promise<readonly Member[]> {
  const teams = await createTeams(stage.world, prefix, Math.min(namespaces, count));
  return addMembers(stage, teams, count);
}

/** Puts so many rotations at rest, in turn in one of the teams, each with its own pod. */
export async function addMembers(stage: Stage, teams: readonly Team[], count: number): Promise<readonly Member[]> {
  const { world } = stage;
  await addObjects(stage, teams, count);
  return inTurn(placesIn(teams, count), WIDTH, async ([{ namespace }, name]) => {
    await world.cluster.apply(JSON.stringify(podOf(namespace, name, name)));
    const podToken = await projectedToken(world, { namespace, name, account: 'app' }, REPORT_AUDIENCE);
    return { namespace, name, podName: name, podToken };
  });
}

/** The same without pods, for those that stay at rest. */
export async function addObjects({ world, sample }: Stage, teams: readonly Team[], count: number): Promise<void> {
  const copied = await sample();
  await inTurn(placesIn(teams, count), WIDTH, ([team, name]) => putAtRest(world, copied, team, name));
}

/** The same in namespaces of their own, until there are so many objects with those that are there. */
export async function addUpTo(stage: Stage, objects: number, there: number): Promise<void> {
  await addObjects(stage, await createTeams(stage.world, `among-${objects}`, NAMESPACES), objects - there);
}

function placesIn(teams: readonly Team[], count: number): readonly (readonly [Team, string])[] {
  return Array.from({ length: Math.ceil(count / teams.length) }, (_, at) => `key-${at}`)
    .flatMap((name) => teams.map((team) => [team, name] as const))
    .slice(0, count);
}

/** Asks for a rotation of each. */
export async function askForAll(
  world: Ground,
  members: readonly Pick<Member, 'namespace' | 'name'>[],
  token: string,
): Promise<void> {
  await inTurn(members, WIDTH, ({ namespace, name }) =>
    world.cluster.patch(`${collectionOf(namespace)}/${name}`, {
      metadata: { annotations: { 'apikeyrotation.io/rotate': token } },
    }),
  );
}
