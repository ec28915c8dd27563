import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import { createCallingConsumer } from '../world/calling-consumer.ts';
import type { ClusterObject } from '../world/cluster.ts';
import { judge } from '../world/judge.ts';
import { createLateSyncer } from '../world/late-syncer.ts';
import { createReportingPod } from '../world/reporting-pod.ts';
import { rotationManifest } from '../world/rotation-manifest.ts';
import { createTenant } from '../world/tenant.ts';
import { startWorld, type World, type WorldOperator } from '../world/world.ts';

const NAMESPACE = 'synced';
const COPY = `/api/v1/namespaces/${NAMESPACE}/secrets/copy`;
const LATE_MS = 20_000;

interface CopiedSecret extends ClusterObject {
  readonly data: { readonly API_KEY: string };
}

let world: World;
let operator: WorldOperator;

beforeAll(async () => {
  world = await startWorld();
  operator = await world.operator();
});
closeAfterAll(() => world);

test('a consumer that reads a copy which comes 20 s late is waited for, and none of its calls fails', async () => {
  const tenant = await createTenant(world, NAMESPACE, { accounts: ['app'] });
  const reportsURL = () => operator.reportsURL;
  const pod = await createReportingPod(world, tenant, { name: 'app-0', account: 'app', reportsURL });
  await world.cluster.apply(rotationManifest({ namespace: NAMESPACE, name: 'key' }));
  await tenant.settled('key', 1);
  const sync = createLateSyncer(world, tenant, { rotation: 'key', secret: 'copy', lagMs: LATE_MS });
  const read = async () => {
    const secret = await world.cluster.get<CopiedSecret>(COPY);
    return secret && atob(secret.data.API_KEY);
  };
  const consumer = createCallingConsumer({
    read,
    callURL: `${world.apioServer.url.Live}/v1/payments`,
    onKey: (text) => pod.report('key', text),
  });
  await sync();
  await consumer.turn();

  await tenant.rotate('key', 'now');
  await tenant.until('key', 'the new key to be published', ({ status }) => status?.rotation?.publishedAt !== undefined);
  const published = performance.now();
  /** The last one may tell already that all have reported. */
  const told = new Set<string>();
  const round = async () => {
    await sync();
    await consumer.turn();
    const status = (await tenant.rotation('key'))?.status;
    told.add(status?.rotation?.consumers?.[0]?.message ?? '');
    return status?.revision === 2 && !status.rotation;
  };
  await until(round, { what: 'the rotation to end', timeoutMs: 90_000, everyMs: 100 });
  const seconds = (performance.now() - published) / 1000;
  await consumer.turn();
  const waitedFor = [...told].join('; ');
  console.log(`ended ${seconds.toFixed(1)} s after the publication; ${consumer.calls()} calls; waited: ${waitedFor}`);

  expect(seconds).toBeGreaterThanOrEqual(LATE_MS / 1000);
  expect(waitedFor).toContain('app-0');
  expect(consumer.calls()).toBeGreaterThan(50);
  expect(consumer.failedCalls()).toBe(0);
  expect(await judge(world, NAMESPACE, { secretsWithKeys: ['copy'] })).toEqual({ orphans: [], dead: [], leaks: [] });
  expect(await world.denials()).toEqual([]);
});
