import { rotations } from '../../../src/api/resources.ts';
import type { RotationStatus } from '../../../src/api/types.ts';
import { toTimestamp } from '../../../src/rotation/duration.ts';
import { EPOCH } from '../kernel/process.ts';
import { NAME, NAMESPACE } from '../kernel/world.ts';
import { issueByHand } from '../scenarios/outsiders.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Stage } from '../scenarios/stage.ts';
import { twoPods } from './pods.ts';

const REF = { resource: rotations, namespace: NAMESPACE, name: NAME };

/** Somebody writes into the status. */
function tamper({ world, status }: Stage, change: (status: RotationStatus) => RotationStatus): void {
  world.outside(() => world.storage.mergePatch(REF, { status: change(status()) }, 'status'));
}

export const newerProtocol: Scenario = {
  name: 'trap-newer-protocol',
  says: 'a newer operator has written the status',
  ends: 'Waiting',
  prepare: twoPods,
  async play(stage) {
    tamper(stage, (status) => ({ ...status, protocol: 2 }));
    stage.annotate({ rotate: 'a' });
    await stage.pass(300_000);
  },
};

export const foreignKey: Scenario = {
  name: 'trap-foreign-key',
  says: 'the status names a key as current that is none of ours',
  ends: 'Waiting',
  prepare: twoPods,
  async play(stage) {
    const { id } = issueByHand(stage);
    tamper(stage, (status) => ({ ...status, ...(status.current && { current: { ...status.current, keyID: id } }) }));
    stage.annotate({ rotate: 'a' });
    await stage.pass(300_000);
  },
};

/** The status as it would be had the current key been replaced everywhere, and its revocation been decided. */
function withIntentAgainstCurrent(stage: Stage, status: RotationStatus): RotationStatus {
  const { current, revision = 0 } = status;
  if (!current) throw new Error('there is a first key');
  const { keyID, issuer, environment = '', permissions = [], targets } = current;
  const now = toTimestamp(EPOCH + stage.world.scheduler.now);
  const { uid } = stage.world.rotation()?.metadata ?? {};
  const places = targets.map(({ name, storeName = '', storeUID, address, path }) => ({
    name,
    storeName,
    storeUID,
    address,
    path,
    fields: { key: 'key', keyID: 'keyID' },
  }));
  return {
    ...status,
    revision: revision + 1,
    attempt: 1,
    rotation: {
      attemptID: `sim/${uid}/${revision + 1}.1`,
      attemptAt: now,
      claim: 'somebody',
      trigger: 'Requested',
      startedAt: now,
      plan: { issuer, key: { environment, permissions }, targets: places },
      oldKey: current,
      newKey: { keyID: 'key_other', fingerprint: 'f'.repeat(16) },
      publishedAt: now,
      revokeIntent: { keyID, decidedAt: now, basis: 'Evidence' },
    },
  };
}

export const intended: Scenario = {
  name: 'trap-intended',
  says: 'somebody writes into the status that the revocation of the key that the targets serve is decided',
  ends: 'Waiting',
  prepare: twoPods,
  async play(stage) {
    tamper(stage, (status) => withIntentAgainstCurrent(stage, status));
    await stage.until(({ conditions = [] }) =>
      conditions.some(({ type, reason }) => type === 'Stalled' && reason === 'UnknownState'),
    );
    await stage.pass(600_000);
  },
};

export const restored: Scenario = {
  name: 'trap-restored',
  says: 'the object is restored as it was one revision ago',
  ends: 'Waiting',
  prepare: twoPods,
  async play(stage) {
    const { storage, outside } = stage.world;
    const backup = storage.find(REF);
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
    if (backup) outside(() => storage.restore(REF, backup));
    stage.annotate({ rotate: 'b' });
    await stage.pass(300_000);
  },
};

export const manyRequests: Scenario = {
  name: 'trap-many-requests',
  says: 'somebody asks for one rotation after the other: the seventh waits until an hour is over',
  exempt: ['L5'],
  prepare: twoPods,
  async play(stage) {
    for (const revision of [2, 3, 4, 5, 6, 7, 8]) {
      stage.annotate({ rotate: String(revision) });
      await stage.settled(revision);
    }
  },
};

export const sameKey: Scenario = {
  name: 'trap-same-key',
  says: 'the issuer gives the current key once more instead of a new one',
  prepare: twoPods,
  async play(stage) {
    const { apio } = stage.world;
    const { issue } = apio;
    const key = apio.keys.find(({ id }) => id === stage.status().current?.keyID);
    if (!key) throw new Error('there is a first key');
    Object.assign(apio, { issue: () => ({ key, replayed: false }) });
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.failedVerifications === 3);
    Object.assign(apio, { issue });
    stage.annotate({ rotate: 'b' });
    await stage.settled(2);
  },
};
