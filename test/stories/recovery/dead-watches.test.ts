import { expect, test } from 'vitest';
import { createWorld } from '../world/world.ts';

const MINUTE_MS = 60_000;

test('an operator that hears nothing of the API server is alive for a while, and then names the watches that are dead', async () => {
  const world = createWorld({ seed: 7 });
  world.start();
  await world.clock.advance(MINUTE_MS);
  expect(world.operator().deadWatches()).toEqual([]);

  world.partition();
  await world.clock.advance(10 * MINUTE_MS);
  expect(world.operator().deadWatches()).toEqual([]);
  await world.clock.advance(10 * MINUTE_MS);
  expect(world.operator().deadWatches()).toEqual(['apikeyrotations', 'apikeyissuers', 'keystores', 'migrationreports']);

  world.heal();
  await world.clock.advance(MINUTE_MS);
  expect(world.operator().deadWatches()).toEqual([]);
  await world.stop();
});
