import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../components/close-after-all.ts';
import { programPath } from '../components/locate.ts';
import { until } from '../components/until.ts';
import { openScene, type Scene } from '../world/scene.ts';
import { ROTATION, startService } from '../world/service.ts';
import type { Rotation } from '../world/tenant.ts';

const TOP = join(import.meta.dirname, '../../..');
const NAMESPACE = 'approved';
const APPROVER = 'oscar';
const BOARD = { name: 'board', evidence: [{ type: 'Approval' }] };
const BINDING = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: approvers, namespace: ${NAMESPACE}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: apikeyrotation-approvers}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ${APPROVER}}]
`;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
closeAfterAll(() => scene);

const apply = (file: string) => scene.world.cluster.apply(readFileSync(join(TOP, file), 'utf8'));
const told = ({ status }: Rotation) =>
  status?.rotation?.consumers?.find(({ name }) => name === BOARD.name)?.message ?? '';
const reasonOf = ({ status }: Rotation) => status?.conditions?.find(({ type }) => type === 'Rotating')?.reason;

/** Somebody types what the status shows; answers what kubectl says. */
function type(rotation: Rotation): string {
  const { plane } = scene.world;
  const [, command = ''] = told(rotation).split('\n');
  const config = join(plane.folder, 'approver');
  writeFileSync(config, plane.kubeconfig(), { mode: 0o600 });
  const env = { PATH: `${dirname(programPath('kubectl'))}:${process.env.PATH}`, HOME: plane.folder, CONFIG: config };
  const script = `kubectl() { command kubectl --kubeconfig "$CONFIG" --as ${APPROVER} "$@"; }; ${command}`;
  const { stdout, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8', env });
  return `${stdout}${stderr}`;
}

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

  for (const file of ['config/approval-roles.yaml', 'config/report-policy.yaml']) await apply(file);
  await scene.world.cluster.apply(BINDING);
  const asked = await tenant.until(ROTATION, 'the command', (rotation) => told(rotation).includes('\nkubectl'), 90_000);
  expect(asked.status?.consumersSummary).toBe('2/3');
  const isApproved = async () => {
    // One that comes too early after the policy does not count; it takes another then.
    expect(type(asked)).toMatch(/created\n$/);
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
