import { firstKey } from './first-key.ts';
import { migrating, wake } from './migrating.ts';
import { expire, issueByHand, writeOutside } from './outsiders.ts';
import { LISTING_OR_NOT, type Scenario } from './scenario.ts';
import { MAIN, SECOND } from './targets.ts';

export const consumersChange: Scenario = {
  name: 'consumers-change',
  issuers: LISTING_OR_NOT,
  says: 'a consumer is added and another one removed while they are waited for; a pod is replaced',
  prepare: migrating,
  async play(stage) {
    const batch = { name: 'batch', evidence: [{ type: 'Report' as const, report: { serviceAccountName: 'batch' } }] };
    stage.change({ consumers: [...(stage.world.rotation()?.spec.consumers ?? []), batch] });
    stage.startPods(1, 'batch');
    await stage.until(({ rotation }) => rotation?.consumers?.length === 2);
    stage.pods[0]?.stop();
    stage.startPods(2, 'batch-extra');
    stage.change({ consumers: [batch] });
    await stage.settled(2);
  },
};

export const suspension: Scenario = {
  name: 'suspension',
  issuers: LISTING_OR_NOT,
  says: 'suspended while consumers move, and resumed',
  prepare: migrating,
  async play(stage) {
    stage.change({ suspend: true });
    wake(stage);
    await stage.pass(120_000);
    stage.change({ suspend: null });
    await stage.settled(2);
  },
};

export const specEdit: Scenario = {
  name: 'spec-edit',
  issuers: ['replay-id'],
  says: 'permissions and targets change while a rotation runs; the next one follows',
  async prepare(stage) {
    await firstKey(stage);
  },
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.until(({ revision }) => revision === 2);
    stage.change({ key: { permissions: ['payments:write'] }, targets: [MAIN, SECOND] });
    // A second attempt of the same revision follows the new permissions too.
    await stage.until(
      ({ current, rotation, sweepAfter }) =>
        !rotation && !sweepAfter && current?.targets.length === 2 && current.permissions?.join() === 'payments:write',
    );
  },
};

export const shortened: Scenario = {
  name: 'shortened',
  issuers: LISTING_OR_NOT,
  says: 'the issuer lets the old key end while consumers move',
  prepare: migrating,
  async play(stage) {
    expire(stage, stage.status().rotation?.oldKey?.keyID ?? '');
    wake(stage);
    await stage.settled(2);
  },
};

export const adoption: Scenario = {
  name: 'adoption',
  issuers: LISTING_OR_NOT,
  // What was written a moment ago looks absent for so long that a key is issued for the place, which a person then decides about.
  without: ['lagging'],
  says: 'a key that people made is found at the target, adopted, and rotated away',
  // A store that does not show what has long been there looks empty: the first key that is issued then finds the place taken.
  async prepare(stage) {
    const key = issueByHand(stage);
    writeOutside(stage, MAIN.path, { key: key.text, keyID: key.id });
    stage.startPods(1);
  },
  async play(stage) {
    stage.create({ existingKey: { policy: 'Adopt' } });
    await stage.until(({ current }) => current !== undefined);
    stage.annotate({ rotate: 'a' });
    await stage.settled(1);
  },
};
