import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { closeAfterAll } from '../e2e/components/close-after-all.ts';
import { until } from '../e2e/components/until.ts';
import type { ClusterObject } from '../e2e/world/cluster.ts';
import { issuedKeys, liveKeys } from '../e2e/world/issued-keys.ts';
import { createReportingPod } from '../e2e/world/reporting-pod.ts';
import { rotationManifest } from '../e2e/world/rotation-manifest.ts';
import type { Scene } from '../e2e/world/scene.ts';
import { createTenant } from '../e2e/world/tenant.ts';
import { OPERATOR } from '../integration/documented-roles.ts';
import { deployedArguments, openInstalled } from './by-chart.ts';
import { FORMER, packFormer } from './former-release.ts';
import { CHART, createRelease } from './helm.ts';

const NAMESPACE = 'team';
const ROTATION = 'key';
const VALUES = { installation: 'charted', rbac: { logins: ['vault-writer'] } };
const DEPLOYMENT = `/apis/apps/v1/namespaces/${OPERATOR.namespace}/deployments/${OPERATOR.name}`;

let folder: string;
let scene: Scene;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'former-'));
  scene = await openInstalled(VALUES, await packFormer(folder));
});
closeAfterAll(() => scene);
afterAll(() => rm(folder, { recursive: true }));

test('a rotation that waits goes on under the next version, without another key and without a revocation before its time', async () => {
  const { world, operator } = scene;
  const { cluster, apio } = world;
  const alive = () => liveKeys(apio, NAMESPACE).map(({ id }) => id);
  const installed = async () =>
    (await cluster.get<ClusterObject>(DEPLOYMENT))?.metadata.labels?.['app.kubernetes.io/version'];
  const tenant = await createTenant(world, NAMESPACE, { accounts: ['app'] });
  await cluster.apply(rotationManifest({ namespace: NAMESPACE, name: ROTATION, gracePeriod: '3s' }));
  const first = await tenant.settled(ROTATION, 1);
  expect([await installed(), first.spec.migration]).toEqual([FORMER, {}]);
  let reportsURL = operator.reportsURL;
  const pod = await createReportingPod(world, tenant, { name: 'app-0', account: 'app', reportsURL: () => reportsURL });
  await tenant.rotate(ROTATION, 'two');
  const waiting = await tenant.until(ROTATION, 'a wait', ({ status }) => status?.rotation?.publishedAt !== undefined);
  const both = [first.status?.current?.keyID, waiting.status?.rotation?.newKey?.keyID];
  expect(alive()).toEqual(both);

  await (await createRelease(world.plane)).upgrade(VALUES);
  expect(await installed()).toBe(parse(await readFile(`${CHART}/Chart.yaml`, 'utf8')).version);
  // As a Deployment rolls out: the next replica is ready before the former one goes.
  const next = await world.operator({ flags: await deployedArguments(world.plane) });
  await operator.stop();
  reportsURL = next.reportsURL;
  const leads = () => next.lines().some((line) => line.includes('this replica works'));
  await until(leads, { what: 'the next version to lead', timeoutMs: 30_000 });

  const hasGrace = async () => {
    await cluster.patch(tenant.path(ROTATION), { spec: { migration: { gracePeriod: '3s' } } });
    return (await tenant.rotation(ROTATION))?.spec.migration?.gracePeriod === '3s';
  };
  await until(hasGrace, { what: 'the field that the next version brings', timeoutMs: 30_000 });
  expect(alive()).toEqual(both);
  await pod.report(ROTATION, (await tenant.served(ROTATION))?.data.API_KEY ?? '');
  await tenant.until(ROTATION, 'its grace period', ({ status }) => status?.rotation?.migratedAt !== undefined);
  expect(alive()).toEqual(both);

  const { status } = await tenant.settled(ROTATION, 2);
  expect(status?.history?.[0]).toMatchObject({ revision: 2, result: 'Revoked' });
  expect(alive()).toEqual([both[1]]);
  expect(issuedKeys(apio, NAMESPACE).map(({ id }) => id)).toEqual(both);
  expect(await world.denials()).toEqual([]);
}, 180_000);
