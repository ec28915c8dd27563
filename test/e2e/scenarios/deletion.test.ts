import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import type { Denial } from '../world/audit.ts';
import { openScene, type Scene } from '../world/scene.ts';
import { ROTATION, startService } from '../world/service.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene({ operator: () => ({ flags: ['--deletion-give-up-after', '15s'] }) });
});
closeAfterAll(() => scene);

/** Kubernetes takes the Roles of a namespace away in no particular order: what is asked for after that is refused. */
const expectsDenial = ({ namespace }: Denial) => namespace !== undefined;

/** Resolves when it is gone, and tells how long that took. */
async function removeNamespace(namespace: string): Promise<void> {
  const { cluster } = scene.world;
  const path = `/api/v1/namespaces/${namespace}`;
  const started = performance.now();
  await cluster.remove(path);
  let last = '';
  const isGone = async () => {
    const object = await cluster.get(path);
    last = JSON.stringify(object);
    return object === undefined;
  };
  await until(isGone, { what: `${namespace} to be gone`, timeoutMs: 90_000, everyMs: 250, last: () => last });
  console.log(`${namespace}: gone after ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

test.concurrent('a namespace is deleted while consumers are waited for: with Retain it goes, and the keys that were served live', async () => {
  const service = await startService(scene, 'retained', { deletionPolicy: 'Retain' });
  await service.rotateUntilWaiting('two');
  const survivors = service.liveKeys();
  expect(survivors).toHaveLength(2);
  await removeNamespace('retained');
  expect(service.liveKeys()).toEqual(survivors);
  expect(await scene.judge('retained', { survivors, expectsDenial })).toEqual([]);
});

test.concurrent('rotations are deleted before their namespace while consumers are waited for: with Revoke no key lives', async () => {
  const service = await startService(scene, 'revoked', { deletionPolicy: 'Revoke' });
  await service.rotateUntilWaiting('two');
  expect(service.liveKeys()).toHaveLength(2);
  // Revoke spares nobody: whoever asks for it stops the consumers first.
  for (const name of ['api', 'ledger']) {
    await scene.world.cluster.remove(`/apis/apps/v1/namespaces/revoked/deployments/${name}`);
  }
  const hasEnded = () => scene.crew.containers('revoked').length === 0;
  await until(hasEnded, { what: 'all pods to end', timeoutMs: 30_000 });
  await scene.world.cluster.remove(service.tenant.path(ROTATION));
  await until(async () => (await service.tenant.rotation(ROTATION)) === undefined, {
    what: 'the rotation to be gone',
    timeoutMs: 30_000,
  });
  expect(service.liveKeys()).toEqual([]);
  await removeNamespace('revoked');
  expect(await scene.judge('revoked', { expectsDenial })).toEqual([]);
});

test.concurrent('a namespace goes although Roles, accounts and credentials went before the rotation, and the log names its live keys', async () => {
  const service = await startService(scene, 'last', { deletionPolicy: 'Revoke' });
  await service.rotateUntilWaiting('two');
  const survivors = service.liveKeys();
  const { cluster } = scene.world;
  for (const role of ['apikey-rotation', 'apikey-rotation-logins', 'apikey-rotation-secrets']) {
    await cluster.remove(`/apis/rbac.authorization.k8s.io/v1/namespaces/last/rolebindings/${role}`);
  }
  const ours = '/apis/apikeyrotation.io/v1alpha1/namespaces/last';
  for (const path of [
    `${ours}/apikeyissuers/apio`,
    `${ours}/keystores/vault`,
    '/api/v1/namespaces/last/secrets/apio',
  ]) {
    await cluster.remove(path);
  }
  await removeNamespace('last');
  expect(service.liveKeys()).toEqual(survivors);
  const lines = scene.operator.present().lines();
  const told = lines.find((line) => line.includes('DeletionGaveUp') && line.includes('"namespace":"last"'));
  for (const id of survivors) expect(told).toContain(id);
  expect(await scene.judge('last', { survivors, expectsDenial })).toEqual([]);
});
