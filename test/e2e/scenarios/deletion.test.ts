import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../components/until.ts';
import { openScene, type Scene } from '../world/scene.ts';
import { startService } from '../world/service.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

/** Resolves with the milliseconds until the namespace was gone. */
async function removeNamespace(namespace: string): Promise<number> {
  const { cluster } = scene.world;
  const path = `/api/v1/namespaces/${namespace}`;
  const started = performance.now();
  await cluster.remove(path);
  let last = '';
  const isGone = async () => {
    const object = await cluster.get(path);
    last = JSON.stringify(object, undefined, 1);
    return object === undefined;
  };
  await until(isGone, { what: `${namespace} to be gone`, timeoutMs: 120_000, everyMs: 250, last: () => last });
  return performance.now() - started;
}

test('a namespace is deleted while its consumers are waited for: with Retain it goes, and the keys that were served live', async () => {
  const service = await startService(scene, 'retained', { deletionPolicy: 'Retain' });
  const { release } = await service.rotateUntilWaiting('two');
  const both = service.liveKeys();
  expect(both).toHaveLength(2);
  console.log(`retained: gone after ${Math.round(await removeNamespace('retained'))} ms`);
  release();
  expect(service.liveKeys()).toEqual(both);
  expect(await scene.judge('retained')).toEqual([]);
});

test('a namespace is deleted while its consumers are waited for: with Revoke it goes, and no key lives', async () => {
  const service = await startService(scene, 'revoked', { deletionPolicy: 'Revoke' });
  const { release } = await service.rotateUntilWaiting('two');
  expect(service.liveKeys()).toHaveLength(2);
  console.log(`revoked: gone after ${Math.round(await removeNamespace('revoked'))} ms`);
  release();
  expect(service.liveKeys()).toEqual([]);
  expect(await scene.judge('revoked')).toEqual([]);
});
