import { beforeAll, expect, test } from 'vitest';
import { watches } from '../components/api-proxy.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import { openProxiedScene, type ProxiedScene } from '../world/proxied-scene.ts';
import { ROTATION, startService } from '../world/service.ts';

/** The operator takes a watch for dead after three minutes without a bookmark. */
const DEADLINE_MS = 200_000;

let scene: ProxiedScene;

beforeAll(async () => {
  scene = await openProxiedScene();
});
closeAfterAll(() => scene);

test('watches are half-open while consumers move: the old key waits for the operator to notice, and then dies', async () => {
  const service = await startService(scene, 'half-open', { callsPerSecond: 2 });
  const { release } = await service.rotateUntilWaiting('two');
  scene.proxy.freezeOpen(watches);
  const frozen = performance.now();
  release();
  const inactive = () => scene.operator.metric('apikeyrotation_watch_restarts_total', 'reason="Inactive"');
  let diedUnseen = false;
  const areAnew = async () => {
    const keys = service.liveKeys().length;
    const count = await inactive();
    diedUnseen ||= keys < 2 && count === 0;
    return count >= 4;
  };
  await until(areAnew, { what: 'all watches to be made anew', timeoutMs: DEADLINE_MS, everyMs: 1_000 });
  await service.tenant.settled(ROTATION, 2);
  console.log(`half-open: ended ${((performance.now() - frozen) / 1000).toFixed(0)} s after the watches froze`);
  expect(diedUnseen).toBe(false);
  expect(service.liveKeys()).toHaveLength(1);
  expect(await scene.judge('half-open')).toEqual([]);
}, 300_000);
