import { beforeAll, describe, expect, test } from 'vitest';
import { closeAfterAll } from '../e2e/components/close-after-all.ts';
import { openScene, type Scene } from '../e2e/world/scene.ts';
import { startService } from '../e2e/world/service.ts';
import { byChart, deployedArguments } from './by-chart.ts';

const LOGINS = { logins: ['vault-writer'] };
const TEAMS = ['team-a', 'team-b'];

/** The operator under the chart's ServiceAccount, with its rights and its arguments. */
describe.each([
  ['the whole cluster', { rbac: LOGINS }, ['anybody']],
  ['two namespaces, by Roles alone', { rbac: { ...LOGINS, namespaces: TEAMS }, installation: 'charted' }, TEAMS],
])('an operator of %s', (_which, values, namespaces) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({
      world: { installation: byChart(values) },
      operator: async ({ plane }) => ({ flags: await deployedArguments(plane) }),
    });
  });
  closeAfterAll(() => scene);

  test.each(namespaces)('rotates the key of %s, and is refused nothing', async (namespace) => {
    const service = await startService(scene, namespace);
    const [first] = service.liveKeys();
    await service.rotate('two');
    expect(service.liveKeys()).toHaveLength(1);
    expect(service.liveKeys()).not.toContain(first);
    expect(await scene.judge(namespace)).toEqual([]);
  });
});
