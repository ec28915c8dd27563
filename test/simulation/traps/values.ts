import { MARKER_FIELD } from '../../../src/stores/vault/vault-fields.ts';
import { writeOutside } from '../scenarios/outsiders.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Stage } from '../scenarios/stage.ts';
import { MAIN } from '../scenarios/targets.ts';
import { twoPods } from './pods.ts';

/** Somebody makes an earlier version of the value the newest, as `vault kv rollback` does. */
function putBack(stage: Stage, version: number): void {
  const { body } = stage.world.mount.read(MAIN.path, String(version));
  writeOutside(stage, MAIN.path, (body as { data: { data: Record<string, string> } }).data.data);
}

export const putBackBehind: Scenario = {
  name: 'trap-put-back',
  says: 'the old value is put back at the target, while the pods hold on to the new one',
  stores: ['Vault'],
  async prepare(stage) {
    await twoPods(stage);
    for (const pod of stage.pods) pod.silent = true;
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.publishedAt !== undefined);
  },
  async play(stage) {
    const published = stage.world.ledger.targets.get(MAIN.path);
    putBack(stage, 1);
    for (const pod of stage.pods) {
      pod.silent = false;
      pod.pin(published?.text);
    }
    await stage.pass(180_000);
    putBack(stage, Number(published?.version));
    for (const pod of stage.pods) pod.pin(undefined);
    await stage.settled(2);
  },
};

export const servedAgain: Scenario = {
  name: 'trap-served-again',
  says: 'the old value is put back while the issuer is away, after the revocation was decided, and no pod says that it has loaded it',
  stores: ['Vault'],
  ends: 'Waiting',
  prepare: twoPods,
  async play(stage) {
    const { down } = stage.world;
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.revokeIntent !== undefined);
    down.add('issuer');
    for (const pod of stage.pods) pod.silent = true;
    await stage.pass(200_000);
    putBack(stage, 1);
    await stage.pass(200_000);
    down.delete('issuer');
    await stage.until(() => stage.tells('Stalled')?.startsWith('UnknownState') === true);
    await stage.pass(600_000);
  },
};

export const sameText: Scenario = {
  name: 'trap-same-text',
  says: 'somebody writes the current key to the target once more, as a version of their own',
  stores: ['Vault'],
  ends: 'Waiting',
  prepare: twoPods,
  async play(stage) {
    const { body } = stage.world.mount.read(MAIN.path);
    const { [MARKER_FIELD]: _, ...fields } = (body as { data: { data: Record<string, string> } }).data.data;
    writeOutside(stage, MAIN.path, fields);
    stage.annotate({ rotate: 'a' });
    await stage.pass(300_000);
  },
};

/** A key that the issuer made for somebody else's label. */
function keyOfAnother({ world: { apio, outside } }: Stage) {
  const manager = apio.keys.find((key) => key.manager);
  if (!manager) throw new Error('the world has a manager');
  const request = { organization: 'acme', environment: 'Live', permissions: ['payments:read'], label: 'sim/other/1.1' };
  return outside(() => apio.issue(manager, request, undefined).key);
}

/** What a tenant writes who may write at the path: a value with a marker of this look. */
function plant(stage: Stage, uid: string, revision: number): void {
  const { id, text } = keyOfAnother(stage);
  const marker = { installation: 'sim', uid, revision, attempt: 1, keyID: id };
  writeOutside(stage, MAIN.path, { key: text, keyID: id, [MARKER_FIELD]: JSON.stringify(marker) });
}

export const namesake: Scenario = {
  name: 'trap-namesake',
  says: 'a value stands at the target that belongs to an object of another uid',
  stores: ['Vault'],
  ends: 'Waiting',
  prepare: twoPods,
  async play(stage) {
    plant(stage, 'other', 1);
    stage.annotate({ rotate: 'a' });
    await stage.pass(300_000);
  },
};

export const planted: Scenario = {
  name: 'trap-planted',
  says: 'a tenant plants an own key under a marker of the running attempt',
  stores: ['Vault'],
  prepare: twoPods,
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.until(({ revision }) => revision === 2);
    plant(stage, stage.world.rotation()?.metadata.uid ?? '', 2);
    await stage.settled(2);
  },
};
