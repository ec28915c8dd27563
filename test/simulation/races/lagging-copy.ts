import type { Ledger } from '../ledger/ledger.ts';
import { copyLate } from '../scenarios/outsiders.ts';
import { CONSUMER, MAIN } from '../scenarios/targets.ts';
import { isOfProtocol, type Race } from './race.ts';

const COPY = 'shop-key-copy';
const LAG_MS = 90_000;

/** Race j: pods read a copy that a syncer makes some time after the target changed. */
export const laggingCopy: Race = {
  name: 'race-lagging-copy',
  says: 'a pod starts anew before the syncer has copied the new key: it begins with the old one, which lives until it has moved',
  operators: 2,
  sweep: ['meanwhile'],
  // While consumers are waited for, hardly anything but their pods is asked for.
  at: (call) => isOfProtocol(call) || call.name === 'kube LIST pods',
  async prepare(stage) {
    copyLate(stage, MAIN.path, COPY, LAG_MS);
    stage.create();
    stage.startPods(2, CONSUMER, COPY);
    await stage.settled(1);
    // The first key is copied as late: there is nothing to begin with until it is.
    await stage.until(() => stage.pods.every(({ holds }) => holds !== undefined));
  },
  meanwhile(stage) {
    stage.pods[0]?.stop();
    stage.startPods(1, CONSUMER, COPY, 'accounts-anew');
  },
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
  happened: startedWithTheOldKey,
};

/** Whether a pod loaded the old key when the target served the new one. */
function startedWithTheOldKey(ledger: Ledger): boolean {
  const published = ledger
    .all('TargetWritten')
    .find(({ path, after }) => path === MAIN.path && after?.marker?.revision === 2);
  return ledger
    .all('Loaded')
    .some(
      ({ at, text }) =>
        at > (published?.at ?? Number.POSITIVE_INFINITY) &&
        ledger.keysByText.get(text)?.label?.includes('/1.') === true,
    );
}
