import { FINALIZER } from '../../../src/api/names.ts';
import { issuers, rotations } from '../../../src/api/resources.ts';
import { ISSUER, NAME, NAMESPACE } from '../kernel/world.ts';
import { firstKey } from './first-key.ts';
import { migrating, wake } from './migrating.ts';
import { backUp, issueByHand, restore, wipe, writeOutside } from './outsiders.ts';
import type { Scenario } from './scenario.ts';
import { promise } from './stage.ts';
import { MAIN, SECOND } from './targets.ts';

export const restoredStatus: Scenario = {
  name: 'restored-status',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'a backup of the object from a revision ago is restored; it waits for a person, who accepts what stands',
  async prepare(stage) {
    await firstKey(stage);
    backUp(stage);
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
  async play(stage) {
    restore(stage);
    stage.annotate({ rotate: 'b' });
    await stage.until(() => stage.tells('Stalled')?.startsWith('StateRegression') === true);
    stage.annotate({ 'accept-state': '2/seen' });
    await stage.settled(3);
  },
};

export const recreation: Scenario = {
  name: 'recreation',
  // As with an adoption: a store that shows late what was written meanwhile leaves a key in hand about which a person decides.
  without: ['lagging'],
  // As with an adoption: a place that looks empty turns out to be taken.
  issuers: ['replay-id'],
  says: 'the object is deleted by force in the middle of a rotation, and made again under its name: it adopts what its targets serve',
  prepare: firstKey,
  async play(stage) {
    const { world } = stage;
    stage.annotate({ rotate: 'a' });
    await stage.until(({ revision }) => revision === 2);
    const ref = { resource: rotations, namespace: NAMESPACE, name: NAME };
    const others = world.rotation()?.metadata.finalizers?.filter((name) => name !== FINALIZER) ?? [];
    world.outside(() => world.storage.mergePatch(ref, { metadata: { finalizers: others } }, 'object'));
    stage.remove();
    await stage.pass(600_000);
    // The key that the unfinished rotation was replacing is kept beside the Secret; nobody else dares to remove it.
    wipe(stage, `${MAIN.path}-previous`);
    stage.create({ existingKey: { policy: 'Adopt' } });
    await stage.until(({ current }) => current !== undefined);
    stage.annotate({ rotate: 'b' });
    await stage.settled(1);
  },
};

/** Keys of another cluster at the same issuer, one of them with the uid of our object: a cluster that was made from a copy. */
export const sharedAccount: Scenario = {
  name: 'shared-account',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'another installation issues at the same account: none of its keys is touched',
  prepare: firstKey,
  async play(stage) {
    const { metadata } = stage.world.rotation() ?? {};
    const foreign = [
      `other/${metadata?.uid}/2.1`,
      `other/${metadata?.uid}/1.1`,
      'sim/another-uid/1.1',
      `simple/${metadata?.uid}/1.1`,
    ];
    const keys = foreign.map((label) => issueByHand(stage, label));
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
    for (const { id, label } of keys)
      promise(stage.world.ledger.keys.get(id)?.alive() === true, `S15 the key of ${label} died`);
  },
};

export const fewKeys: Scenario = {
  name: 'few-keys',
  says: 'the issuer allows two living keys: an orphan makes way before another one is issued',
  issuers: ['two-keys'],
  stores: ['Vault'],
  prepare: firstKey,
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
};

export const targetRemoved: Scenario = {
  name: 'target-removed',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'a target leaves the spec: its value stays, and the next rotation leaves it alone',
  async prepare(stage) {
    await firstKey(stage, { targets: [MAIN, SECOND] });
  },
  async play(stage) {
    const value = stage.world.ledger.targets.get(SECOND.path)?.text;
    stage.change({ targets: [MAIN] });
    await stage.until(({ current }) => current?.targets.length === 1);
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
    promise(stage.world.ledger.targets.get(SECOND.path)?.text === value, 'S15 a target that left the spec was written');
  },
};

export const issuerChanged: Scenario = {
  name: 'issuer-changed',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'the spec names another issuer: the new key comes from there, and the old one dies where it was issued',
  async prepare(stage) {
    const { storage, outside } = stage.world;
    const ref = { resource: issuers, namespace: NAMESPACE, name: ISSUER };
    const { spec, status } = storage.find(ref) ?? {};
    outside(() => storage.create(issuers, NAMESPACE, { metadata: { name: 'keysmith-new' }, spec }));
    outside(() => storage.mergePatch({ ...ref, name: 'keysmith-new' }, { status }, 'status'));
    await firstKey(stage);
  },
  async play(stage) {
    stage.change({ issuerRef: { name: 'keysmith-new' } });
    await stage.settled(2);
    promise(
      stage.status().current?.issuer.name === 'keysmith-new',
      'S8 the current key is not of the issuer that spec names',
    );
  },
};

export const drift: Scenario = {
  name: 'drift',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'somebody writes over the new key while consumers move; a person takes that away and asks for another key',
  prepare: migrating,
  async play(stage) {
    writeOutside(stage, MAIN.path, { key: 'a value of somebody else' });
    await stage.until(() => stage.tells('Stalled')?.startsWith('TargetChanged') === true);
    wipe(stage, MAIN.path);
    stage.annotate({ rotate: 'b' });
    wake(stage);
    await stage.settled(2);
  },
};
