import { afterEach, expect, test } from 'vitest';
import { ONE_CONSUMER, type OperatorWorld, startOperatorWorld } from './operator-world.ts';

let world: OperatorWorld | undefined;

afterEach(() => world?.close());

test('SIGTERM lets an issue call in flight end: its key is published and recorded, not orphaned', async () => {
  world = await startOperatorWorld();
  const { apio, apioServer, operator } = world;
  const issued = Promise.withResolvers<void>();
  apioServer.faults.delay('issue', 700);
  const watch = world.until('the intent', ({ status }) => status?.rotation !== undefined).then(() => issued.resolve());
  world.apply(ONE_CONSUMER);
  await Promise.all([watch, issued.promise]);
  await operator.stop(20_000);

  const { current, rotation } = world.rotation()?.status ?? {};
  const live = apio.keys.filter(({ label, revokedAt }) => label && revokedAt === undefined).map(({ id }) => id);
  expect(live).toHaveLength(1);
  expect(live).toEqual([current?.keyID ?? rotation?.newKey?.keyID]);
  expect(operator.lines().some((line) => line.includes('Shutting down'))).toBe(true);
});

test('the probes tell: alive and ready once the caches are filled, and the metrics name no key', async () => {
  world = await startOperatorWorld();
  world.apply(ONE_CONSUMER);
  await world.until('the first key', ({ status }) => status?.current !== undefined && !status.rotation);
  const get = async (path: string) => (await fetch(`${world?.probesURL}${path}`)).status;
  expect([await get('/livez'), await get('/readyz')]).toEqual([200, 200]);
  const metrics = await (await fetch(`${world.probesURL}/metrics`)).text();
  expect(metrics).toContain('apikeyrotation_keys_issued_total 1');
  expect(metrics).toContain('apikeyrotation_rotations{namespace="payments"} 1');
  for (const { id, text } of world.apio.keys) {
    expect(metrics).not.toContain(id);
    expect(metrics).not.toContain(text);
  }
});
