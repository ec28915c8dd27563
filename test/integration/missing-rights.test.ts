import { afterEach, expect, test } from 'vitest';
import { applyManifests } from '../../sandbox/kube/engine/manifests.ts';
import { CLUSTER_WIDE, documentedBlocks, OPERATOR } from './documented-roles.ts';
import { ONE_CONSUMER, type OperatorWorld, startOperatorWorld } from './operator-world.ts';

let world: OperatorWorld | undefined;

afterEach(() => world?.close());

const OF_NAMESPACES = documentedBlocks.filter((block) => !block.includes(CLUSTER_WIDE));
const OF_CLUSTER = documentedBlocks.filter((block) => block.includes(`name: ${CLUSTER_WIDE}\n`));

/** What /readyz answers once it says this. */
async function readiness({ probesURL }: OperatorWorld, wanted: string): Promise<{ status: number; text: string }> {
  for (;;) {
    const answer = await fetch(`${probesURL}/readyz`);
    const text = await answer.text();
    if (text.includes(wanted)) return { status: answer.status, text };
  }
}

test('an operator without its rights is not ready and says which; without those on kinds of the cluster it works', async () => {
  world = await startOperatorWorld({
    restricted: { prepare: (kube) => applyManifests(kube, OF_NAMESPACES.join('---\n')), ...OPERATOR },
    flags: ['--installation', 'here'],
  });
  const before = await readiness(world, "apikeyrotations cannot be listed: the operator's account may not (403)");
  expect(before.status).toBe(503);
  world.apply(OF_CLUSTER.join('---\n'));
  const after = await readiness(world, '"status":"ok"');
  expect(JSON.parse(after.text)).toEqual({
    status: 'ok',
    without: ['clusterapikeyissuers', 'clusterkeystores'].map(
      (plural) =>
        `${plural} cannot be listed: the operator's account may not (403); give it list and watch on ${plural}.apikeyrotation.io in the whole cluster, as docs/operator-rights.md does`,
    ),
  });
  world.apply(ONE_CONSUMER);
  await world.until('the first key', ({ status }) => status?.current !== undefined && !status.rotation);
  const told = world.operator.lines().filter((line) => line.includes('clusterkeystores cannot be listed'));
  expect(told).toHaveLength(1);
});
