import { beforeAll, expect, test } from 'vitest';
import { OPERATOR } from '../../integration/documented-roles.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import type { ClusterObject } from '../world/cluster.ts';
import { deploymentOf, type Job } from '../world/job.ts';
import { openScene, type Scene } from '../world/scene.ts';
import { ROTATION, startService } from '../world/service.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
closeAfterAll(() => scene);

test('the key of three Deployments is issued, rotates on request while pods come and go, and rotates for other permissions', async () => {
  const consumers = { api: { replicas: 2 }, ledger: { replicas: 2 }, reporting: { replicas: 2, proves: true } };
  const { world, crew } = scene;
  const service = await startService(scene, 'story', { consumers });
  const { tenant } = service;
  const [firstKey] = service.liveKeys();
  const podsOf = (consumer: string) =>
    crew.containers('story').flatMap(({ job, pod }) => (job.consumer === consumer ? [pod.name] : []));

  const release = crew.hold({ namespace: 'story', consumer: 'reporting' });
  await tenant.rotate(ROTATION, 'two');
  await tenant.until(ROTATION, 'the slow consumer alone to be waited for', ({ status }) => {
    const rotating = status?.conditions?.find(({ type }) => type === 'Rotating');
    return /waiting for .*reporting/.test(rotating?.message ?? '') && status?.consumersSummary === '2/3';
  });

  // A pod is replaced, and a Deployment rolls out, while the operator waits.
  const before = podsOf('ledger');
  const [replaced = ''] = podsOf('api');
  await world.cluster.remove(`/api/v1/namespaces/story/pods/${replaced}`);
  await world.cluster.patch('/apis/apps/v1/namespaces/story/deployments/ledger', {
    spec: { template: { metadata: { annotations: { restartedAt: 'now' } } } },
  });
  const areNew = () => {
    const [api, ledger] = [podsOf('api'), podsOf('ledger')];
    return (
      api.length === 2 && !api.includes(replaced) && ledger.length === 2 && !ledger.some((pod) => before.includes(pod))
    );
  };
  await until(areNew, { what: 'the new pods', timeoutMs: 30_000 });
  await service.calling(6);
  expect(service.liveKeys()).toHaveLength(2);
  release();
  await tenant.settled(ROTATION, 2);
  expect(service.liveKeys()).not.toContain(firstKey);

  const permissions = ['payments:read', 'refunds:read'];
  await world.cluster.patch(tenant.path(ROTATION), { spec: { key: { permissions } } });
  const { status } = await tenant.settled(ROTATION, 3);
  expect(status?.current?.permissions).toEqual(permissions);
  expect(service.liveKeys()).toEqual([status?.current?.keyID]);
  const path = '/apis/apikeyrotation.io/v1alpha1/namespaces/story/migrationreports';
  expect((await world.cluster.list<ClusterObject>(path)).length).toBeGreaterThanOrEqual(6);
  expect(await scene.judge('story')).toEqual([]);
});

test('a key that consumers read from a Secret rotates', async () => {
  const service = await startService(scene, 'mounted', { from: { type: 'Secret', name: 'api-key' } });
  const [firstKey] = service.liveKeys();
  await service.rotate('two');
  expect(service.liveKeys()).toHaveLength(1);
  expect(service.liveKeys()).not.toContain(firstKey);
  expect(await scene.judge('mounted')).toEqual([]);
});

test('the judge of all scenarios finds each fault that is planted', async () => {
  const { world, operator } = scene;
  const namespace = 'planted';
  const service = await startService(scene, namespace, { consumers: { api: { replicas: 1 } } });
  expect(await scene.judge(namespace)).toEqual([]);

  const [current = ''] = service.liveKeys();
  const keys = world.apio.keys.filter(({ organization }) => organization === namespace);
  const [manager, key] = [keys.find((one) => one.manager), keys.find(({ id }) => id === current)];
  if (!manager || !key) throw new Error('the service has no key');
  const request = { organization: namespace, environment: 'Live', permissions: ['payments:read'], label: 'nobody' };
  const orphan = world.apio.issue(manager, request, undefined).key.id;
  const stuck: Job = {
    rotation: ROTATION,
    consumer: 'stuck',
    from: { type: 'Vault', path: 'nowhere' },
    callsPerSecond: 1,
  };
  await world.cluster.apply(`
apiVersion: v1
kind: ConfigMap
metadata: {name: leak, namespace: ${namespace}}
data: {note: "${btoa(`key=${key.text}`)}"}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: stuck, namespace: ${namespace}}
---${deploymentOf(namespace, stuck, 1)}`);
  await world.plane.request('GET', '/api/v1/namespaces/kube-system/secrets', undefined, {
    token: await world.cluster.token(OPERATOR),
  });
  world.apio.revokeOutside(current);
  process.kill(operator.present().pid ?? 0, 'SIGKILL');

  const planted = [
    /^\d+ of \d+ calls failed: \d+ x 401 of api-/,
    /^planted\/stuck-\S+ made no call$/,
    new RegExp(`^the key ${orphan} lives and no status names it$`),
    new RegExp(`^the key ${current} is dead and a status names it$`),
    new RegExp(`^configmaps leak holds the text of ${current}$`),
    /^RBAC refused list \/api\/v1\/namespaces\/kube-system\/secrets$/,
    /^the operator ended by SIGKILL$/,
  ];
  const found = async () => {
    const violations = await scene.judge(namespace);
    return planted.every((wanted) => violations.some((violation) => wanted.test(violation))) ? violations : undefined;
  };
  const violations = await until(found, { what: 'all planted faults', timeoutMs: 20_000, everyMs: 500 });
  expect(violations).toHaveLength(planted.length);
});
