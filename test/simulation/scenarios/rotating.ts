import { firstKey, firstKeyForTwo } from './first-key.ts';
import { LISTING_OR_NOT, type Scenario } from './scenario.ts';
import { CONSUMER, MAIN, SECOND } from './targets.ts';

export const firstIssue: Scenario = {
  name: 'first-issue',
  says: 'a new object gets its first key',
  async play(stage) {
    await firstKey(stage);
  },
};

export const requested: Scenario = {
  name: 'requested',
  says: 'a person asks for a rotation; two pods move',
  prepare: firstKeyForTwo,
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
};

export const unlisted: Scenario = {
  ...requested,
  name: 'unlisted',
  says: 'the same, at an issuer that knows repeats for a day and lists nothing',
  issuers: ['full-unlisted', 'id-unlisted'],
  stores: ['Vault'],
};

export const scheduled: Scenario = {
  name: 'scheduled',
  issuers: LISTING_OR_NOT,
  says: 'the tick of a schedule comes, with a period of grace',
  async prepare(stage) {
    await firstKey(stage, { schedule: { cron: '1 0 * * *', timeZone: 'UTC' }, migration: { gracePeriod: '1m' } });
  },
  async play(stage) {
    await stage.settled(2);
  },
};

export const inWindows: Scenario = {
  name: 'in-windows',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'a tick comes while no window is open; the old key is to be revoked in one, too',
  async prepare(stage) {
    const windows = [{ cron: '3,13,23,33,43,53 * * * *', duration: '3m' }];
    const schedule = { cron: '1 0 * * *', timeZone: 'UTC', windows };
    await firstKey(stage, { schedule, migration: { gracePeriod: '1m' } });
  },
  async play(stage) {
    await stage.settled(2);
  },
};

/** From some permissions to others. */
function permissionsChange(name: string, says: string, from: readonly string[], to: readonly string[]): Scenario {
  return {
    name,
    says,
    async prepare(stage) {
      await firstKey(stage, { key: { environment: 'Live', permissions: [...from] } });
    },
    async play(stage) {
      stage.change({ key: { permissions: to } });
      await stage.settled(2);
    },
  };
}

const READ = ['payments:read'];
const BOTH = ['payments:read', 'payments:write'];

export const narrowed = permissionsChange('narrowed', 'a permission is taken away', BOTH, READ);

export const widened: Scenario = {
  ...permissionsChange('widened', 'a permission is added', READ, BOTH),
  issuers: LISTING_OR_NOT,
};

export const severalTargets: Scenario = {
  name: 'several-targets',
  says: 'two targets, one consumer at each',
  async prepare(stage) {
    const report = { serviceAccountName: 'batch' };
    stage.create({
      targets: [MAIN, SECOND],
      consumers: [
        { name: CONSUMER, evidence: [{ type: 'Report', report: { serviceAccountName: CONSUMER } }] },
        { name: 'batch', evidence: [{ type: 'Report', report }, { type: 'Proof' }] },
      ],
    });
    stage.startPods(1);
    stage.startPods(1, 'batch', SECOND.path);
    await stage.settled(1);
  },
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
};

export const overlap: Scenario = {
  name: 'overlap',
  issuers: LISTING_OR_NOT,
  says: 'no consumer gives evidence: the old key dies after a time',
  async prepare(stage) {
    stage.create({ withoutEvidence: { overlap: '5m' } });
    await stage.settled(1);
  },
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
};
