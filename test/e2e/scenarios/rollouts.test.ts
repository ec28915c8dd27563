import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import { createLateSyncer } from '../world/late-syncer.ts';
import { createPodsWithKeys } from '../world/pods-with-keys.ts';
import { rotationManifest } from '../world/rotation-manifest.ts';
import { createTenant } from '../world/tenant.ts';
import { startWorld, type World } from '../world/world.ts';

const NAMESPACE = 'rolled';
/** The Secret that the Role of docs/operator-rights.md names. */
const COPY = 'payments-apio';
const LATE_MS = 15_000;
/** The workloads: two pods each, and one of the only node. */
const WORKLOADS = [
  { kind: 'Deployment', name: 'web' },
  { kind: 'StatefulSet', name: 'ledger' },
  { kind: 'DaemonSet', name: 'agent' },
] as const;
const PODS = 5;

let world: World;

beforeAll(async () => {
  world = await startWorld({ workloads: true });
  await world.operator();
});
closeAfterAll(() => world);

/** A workload whose pods take the key as environment. */
function workload({ kind, name }: (typeof WORKLOADS)[number]): string {
  const labels = { app: name };
  const env = [{ name: 'API_KEY', valueFrom: { secretKeyRef: { name: COPY, key: 'API_KEY' } } }];
  const containers = [{ name: 'app', image: 'example.com/app:1', env }];
  const template = { metadata: { labels }, spec: { automountServiceAccountToken: false, containers } };
  const count = kind === 'DaemonSet' ? {} : { replicas: 2 };
  const governed = kind === 'StatefulSet' ? { serviceName: name } : {};
  const spec = { ...count, ...governed, selector: { matchLabels: labels }, template };
  return JSON.stringify({ apiVersion: 'apps/v1', kind, metadata: { name, namespace: NAMESPACE }, spec });
}

const consumers = WORKLOADS.map((workloadRef) => ({
  name: workloadRef.name,
  evidence: [
    { type: 'Rollout', rollout: { workloadRef, action: 'Restart', secretRef: { name: COPY, key: 'API_KEY' } } },
  ],
}));

test('a Deployment, a StatefulSet and a DaemonSet restart once, after a syncer that is 15 s late, and no call of theirs fails', async () => {
  const tenant = await createTenant(world, NAMESPACE, { rollouts: true });
  const rotation = JSON.parse(rotationManifest({ namespace: NAMESPACE, name: 'key' }));
  await world.cluster.apply(JSON.stringify({ ...rotation, spec: { ...rotation.spec, consumers } }));
  await tenant.settled('key', 1);
  const sync = createLateSyncer(world, tenant, { rotation: 'key', secret: COPY, lagMs: LATE_MS });
  await sync();
  for (const each of WORKLOADS) await world.cluster.apply(workload(each));
  const pods = createPodsWithKeys(world, NAMESPACE, COPY);
  const areThere = async () => {
    await pods.turn();
    return pods.started() >= PODS;
  };
  await until(areThere, { what: 'the pods of all workloads', timeoutMs: 60_000, everyMs: 200 });

  await tenant.rotate('key', 'now');
  await tenant.until('key', 'the new key to be published', ({ status }) => status?.rotation?.publishedAt !== undefined);
  const published = performance.now();
  let restartedAfterMs: number | undefined;
  const told = new Set<string>();
  const round = async () => {
    await sync();
    await pods.turn();
    const status = (await tenant.rotation('key'))?.status;
    for (const consumer of status?.rotation?.consumers ?? []) {
      told.add(consumer.message ?? '');
      if (consumer.rollout?.restartedAt) restartedAfterMs ??= performance.now() - published;
    }
    return status?.revision === 2 && !status.rotation;
  };
  await until(round, {
    what: 'the rotation to end',
    timeoutMs: 180_000,
    everyMs: 200,
    last: () => [...told].join('\n'),
  });
  const seconds = (performance.now() - published) / 1000;
  await pods.turn();
  console.log(
    `ended ${seconds.toFixed(1)} s after the publication; ${pods.calls()} calls of ${pods.started()} pods; waited: ${[...told].join('; ')}`,
  );

  expect(restartedAfterMs).toBeGreaterThanOrEqual(LATE_MS);
  expect([...told].join()).toContain(`waiting for who fills Secret ${COPY}`);
  // One restart each: as many pods again, and no more.
  expect(pods.started()).toBe(2 * PODS);
  expect(pods.failures()).toEqual([]);
  expect(await world.denials()).toEqual([]);
});
