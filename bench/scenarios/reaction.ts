import { figuresOf, percentile95 } from '../figures.ts';
import { askForAll, type Member, populate } from '../population.ts';
import { reportUntilDone } from '../reporting.ts';
import type { Scenario, Stage } from '../stage.ts';

const SIZES = { quick: { rotations: 10 }, full: { rotations: 100 } };

/** One rotation after the other on an idle system: from the answer to the last report to the death of the old key at the issuer. */
export const reaction: Scenario = {
  letter: 'e',
  about: 'how soon an old key dies',
  quick: true,
  async run(stage) {
    const members = await populate(stage, 'single', SIZES[stage.size].rotations);
    const operator = await stage.world.operator();
    const reactions: number[] = [];
    for (const member of members) reactions.push(await reactionOf(stage, member, operator.reportsURL));
    await operator.stop(30_000);
    const { ofMachine } = figuresOf('e');
    return [
      ofMachine('last report to the death of the old key, 95 %', [percentile95(reactions)], 'ms', { most: 250 }),
      ofMachine('last report to the death of the old key', reactions, 'ms'),
    ];
  },
};

/** Milliseconds. */
async function reactionOf(
  { world, followed, revocations }: Stage,
  member: Member,
  reportsURL: string,
): Promise<number> {
  revocations.length = 0;
  const done = reportUntilDone(followed, [member], { revision: 2, reportsURL });
  await askForAll(world, [member], 'reaction');
  const { lastAnswerAt } = await done;
  const died = revocations.at(-1);
  if (died === undefined) throw new Error(`the old key of ${member.namespace}/${member.name} was not revoked`);
  return Math.max(0, died - lastAnswerAt);
}
