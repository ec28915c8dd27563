import type { ClusterObject } from '../../e2e/world/cluster.ts';
import type { Scene } from '../../e2e/world/scene.ts';
import { OPERATOR } from '../../integration/documented-roles.ts';
import { requestsOf } from './asked.ts';
import { type Comparison, compareRights } from './compare.ts';
import { grantedTo } from './granted.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const KINDS = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];

/** Stops the operator, and compares what it was allowed with all that it has asked for. */
export async function comparisonOf({ world, operator }: Scene): Promise<Comparison> {
  // A watch stands in the log when it has ended.
  await operator.stop();
  const lists = KINDS.map(async (kind) => {
    const found = await world.cluster.list<ClusterObject>(`${RBAC}/${kind.toLowerCase()}s`);
    return found.map((object) => ({ ...object, kind }));
  });
  const objects = (await Promise.all(lists)).flat();
  const rights = compareRights(grantedTo(OPERATOR, objects), requestsOf(await world.auditLog()));
  const { unused, redundant, missing } = rights;
  console.log(`${unused.length} permissions unused, ${redundant.length} redundant, ${missing.length} missing`);
  return rights;
}
