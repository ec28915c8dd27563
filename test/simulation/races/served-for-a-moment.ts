import type { Ledger } from '../ledger/ledger.ts';
import { wipe, writeOutside } from '../scenarios/outsiders.ts';
import { requested } from '../scenarios/rotating.ts';
import type { Stage } from '../scenarios/stage.ts';
import { MAIN } from '../scenarios/targets.ts';
import type { Race } from './race.ts';

const PATIENCE_MS = 1_800_000;

/** Race h: the new key is served, some pods load it, and it is taken away again. */
function served(suffix: string, says: string, meanwhile: (stage: Stage) => void): Race {
  return {
    ...(requested.prepare && { prepare: requested.prepare }),
    name: `race-served-for-a-moment-${suffix}`,
    says,
    operators: 2,
    sweep: ['meanwhile'],
    meanwhile,
    async play(stage) {
      stage.backup = undefined;
      stage.annotate({ rotate: 'a' });
      await stage.until(
        ({ revision = 0, rotation }) => (revision === 2 && !rotation) || stage.tells('Stalled') !== undefined,
        PATIENCE_MS,
      );
      stage.world.arm(false);
      await stage.pass(PATIENCE_MS);
      stage.annotate({ rotate: 'b' });
      await stage.settled(2);
    },
    happened: wasReplaced,
  };
}

export const servedForAMoment: readonly Race[] = [
  served(
    'wiped',
    'the new key is wiped from its target when pods have loaded it: it lives until they have loaded another',
    (stage) => wipe(stage, MAIN.path),
  ),
  served(
    'put-back',
    'the old value is put back over the new key when pods have loaded it: both live until they have loaded another',
    putBack,
  ),
];

/** The first value that we wrote, with its marker. */
function putBack(stage: Stage): void {
  const first = stage.world.ledger
    .all('TargetWritten')
    .find(({ path, after }) => path === MAIN.path && after?.text !== undefined)?.after;
  if (first?.text && first.marker)
    writeOutside(stage, MAIN.path, { key: first.text, keyID: first.marker.keyID }, first.marker);
}

/** Whether a pod called with a key of revision 2 that is not the one which the rotation ended with. */
function wasReplaced(ledger: Ledger): boolean {
  const last = ledger.rotation?.status?.current?.keyID;
  return ledger.all('Loaded').some(({ text }) => {
    const key = ledger.keysByText.get(text);
    return key?.label?.includes('/2.') === true && key.id !== last;
  });
}
