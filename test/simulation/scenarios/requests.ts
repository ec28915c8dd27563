import { becomeMigrating, migrating, wake } from './migrating.ts';
import { wipe, writeOutside } from './outsiders.ts';
import type { Scenario } from './scenario.ts';
import { MAIN, SECOND } from './targets.ts';

export const rollBack: Scenario = {
  name: 'roll-back',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'a person asks for the old key again while consumers move; they move back',
  prepare: migrating,
  async play(stage) {
    stage.annotate({ rollback: '2/x' });
    await stage.until(({ revision }) => revision === 3);
    wake(stage);
    await stage.settled(3);
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
