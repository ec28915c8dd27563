import { firstKey } from './first-key.ts';
import { becomeMigrating, halfMigrated, migrating, wake } from './migrating.ts';
import { destroyOld, wipe, writeOutside } from './outsiders.ts';
import { LISTING_OR_NOT, type Scenario } from './scenario.ts';
import { MAIN, SECOND } from './targets.ts';

export const rollBack: Scenario = {
  name: 'roll-back',
  issuers: LISTING_OR_NOT,
  says: 'a person asks for the old key again when one of two pods has moved; it moves back',
  prepare: halfMigrated,
  async play(stage) {
    stage.annotate({ rollback: '2/x' });
    await stage.until(({ revision }) => revision === 3);
    wake(stage);
    await stage.settled(3);
  },
};

export const rollForward: Scenario = {
  name: 'roll-forward',
  issuers: ['replay-id'],
  // To an issuer that lags behind the key that was made last is unknown: the way back to it is refused, and a person asks again.
  without: ['stale'],
  says: 'a person rolls back, and rolls that back too before all consumers have moved back',
  prepare: halfMigrated,
  async play(stage) {
    stage.annotate({ rollback: '2/x' });
    await stage.until(({ revision, rotation }) => revision === 3 && rotation?.publishedAt !== undefined);
    stage.annotate({ rollback: '3/y' });
    await stage.until(({ revision }) => revision === 4);
    wake(stage);
    await stage.settled(4);
  },
};

export const deadline: Scenario = {
  name: 'deadline',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'a consumer does not move in time; the rotation is rolled back by itself',
  async prepare(stage) {
    stage.create({ migration: { deadline: '3m', onDeadline: 'RollBack' } });
    await becomeMigrating(stage);
  },
  async play(stage) {
    await stage.until(({ revision }) => revision === 3);
    wake(stage);
    await stage.settled(3);
  },
};

export const emergencyCurrent: Scenario = {
  name: 'emergency-current',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'the key in use leaks: another is published and the leaked one dies without a wait for the one pod, which is busy',
  async prepare(stage) {
    await firstKey(stage);
    for (const pod of stage.pods) pod.silent = true;
  },
  async play(stage) {
    stage.annotate({ emergency: `x/${stage.status().current?.keyID}` });
    await stage.settled(2);
    wake(stage);
  },
};

export const emergencyOld: Scenario = {
  name: 'emergency-old',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'the old key leaks while consumers move: it dies without a wait',
  prepare: migrating,
  async play(stage) {
    stage.annotate({ emergency: `x/${stage.status().rotation?.oldKey?.keyID}` });
    await stage.settled(2);
    wake(stage);
  },
};

export const emergencyNew: Scenario = {
  name: 'emergency-new',
  issuers: ['replay-id'],
  says: 'the new key leaks while consumers move: the old one comes back, and then another new one',
  prepare: migrating,
  async play(stage) {
    stage.annotate({ emergency: `x/${stage.status().rotation?.newKey?.keyID}` });
    await stage.until(({ revision }) => revision === 3);
    wake(stage);
    await stage.settled(4);
  },
};

export const emergencyStranded: Scenario = {
  name: 'emergency-stranded',
  issuers: ['replay-id'],
  says: 'the new key leaks while consumers move, and the text of the old one is gone: another new one takes its place at once',
  prepare: migrating,
  async play(stage) {
    const leaked = stage.status().rotation?.newKey?.keyID ?? '';
    destroyOld(stage, MAIN.path);
    stage.annotate({ emergency: `x/${leaked}` });
    await stage.until(() => stage.world.ledger.keys.get(leaked)?.alive() === false);
    wake(stage);
    await stage.settled(2);
  },
};

export const dropTarget: Scenario = {
  name: 'drop-target',
  issuers: ['replay-id'],
  says: 'a target that others hold is given up; the rotation ends, and the target gets the key when it is free again',
  async prepare(stage) {
    stage.create({ targets: [MAIN, SECOND] });
    await becomeMigrating(stage);
  },
  async play(stage) {
    writeOutside(stage, SECOND.path, { key: 'a value of somebody else' });
    wake(stage);
    // Where the read of step 7 is stale nobody sees it in time, and the rotation ends.
    await stage.until(({ rotation }) => stage.tells('Stalled') !== undefined || rotation === undefined);
    stage.annotate({ 'drop-target': '2/second' });
    await stage.until(({ rotation }) => rotation === undefined);
    wipe(stage, SECOND.path);
    await stage.until(({ current }) => current?.targets.length === 2);
    await stage.settled(2);
  },
};
