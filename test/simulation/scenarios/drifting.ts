import type { RotationStatus } from '../../../src/api/types.ts';
import { firstKey } from './first-key.ts';
import { wipe, writeOutside } from './outsiders.ts';
import { LISTING_OR_NOT, type Scenario } from './scenario.ts';
import { promise, type Stage } from './stage.ts';
import { MAIN, SECOND } from './targets.ts';

/** Targets at rest are looked at every six hours: shortly before that, so that a story is short. */
const BEFORE_LOOK_MS = 6 * 3_600_000 - 10_000;
/** Who dies between two looks that have to agree begins anew in the next six hours. */
export const NOTICED_MS = 8 * 3_600_000;
const ANOTHER_VALUE = { key: 'a value that somebody puts there in an emergency' };

export const driftReported: Scenario = {
  name: 'drift-reported',
  issuers: ['replay-id'],
  says: 'somebody changes what a target holds, and later puts it right: both are told, and nothing of ours writes there',
  prepare: (stage) => atRest(stage, {}),
  async play(stage) {
    const { ledger } = stage.world;
    const held = textAt(stage, MAIN.path);
    driftAtMain(stage);
    await stage.until(({ drift }) => drift !== undefined, NOTICED_MS);
    await stage.pass(5_000);
    promise(textAt(stage, MAIN.path) === ANOTHER_VALUE.key, 'S5 what somebody put there was written over');
    promise(stage.tells('Stalled')?.startsWith('Drifted') === true, 'L2 nobody is told that a target was changed');
    writeOutside(stage, MAIN.path, { key: held ?? '' }, markerOf(stage));
    await stage.until(({ drift }) => drift === undefined);
    const ours = ledger.all('TargetWritten').filter(({ by, path }) => by !== 'outside' && path === MAIN.path);
    promise(ours.length === 1, 'S5 a target that drifted was written');
  },
};

export const driftRepaired: Scenario = {
  name: 'drift-repaired',
  issuers: LISTING_OR_NOT,
  says: 'one of two targets is changed: it gets the current key again',
  prepare: (stage) => atRest(stage, { targets: [MAIN, SECOND], onDrift: 'Repair' }),
  async play(stage) {
    driftAtMain(stage);
    // An issuer that rejects the key, if only by an answer of the past, has another one issued in its place.
    await stage.until(
      (status) => ((status.attempt ?? 0) > 1 || status.revision === 2) && isWell(stage, status),
      NOTICED_MS,
    );
    await stage.settled(1);
  },
};

export const driftReissued: Scenario = {
  name: 'drift-reissued',
  issuers: ['replay-id'],
  says: 'the only target is deleted: another key is issued, and the old one dies when its consumers have moved',
  prepare: (stage) => atRest(stage, { onDrift: 'Repair' }),
  async play(stage) {
    wipe(stage, MAIN.path);
    await stage.until(({ revision }) => revision === 2, NOTICED_MS);
    await stage.settled(2);
  },
};

/** Somebody writes over what the first target holds. */
export function driftAtMain(stage: Stage): void {
  writeOutside(stage, MAIN.path, ANOTHER_VALUE);
}

/** The first key is there, and the targets are looked at in a moment. */
export async function atRest(stage: Stage, spec: Parameters<Stage['create']>[0]): Promise<void> {
  await firstKey(stage, spec);
  await stage.pass(BEFORE_LOOK_MS - stage.world.scheduler.now);
}

/** Nothing is told, nothing runs, and the first target holds the current key. */
export function isWell(stage: Stage, { drift, rotation, current }: RotationStatus): boolean {
  return !drift && !rotation && keyAt(stage, MAIN.path) === current?.keyID;
}

function keyAt(stage: Stage, path: string): string | undefined {
  return stage.world.ledger.keysByText.get(textAt(stage, path) ?? '')?.id;
}

function textAt({ world }: Stage, path: string): string | undefined {
  return world.ledger.targets.get(path)?.text;
}

/** As a person restores a version that was written before. */
function markerOf({ world }: Stage) {
  return world.ledger.all('TargetWritten').findLast(({ path, after }) => path === MAIN.path && after?.marker)?.after
    ?.marker;
}
