import { PROTOCOL } from '../../../src/api/names.ts';
import { rotations } from '../../../src/api/resources.ts';
import type { RotationStatus } from '../../../src/api/types.ts';
import { EPOCH } from '../kernel/process.ts';
import { ISSUER, NAMESPACE, STORE } from '../kernel/world.ts';
import { firstKey } from './first-key.ts';
import type { Scenario } from './scenario.ts';
import { promise, type Stage } from './stage.ts';

const TWIN = 'twin';
const SOAK_MS = 120_000;

/** The one ahead is a newer operator's affair: here nobody touches it, and its status is written as that of one that has rotated. */
export const promoted: Scenario = {
  name: 'promoted',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'a rotation is asked for that must wait until another one has rotated and been well for two minutes',
  // What is asked for waits on purpose.
  exempt: ['L5'],
  async prepare(stage) {
    createTwin(stage);
    await firstKey(stage, { after: { rotationRef: { name: TWIN }, soak: `${SOAK_MS / 1_000}s` } });
    stage.annotate({ rotate: 'a' });
    await stage.until(({ conditions }) => conditions?.some(({ reason }) => reason === 'PromotionPending') === true);
    await stage.pass(5_000);
  },
  async play(stage) {
    const rotatedAt = stage.world.scheduler.now;
    rotateTwin(stage);
    await stage.settled(2);
    const { startedAt = '' } = stage.status().history?.[0] ?? {};
    // The servers' times are whole seconds.
    const waitedMs = Date.parse(startedAt) - EPOCH - rotatedAt;
    promise(waitedMs >= SOAK_MS - 1_000, `AFTER revision 2 began ${waitedMs} ms after the one that goes ahead of it`);
  },
};

function createTwin(stage: Stage): void {
  const { storage, outside } = stage.world;
  const spec = {
    issuerRef: { name: ISSUER },
    key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'] },
    targets: [{ name: 'main', storeRef: { name: STORE }, path: 'twin-key' }],
    withoutEvidence: { overlap: '1m' },
  };
  outside(() => storage.create(rotations, NAMESPACE, { metadata: { name: TWIN }, spec }));
  tellTwin(stage, '2029-12-01T00:00:00Z');
}

function rotateTwin(stage: Stage): void {
  tellTwin(stage, new Date(EPOCH + stage.world.scheduler.now).toISOString().replace(/\.\d+/, ''));
}

function tellTwin({ world: { storage, outside } }: Stage, at: string): void {
  const well = { reason: 'KeyPublished', message: '', lastTransitionTime: at };
  const status: RotationStatus = {
    protocol: PROTOCOL + 1,
    observedGeneration: 1,
    conditions: [
      { type: 'Ready', status: 'True', ...well },
      { type: 'Stalled', status: 'False', ...well },
    ],
    current: {
      keyID: 'key_of_the_twin',
      fingerprint: 'f'.repeat(64),
      environment: 'Live',
      permissions: [],
      issuedAt: at,
      issuer: { kind: 'ApiKeyIssuer', name: ISSUER, uid: 'u', origin: 'https://live.apio.test' },
      targets: [],
    },
    lastRotationTime: at,
  };
  outside(() => storage.mergePatch({ resource: rotations, namespace: NAMESPACE, name: TWIN }, { status }, 'status'));
}
