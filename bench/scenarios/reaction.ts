import type { World } from '../../test/e2e/world/world.ts';
import type { FollowedRotations } from '../followed-rotations.ts';
import { askForAll, type Member } from '../population.ts';
import { reportUntilDone } from '../reporting.ts';

/** When keys were revoked at the issuer, as they are: milliseconds of this process' monotonic clock. */
export type Revocations = number[];

/**
 * Scenario (e): one rotation after the other on an idle system. Milliseconds from the answer to the last report to the old key's
 * death at the issuer, one a rotation.
 */
export async function reaction(
  world: World,
  { followed, members, revision }: { followed: FollowedRotations; members: readonly Member[]; revision: number },
  revocations: Revocations,
): Promise<readonly number[]> {
  const operator = await world.operator();
  const reactions: number[] = [];
  for (const member of members) {
    revocations.length = 0;
    const done = reportUntilDone(followed, [member], { revision, reportsURL: operator.reportsURL });
    await askForAll(world, [member], `reaction-${revision}`);
    const { lastAnswerAt } = await done;
    const died = revocations.at(-1);
    if (died === undefined) throw new Error(`the old key of ${member.namespace}/${member.name} was not revoked`);
    reactions.push(Math.max(0, died - lastAnswerAt));
  }
  await operator.stop(30_000);
  return reactions;
}
