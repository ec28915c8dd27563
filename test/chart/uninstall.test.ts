import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../e2e/components/close-after-all.ts';
import { liveKeys } from '../e2e/world/issued-keys.ts';
import type { Scene } from '../e2e/world/scene.ts';
import { createTenant } from '../e2e/world/tenant.ts';
import { openInstalled } from './by-chart.ts';
import { createRelease } from './helm.ts';
import { requestsOf } from './rights/asked.ts';
import { declare, NAMES } from './rights/stories/declare.ts';

const NAMESPACE = 'team';
const ROTATION = 'key';
const ROLES_ALONE = {
  installation: 'charted',
  rbac: {
    namespaces: [NAMESPACE],
    clusterRole: false,
    credentials: [NAMES.credential],
    logins: [NAMES.login],
    rollouts: false,
  },
};

let scene: Scene;
beforeAll(async () => {
  scene = await openInstalled(ROLES_ALONE);
});
closeAfterAll(() => scene);

test('an operator that has Roles alone rotates; its key outlives the release, and rotates on when it is installed again', async () => {
  const { world, operator } = scene;
  const live = () => liveKeys(world.apio, NAMESPACE).map(({ id }) => id);
  const tenant = await createTenant(world, NAMESPACE);
  await declare(world, tenant, ROTATION, {});
  await tenant.settled(ROTATION, 1);
  await tenant.rotate(ROTATION, 'two');
  const { status: before } = await tenant.settled(ROTATION, 2);

  await operator.stop();
  const release = await createRelease(world.plane);
  await release.uninstall();
  expect((await tenant.rotation(ROTATION))?.status).toEqual(before);
  expect((await tenant.served(ROTATION))?.data.API_KEY_ID).toBe(before?.current?.keyID);
  expect(live()).toEqual([before?.current?.keyID]);

  await release.install(ROLES_ALONE);
  await operator.start();
  await tenant.rotate(ROTATION, 'three');
  const { status: after } = await tenant.settled(ROTATION, 3);
  expect(live()).toEqual([after?.current?.keyID]);
  expect(live()).not.toEqual([before?.current?.keyID]);

  const requests = requestsOf(await world.auditLog());
  expect(requests.filter(({ isAllowed, by }) => !isAllowed || !by.startsWith('RoleBinding'))).toEqual([]);
}, 180_000);
