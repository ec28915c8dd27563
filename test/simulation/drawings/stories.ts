import { rotations } from '../../../src/api/resources.ts';
import { NAME, NAMESPACE } from '../kernel/world.ts';
import { firstKey } from '../scenarios/first-key.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Stage } from '../scenarios/stage.ts';

const REF = { resource: rotations, namespace: NAMESPACE, name: NAME };
const MINUTE_MS = 60_000;

/** The first key is there, one pod uses it, and a minute has passed in which nothing happened. */
async function firstKeyAtRest(stage: Stage): Promise<void> {
  await firstKey(stage);
  await stage.pass(MINUTE_MS);
}

function silence({ pods: [pod] }: Stage, silent: boolean): void {
  if (!pod) return;
  pod.silent = silent;
  if (!silent) pod.pin(undefined);
}

const rotation: Scenario = {
  name: 'drawn-rotation',
  says: 'somebody asks for another key, and the one pod moves to it',
  prepare: firstKeyAtRest,
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
};

const slowPod: Scenario = {
  name: 'drawn-slow-pod',
  says: 'somebody asks for another key, and the one pod takes a few minutes to notice',
  async prepare(stage) {
    await firstKeyAtRest(stage);
    silence(stage, true);
  },
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation: running }) => running?.publishedAt !== undefined);
    await stage.pass(5 * MINUTE_MS);
    silence(stage, false);
    await stage.settled(2);
  },
};

const rollBack: Scenario = {
  name: 'drawn-roll-back',
  says: 'somebody wants the old key back before the pod has moved to the new one',
  async prepare(stage) {
    await firstKeyAtRest(stage);
    silence(stage, true);
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation: running }) => running?.publishedAt !== undefined);
  },
  async play(stage) {
    stage.annotate({ rollback: '2/b' });
    await stage.until(({ revision }) => revision === 3);
    silence(stage, false);
    await stage.settled(3);
  },
};

const emergency: Scenario = {
  name: 'drawn-emergency',
  says: 'the current key has leaked: it dies before the pod has moved',
  exempt: ['S3'],
  async prepare(stage) {
    await firstKeyAtRest(stage);
    silence(stage, true);
  },
  async play(stage) {
    stage.annotate({ emergency: `a/${stage.status().current?.keyID}` });
    await stage.settled(2);
    silence(stage, false);
    await stage.pass(MINUTE_MS / 4);
  },
};

const regressing: Scenario = {
  name: 'drawn-regressing',
  says: 'the pod goes back to the old key while the issuer cannot be asked to revoke it',
  prepare: firstKeyAtRest,
  async play(stage) {
    const old = stage.pods[0]?.holds;
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation: running }) => running?.revokeIntent !== undefined);
    await stage.pass(MINUTE_MS);
    stage.pods[0]?.pin(old);
    await stage.pass(15 * MINUTE_MS);
    stage.pods[0]?.pin(undefined);
    await stage.settled(2);
  },
};

const restored: Scenario = {
  name: 'drawn-restored-state',
  says: 'Kubernetes is restored to a backup from before the last rotation',
  async prepare(stage) {
    await firstKeyAtRest(stage);
    stage.annotate({ rotate: 'a' });
    await stage.settled(2);
  },
  async play(stage) {
    const { ledger, storage, outside } = stage.world;
    const backup = ledger.all('StatusWritten').findLast(({ after: { status } }) => status?.revision === 1)?.after;
    outside(() => storage.replace(REF, { ...storage.find(REF), status: backup?.status }, 'status'));
    stage.annotate({ rotate: 'b' });
    await stage.until(({ conditions = [] }) =>
      conditions.some(({ type, reason }) => type === 'Stalled' && reason === 'StateRegression'),
    );
    await stage.pass(MINUTE_MS);
    stage.annotate({ 'accept-state': '2' });
    await stage.settled(3);
  },
};

/** Stories with one pod, which make pictures that fit a screen. */
export const STORIES = { rotation, slowPod, rollBack, emergency, regressing, restored } as const;
