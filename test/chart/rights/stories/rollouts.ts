import { until } from '../../../e2e/components/until.ts';
import type { Rotation, Tenant } from '../../../e2e/world/tenant.ts';
import type { World } from '../../../e2e/world/world.ts';
import { declare } from './declare.ts';
import { restartWorkloads, startWorkloads, WORKLOADS } from './workloads.ts';

const ROTATION = 'watched';

/** A workload of each kind takes its key from the store when its pod starts, and somebody restarts it. */
export async function rollouts(world: World, tenant: Tenant): Promise<void> {
  const consumers = WORKLOADS.map((workloadRef) => ({
    name: workloadRef.name,
    evidence: [
      {
        type: 'Rollout' as const,
        rollout: { workloadRef, action: 'Watch' as const, readsStoreAtStart: true as const },
      },
    ],
  }));
  await declare(world, tenant, ROTATION, { consumers });
  await tenant.settled(ROTATION, 1);
  await startWorkloads(world, tenant, ROTATION);
  await tenant.rotate(ROTATION, 'two');
  // Pods that start in the second of the publication are too old, and whoever has restarted them is asked once more.
  const isOver = async () => {
    const { status } = (await tenant.rotation(ROTATION)) ?? {};
    if (status?.rotation?.publishedAt !== undefined && isAsked(status)) await restartWorkloads(world, tenant);
    return status?.rotation === undefined && status?.revision === 2;
  };
  await until(isOver, { what: 'the restarts to be seen', timeoutMs: 120_000, everyMs: 5_000 });
}

const isAsked = ({ rotation }: NonNullable<Rotation['status']>) =>
  rotation?.consumers?.every(({ message }) => message?.includes('waiting for a restart')) === true;
