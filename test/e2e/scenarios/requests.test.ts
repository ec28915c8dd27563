import { beforeAll, expect, test } from 'vitest';
import type { LedgerEntry } from '../../../sandbox/apio/engine/types.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { startTcpProxy } from '../components/tcp-proxy.ts';
import { until } from '../components/until.ts';
import type { KeySource } from '../world/job.ts';
import { openScene, type Scene } from '../world/scene.ts';
import { ROTATION, type Service, startService } from '../world/service.ts';
import type { Rotation } from '../world/tenant.ts';

let scene: Scene;
let onEntry = (_entry: LedgerEntry) => {};

beforeAll(async () => {
  scene = await openScene({ world: { onEntry: (entry) => onEntry(entry) } });
});
closeAfterAll(() => scene);

/** Asks as docs/requests.md says. */
function ask({ tenant }: Service, request: 'rollback' | 'emergency' | 'drop-target', value: string): Promise<void> {
  const annotations = { [`apikeyrotation.io/${request}`]: value };
  return scene.world.cluster.patch(tenant.path(ROTATION), { metadata: { annotations } });
}

/** Resolves with the time at which a key dies; asked before it does. */
function deathOf(keyID: string): Promise<number> {
  const died = Promise.withResolvers<number>();
  onEntry = (entry) => {
    if (entry.type === 'revoked' && entry.keyID === keyID) died.resolve(performance.now());
  };
  return died.promise;
}

/** In an emergency nobody is waited for: consumers that have not loaded the other key by then are refused. */
async function violationsBut401(namespace: string): Promise<readonly string[]> {
  const refused = /^\d+ of \d+ calls failed: \d+ x 401 of [^:]+$/;
  return (await scene.judge(namespace)).filter((violation) => !refused.test(violation));
}

const condition = ({ status }: Rotation, type: string) => status?.conditions?.find((one) => one.type === type);
const servesEverywhere = (rotation: Rotation) => condition(rotation, 'Ready')?.status === 'True';

test.each<{ readonly namespace: string; readonly from: KeySource }>([
  { namespace: 'back-in-vault', from: { type: 'Vault', path: 'api' } },
  { namespace: 'back-in-secret', from: { type: 'Secret', name: 'api-key' } },
])('a rotation is rolled back when half of its consumers have moved: $namespace', async ({ namespace, from }) => {
  const service = await startService(scene, namespace, { from });
  const { tenant } = service;
  const [firstKey] = service.liveKeys();
  const release = scene.crew.hold({ namespace, consumer: 'ledger' });
  await tenant.rotate(ROTATION, 'two');
  await tenant.until(ROTATION, 'one of two consumers to move', ({ status }) => status?.consumersSummary === '1/2');
  await ask(service, 'rollback', '2/back');
  release();
  const isRolledBack = (rotation: Rotation) => condition(rotation, 'Stalled')?.reason === 'RolledBack';
  const { status } = await tenant.until(ROTATION, 'the end of the roll back', isRolledBack);

  expect(service.liveKeys()).toEqual([firstKey]);
  expect(status?.current?.keyID).toBe(firstKey);
  expect(await scene.judge(namespace)).toEqual([]);

  // Nothing begins by itself; a person's new token does, and everybody moves on.
  await service.rotate('three');
  expect(service.liveKeys()).not.toContain(firstKey);
  expect(await scene.judge(namespace)).toEqual([]);
});

test('consumers that are missing at the deadline are why a rotation is rolled back by itself', async () => {
  const namespace = 'back-at-deadline';
  const service = await startService(scene, namespace);
  const { tenant } = service;
  const [firstKey] = service.liveKeys();
  const migration = { deadline: '6s', onDeadline: 'RollBack' };
  await scene.world.cluster.patch(tenant.path(ROTATION), { spec: { migration } });
  const release = scene.crew.hold({ namespace, consumer: 'ledger' });
  await tenant.rotate(ROTATION, 'two');
  await tenant.until(ROTATION, 'the roll back', ({ status }) => status?.revision === 3);
  release();
  await tenant.settled(ROTATION, 3);

  expect(service.liveKeys()).toEqual([firstKey]);
  expect(await scene.judge(namespace)).toEqual([]);
});

test('a key that leaked is dead as soon as another one is served, and its consumers come back by themselves', async () => {
  const namespace = 'leaked';
  const service = await startService(scene, namespace);
  const [leaked = ''] = service.liveKeys();
  const death = deathOf(leaked);
  const asked = performance.now();
  await ask(service, 'emergency', `now/${leaked}`);
  const seconds = ((await death) - asked) / 1_000;
  await service.tenant.settled(ROTATION, 2);
  console.log(`leaked: dead ${seconds.toFixed(2)} s after it was asked for`);
  await service.calling(4);

  expect(seconds).toBeLessThan(5);
  expect(service.liveKeys()).toHaveLength(1);
  const calls = scene.crew.tally(namespace);
  await until(() => scene.crew.tally(namespace).calls > calls.calls + 40, { what: 'more calls', timeoutMs: 20_000 });
  expect(scene.crew.tally(namespace).failed).toBe(calls.failed);
  expect(await violationsBut401(namespace)).toEqual([]);
});

test('a key leaks while a store is away: everybody is told which key lives, and a person goes on without that store', async () => {
  const namespace = 'leaked-store-away';
  const proxy = await startTcpProxy(Number(new URL(scene.world.vault.url).port));
  try {
    const vaultURL = `http://127.0.0.1:${proxy.port}`;
    const from: KeySource = { type: 'Secret', name: 'api-key' };
    const service = await startService(scene, namespace, { from, tenant: { vaultURL } });
    const { tenant } = service;
    const { spec } = await tenant.settled(ROTATION, 1);
    const vault = { ...spec.targets[0], name: 'vault', storeRef: { name: 'vault' }, path: `${namespace}/copy` };
    await scene.world.cluster.patch(tenant.path(ROTATION), { spec: { targets: [...spec.targets, vault] } });
    await until(() => tenant.served('copy'), { what: 'the copy in Vault', timeoutMs: 30_000 });
    await tenant.until(ROTATION, 'the copy to be told', servesEverywhere);

    const [leaked = ''] = service.liveKeys();
    onEntry = ({ type }) => void (type === 'issued' && proxy.close());
    await ask(service, 'emergency', `now/${leaked}`);
    const isTold = (rotation: Rotation) => {
      const stalled = condition(rotation, 'Stalled');
      return stalled?.status === 'True' && stalled.message.includes(leaked) && rotation.status?.revision === 2;
    };
    const told = await tenant.until(ROTATION, 'Stalled to name the leaked key', isTold);
    console.log(`${namespace}: ${condition(told, 'Stalled')?.message}`);
    expect(service.liveKeys()).toContain(leaked);

    await ask(service, 'drop-target', '2/vault');
    const { status } = await tenant.settled(ROTATION, 2);
    expect(service.liveKeys()).toEqual([status?.current?.keyID]);
    expect(service.liveKeys()).not.toContain(leaked);
    await tenant.until(ROTATION, 'the missing copy to be told', (rotation) => {
      return condition(rotation, 'Ready')?.reason === 'TargetPending';
    });

    await proxy.open();
    await tenant.until(ROTATION, 'the key to be everywhere', servesEverywhere, 120_000);
    const served = (await tenant.served('copy'))?.data;
    expect(served?.API_KEY_ID).toBe(status?.current?.keyID);
    expect(await violationsBut401(namespace)).toEqual([]);
  } finally {
    onEntry = () => {};
    await proxy.close();
  }
});
