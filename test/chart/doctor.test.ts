import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../e2e/components/close-after-all.ts';
import { until } from '../e2e/components/until.ts';
import { typeAs } from '../e2e/world/person.ts';
import { rotationManifest } from '../e2e/world/rotation-manifest.ts';
import { createTenant } from '../e2e/world/tenant.ts';
import { startWorld, type World } from '../e2e/world/world.ts';
import { byChart } from './by-chart.ts';

const PLUGIN = join(import.meta.dirname, '../../src/cli/main.ts');
const OWNER = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: owner, namespace: team}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: User, name: alice}]
`;

let world: World;
beforeAll(async () => {
  world = await startWorld({ installation: { ...byChart(), namespaceRights: () => '' } });
});
closeAfterAll(() => world);

/** What it says of the operator's rights; of the rest there is nothing, since no operator runs. */
async function saidOfRights(): Promise<string> {
  const kubeconfig = join(world.plane.folder, 'doctor');
  await writeFile(kubeconfig, world.plane.kubeconfig(), { mode: 0o600 });
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [PLUGIN, 'doctor', '-n', 'team', '--kubeconfig', kubeconfig], (_error, stdout) =>
      resolve(stdout),
    );
  });
  return /^. rights .*(\n {2,}.*)*/m.exec(said)?.[0] ?? said;
}

test('a namespace lends the operator of the chart by the command that doctor prints, and then lacks nothing', async () => {
  await createTenant(world, 'team', { login: 'Token' });
  await world.cluster.apply(rotationManifest({ namespace: 'team', name: 'key' }));
  await world.cluster.apply(OWNER);
  const before = await saidOfRights();
  expect(before).toContain('the operator may not list pods, get secrets apio, get secrets vault\n');
  const [, command = ''] = /→ (kubectl .*)/.exec(before) ?? [];
  expect(await typeAs(world, 'alice', command)).toMatch(/created\n$/);
  const isContent = async () => (await saidOfRights()).startsWith('✓ rights');
  await until(isContent, { what: 'the RoleBinding to count', timeoutMs: 30_000 });
});
