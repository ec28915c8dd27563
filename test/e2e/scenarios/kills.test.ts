import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { type ApiProxy, startApiProxy } from '../components/api-proxy.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import { openScene, type Scene } from '../world/scene.ts';
import { ROTATION, type Service, startService } from '../world/service.ts';
import { MOMENTS, type Moment, momentOf } from './moment.ts';

const KILLS = 20;
const SEED = 4;
/** Slow enough that each step takes a while in which the operator can die. */
const ISSUER_MS = 150;
const STORE_MS = 100;
/** How much later than the beginning of a step it is killed, at most. */
const LATER_MS = 100;
/** Its lease would hold up the next process for 17 s, twenty times; what follows an election is in leader.test.ts. */
const ALONE = ['--leader-elect=false'];

let scene: Scene;
let vaultProxy: ApiProxy;

beforeAll(async () => {
  scene = await openScene({
    operator: () => ({
      flags: [...ALONE, '--take-over-after', '1s', '--sweep-delay', '1s', '--issue-calls-per-hour', '30'],
    }),
  });
  vaultProxy = await startApiProxy(scene.world.vault);
});
closeAfterAll(
  () => scene,
  () => vaultProxy,
);

test(`the operator is killed at ${KILLS} random moments of rotations, and each comes to its end`, async () => {
  const { world, operator } = scene;
  const tenant = { vaultURL: vaultProxy.url };
  const options = { tenant, consumers: { api: { replicas: 2 } }, gracePeriod: '0s' };
  const services = [await startService(scene, 'kills-0', options), await startService(scene, 'kills-1', options)];
  for (const operation of ['issue', 'self', 'get', 'list', 'revoke'] as const) {
    world.apioServer.faults.delay(operation, ISSUER_MS);
  }
  vaultProxy.delay(STORE_MS);
  const duration = await timeOf(() => (services[0] as Service).rotate('undisturbed'));

  const hits = new Map<string, number>(MOMENTS.map((name) => [name, 0]));
  const recoveries: number[] = [];
  for (const [index, { step, later }] of randomMoments().entries()) {
    const service = services[index % services.length] as Service;
    const token = `kill-${index}`;
    const revision = (await service.tenant.rotation(ROTATION))?.status?.revision ?? 0;
    await service.tenant.rotate(ROTATION, token);
    const hasCome = async () => MOMENTS.indexOf(await momentOf(world, service, token)) >= MOMENTS.indexOf(step);
    await until(hasCome, { what: step, timeoutMs: 60_000, everyMs: 5 });
    await pause(later);
    await operator.kill();
    const hit = await momentOf(world, service, token);
    hits.set(hit, (hits.get(hit) ?? 0) + 1);
    const recover = async () => {
      await operator.start();
      await service.tenant.settled(ROTATION, revision + 1);
    };
    recoveries.push(await timeOf(recover));
  }
  const lines = [...hits].map(([name, count]) => `${count} x ${name}`);
  const longest = (Math.max(...recoveries) / 1000).toFixed(1);
  console.log(`an undisturbed rotation takes ${Math.round(duration)} ms; after a kill at most ${longest} s
${lines.join('\n')}`);

  for (const [index, service] of services.entries()) {
    await until(() => service.liveKeys().length === 1, { what: 'orphans to be swept', timeoutMs: 30_000 });
    expect(await scene.judge(`kills-${index}`)).toEqual([]);
  }
  expect([...hits.values()].filter((count) => count > 0).length).toBeGreaterThanOrEqual(6);
}, 400_000);

/** Each step but the last about equally often, in random order, and how much later; the same for the same seed. */
function randomMoments(): readonly { readonly step: Moment; readonly later: number }[] {
  const { random } = createSeededEntropy(SEED);
  const steps = MOMENTS.slice(0, -1);
  const moments = Array.from({ length: KILLS }, (_, index) => ({
    step: steps[index % steps.length] as Moment,
    later: random() * LATER_MS,
    order: random(),
  }));
  return moments.toSorted((a, b) => a.order - b.order);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
