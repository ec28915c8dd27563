import type { Tenant } from '../../../e2e/world/tenant.ts';
import type { World } from '../../../e2e/world/world.ts';
import { declare, NAMES } from './declare.ts';
import { secretTarget } from './secret-targets.ts';
import { startWorkloads, WORKLOADS } from './workloads.ts';

const ROTATION = NAMES.target;

/** A workload of each kind takes its key when its pod starts, from a Secret that is a target, and is restarted for it. */
export async function restarts(world: World, tenant: Tenant): Promise<void> {
  const consumers = WORKLOADS.map((workloadRef) => ({
    name: workloadRef.name,
    evidence: [{ type: 'Rollout' as const, rollout: { workloadRef, action: 'Restart' as const } }],
  }));
  await declare(world, tenant, ROTATION, { consumers, targets: [await secretTarget(world, tenant)] });
  await tenant.settled(ROTATION, 1);
  await startWorkloads(world, tenant, ROTATION);
  await tenant.rotate(ROTATION, 'two');
  await tenant.settled(ROTATION, 2, 120_000);
}
