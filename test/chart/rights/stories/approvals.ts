import { told } from '../../../e2e/world/approver.ts';
import type { Rotation, Tenant } from '../../../e2e/world/tenant.ts';
import type { World } from '../../../e2e/world/world.ts';
import { declare } from './declare.ts';

const ROTATION = 'approved';
const BOARD = 'board';

/** Somebody is asked to approve, under the policy of the release, and then waited for no longer. */
export async function approvals(world: World, tenant: Tenant): Promise<void> {
  await declare(world, tenant, ROTATION, { consumers: [{ name: BOARD, evidence: [{ type: 'Approval' }] }] });
  await tenant.settled(ROTATION, 1);
  await tenant.rotate(ROTATION, 'two');
  const isAsked = ({ status }: Rotation) => told(status, BOARD).includes('\nkubectl');
  await tenant.until(ROTATION, 'the command that approves', isAsked);
  const spec = { consumers: null, withoutEvidence: { overlap: '0s' } };
  await world.cluster.patch(tenant.path(ROTATION), { spec });
  await tenant.settled(ROTATION, 2);
}
