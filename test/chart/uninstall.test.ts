import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../e2e/components/close-after-all.ts';
import { liveKeys } from '../e2e/world/issued-keys.ts';
import type { Scene } from '../e2e/world/scene.ts';
import { createTenant } from '../e2e/world/tenant.ts';
import { documentedText } from '../integration/documents/block.ts';
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

test('another release takes the definitions over by the command of docs/operations.md, and by no other', async () => {
  const { plane, cluster } = scene.world;
  const command = documentedText('docs/operations.md “Install again” sh 1')
    .replace(' apikey-rotation-operator ', ' keys ')
    .replace('--namespace apikey-rotation ', '--namespace elsewhere ');
  const before = await cluster.get(ROTATIONS);
  const release = await createRelease(plane);
  await release.uninstall();
  await expect(release.type(command.replace('--take-ownership', ''))).rejects.toThrow('invalid ownership metadata');
  await release.type(command);
  expect(await cluster.get(DEFINITION)).toMatchObject({
    metadata: { annotations: { 'meta.helm.sh/release-name': 'keys', 'meta.helm.sh/release-namespace': 'elsewhere' } },
  });
  await release.type('helm upgrade keys charts/apikey-rotation-operator --namespace elsewhere --set replicaCount=3');
  expect(await cluster.get(ROTATIONS)).toEqual(before);
});

const ROTATIONS = `/apis/apikeyrotation.io/v1alpha1/namespaces/${NAMESPACE}/apikeyrotations/${ROTATION}`;
const DEFINITION = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/apikeyrotations.apikeyrotation.io';
