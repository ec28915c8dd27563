import { backUp, restore } from '../scenarios/outsiders.ts';
import { requested } from '../scenarios/rotating.ts';
import { promise, type Stage } from '../scenarios/stage.ts';
import { MAIN } from '../scenarios/targets.ts';
import type { Race } from './race.ts';

const PATIENCE_MS = 1_800_000;

/** Race e: revision 2 is put aside in the middle, and comes back when revision 3 is done. */
const restored: Race = {
  ...(requested.prepare && { prepare: requested.prepare }),
  name: 'race-restored-backup',
  says: 'etcd is restored to where it was in the revision before: nothing is done until a person accepts what stands',
  operators: 2,
  sweep: ['meanwhile'],
  meanwhile: backUp,
  async play(stage) {
    backUp(stage);
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
    stage.world.arm(false);
    stage.annotate({ rotate: 'b' });
    await stage.settled(3);
    restore(stage);
    await accept(stage);
  },
  happened: (ledger) => ledger.all('StatusWritten').some(({ after }) => isFromThePast(after.status?.conditions)),
};

/** Race e, with new processes, which remember nothing. */
export const restoredBackup: readonly Race[] = [
  restored,
  {
    ...restored,
    name: 'race-restored-backup-and-restart',
    says: 'etcd is restored and the operators start anew: nothing is done until a person accepts what stands',
    async play(stage) {
      backUp(stage);
      stage.annotate({ rotate: 'a' });
      await stage.settled(2);
      stage.world.arm(false);
      stage.annotate({ rotate: 'b' });
      await stage.settled(3);
      for (const { process } of [...stage.world.operators]) process.die();
      restore(stage);
      await accept(stage);
    },
  },
];

/** What the message asks for; then a rotation, which takes all that was left over along. */
async function accept(stage: Stage): Promise<void> {
  const served = stage.world.ledger.targets.get(MAIN.path)?.text;
  const issued = stage.world.apio.keys.length;
  stage.annotate({ rotate: 'c' });
  await stage.until(({ conditions }) => isFromThePast(conditions), PATIENCE_MS);
  await stage.pass(PATIENCE_MS);
  promise(stage.world.apio.keys.length === issued, 'S13 a key was issued by a status from the past');
  promise(
    stage.world.ledger.targets.get(MAIN.path)?.text === served,
    'S13 a target was written by a status from the past',
  );
  stage.annotate({ 'accept-state': '3/seen' });
  await stage.settled(4);
}

function isFromThePast(conditions: readonly { readonly type: string; readonly reason: string }[] = []): boolean {
  return conditions.some(({ type, reason }) => type === 'Stalled' && reason === 'StateRegression');
}
