import type { Marker } from '../../../src/key/marker.ts';
import { firstKey } from './first-key.ts';
import { migrating, wake } from './migrating.ts';
import { wipe, writeOutside } from './outsiders.ts';
import { LISTING_OR_NOT, type Scenario } from './scenario.ts';
import { promise, type Stage } from './stage.ts';
import { MAIN } from './targets.ts';

const THEIRS = { key: 'a value that another team keeps there', user: 'theirs' };
const THEIR_MARKER: Marker = {
  installation: 'sim',
  uid: 'of-another-team',
  revision: 3,
  attempt: 1,
  keyID: 'key_of_theirs',
};

/** Another team keeps something of its own at the path, whatever stood there. */
function take(stage: Stage, path: string, marker?: Marker): void {
  wipe(stage, path);
  writeOutside(stage, path, THEIRS, marker);
}

/** They are told in time, and theirs is as they made it; they take it away when they have read that. */
async function giveBack(stage: Stage, reasons: readonly string[], path: string = MAIN.path): Promise<void> {
  const { ledger } = stage.world;
  const rotating = () => stage.status().conditions?.find(({ type }) => type === 'Rotating');
  await stage.until(() => reasons.includes(rotating()?.reason ?? '') && rotating()?.message.includes(path) === true);
  await stage.pass(120_000);
  promise(ledger.targets.get(path)?.text === THEIRS.key, 'S5 what another team keeps at the path was taken from them');
  wipe(stage, path);
}

function takenFirst(name: string, says: string, marker?: Marker): Scenario {
  return {
    name,
    issuers: LISTING_OR_NOT,
    says: `${says} before there is a rotation: it waits until they take it away`,
    async play(stage) {
      take(stage, MAIN.path, marker);
      stage.create();
      stage.startPods(1);
      await giveBack(stage, ['Conflict']);
      await stage.settled(1);
    },
  };
}

function takenMeanwhile(name: string, says: string, marker?: Marker): Scenario {
  return {
    name,
    issuers: LISTING_OR_NOT,
    says: `${says} while the first key is issued for it`,
    async play(stage) {
      stage.create();
      stage.startPods(1);
      await stage.until(({ revision }) => revision === 1);
      take(stage, MAIN.path, marker);
      await giveBack(stage, ['Conflict', 'ForeignValue', 'ForeignMarker']);
      await stage.settled(1);
    },
  };
}

function takenLate(name: string, says: string, marker?: Marker): Scenario {
  return {
    name,
    issuers: LISTING_OR_NOT,
    says: `${says} in place of ours while consumers move`,
    prepare: migrating,
    async play(stage) {
      take(stage, MAIN.path, marker);
      wake(stage);
      await giveBack(stage, ['TargetChanged']);
      stage.annotate({ rotate: 'b' });
      await stage.settled(2);
    },
  };
}

/** Where a Secret would keep what is replaced beside it. */
const takenBeside: Scenario = {
  name: 'taken-beside',
  issuers: LISTING_OR_NOT,
  stores: ['KubernetesSecret'],
  says: 'another team has a Secret of the name under which the replaced key would be kept',
  prepare: firstKey,
  async play(stage) {
    const beside = `${MAIN.path}-previous`;
    take(stage, beside);
    stage.annotate({ rotate: 'a' });
    await giveBack(stage, ['ForeignValue', 'Conflict'], beside);
    await stage.settled(2);
  },
};

/** Another team writes under the name of our target. */
export const taken: readonly Scenario[] = [
  takenFirst('taken-first', 'another team has a value at the path'),
  takenFirst('taken-first-marked', 'a value at the path that another rotation made', THEIR_MARKER),
  takenMeanwhile('taken-meanwhile', 'another team writes a value at the path'),
  takenMeanwhile('taken-meanwhile-marked', 'another rotation writes a value at the path', THEIR_MARKER),
  takenLate('taken-late', 'another team writes a value at the path'),
  takenLate('taken-late-marked', 'another rotation writes a value at the path', THEIR_MARKER),
  takenBeside,
];
