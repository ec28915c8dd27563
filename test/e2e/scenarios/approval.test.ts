import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import { admitApprover, approve, told } from '../world/approver.ts';
import { openScene, type Scene } from '../world/scene.ts';
import { ROTATION, startService } from '../world/service.ts';
import type { Rotation } from '../world/tenant.ts';

const NAMESPACE = 'approved';
const BOARD = { name: 'board', evidence: [{ type: 'Approval' }] };

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
closeAfterAll(() => scene);

const reasonOf = ({ status }: Rotation) => status?.conditions?.find(({ type }) => type === 'Rotating')?.reason;

test('consumers report under the policy, and the old key lives until a person has approved by the command that the status shows', async () => {
  const service = await startService(scene, NAMESPACE);
  const { tenant } = service;
  const [first] = service.liveKeys();
  const { spec } = await tenant.settled(ROTATION, 1);
  await scene.world.cluster.patch(tenant.path(ROTATION), { spec: { consumers: [...(spec.consumers ?? []), BOARD] } });
  await tenant.rotate(ROTATION, 'two');
  await tenant.until(
    ROTATION,
    'a word that nothing tells who may approve',
    (rotation) => reasonOf(rotation) === 'PolicyMissing',
  );

  await admitApprover(scene.world, NAMESPACE);
  const isAsked = ({ status }: Rotation) => told(status, BOARD.name).includes('\nkubectl');
  const { status: asked } = await tenant.until(ROTATION, 'the command', isAsked, 90_000);
  expect(asked?.consumersSummary).toBe('2/3');
  const isApproved = async () => {
    // One that comes too early after the policy does not count; it takes another then.
    expect(await approve(scene.world, asked, BOARD.name)).toMatch(/created\n$/);
    return (await tenant.rotation(ROTATION))?.status?.current?.keyID !== first;
  };
  await until(isApproved, { what: 'the approval to count', timeoutMs: 90_000, everyMs: 5_000 });
  await tenant.settled(ROTATION, 2);
  expect(service.liveKeys()).not.toContain(first);

  // The policy stands now: those who report are heard under it.
  await scene.world.cluster.patch(tenant.path(ROTATION), { spec: { consumers: spec.consumers ?? [] } });
  await service.rotate('three');
  expect(await scene.judge(NAMESPACE)).toEqual([]);
}, 240_000);
