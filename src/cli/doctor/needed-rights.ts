import { GROUP } from '../../api/names.ts';
import type { ApiKeyRotation, EvidenceSpec } from '../../api/types.ts';
import { workloadResource } from '../../runtime/kube/resources.ts';
import type { Examined } from './finding.ts';
import { ofCredentials, ofReferences } from './reference-rights.ts';
import { type NeededRight, type Right, textOf } from './right.ts';

/** Part of whatever a namespace lends. */
export const LOOK_AT_PODS: Right = { verb: 'list', group: '', resource: 'pods' };

/** What the operator needs for rotations as they are, each once. */
export async function neededRights(examined: Examined): Promise<readonly NeededRight[]> {
  const { session, rotations } = examined;
  const needed = ALWAYS.map((right) => ({ right, value: `rbac.namespaces naming ${session.namespace}` }));
  for (const rotation of rotations) needed.push(...(await ofReferences(examined, rotation)), ...ofRollouts(rotation));
  return [...new Map(needed.map((one) => [textOf(one.right), one])).values()];
}

const ALWAYS: readonly Right[] = [
  { verb: 'watch', group: GROUP, resource: 'apikeyrotations' },
  { verb: 'update', group: GROUP, resource: 'apikeyrotations', subresource: 'status' },
  { verb: 'watch', group: GROUP, resource: 'apikeyissuers' },
  { verb: 'watch', group: GROUP, resource: 'keystores' },
  { verb: 'create', group: GROUP, resource: 'migrationreports' },
  LOOK_AT_PODS,
];

/** Workloads are looked at, and restarted where the rotation says so. */
function ofRollouts({ spec: { consumers = [] } }: ApiKeyRotation): readonly NeededRight[] {
  const rules = consumers.flatMap(({ evidence }) => evidence.flatMap(({ rollout }) => rollout ?? []));
  return rules.flatMap((rule) => [...ofWorkload(rule), ...ofCredentials(rule)]);
}

function ofWorkload({
  workloadRef: { kind, name },
  action,
}: NonNullable<EvidenceSpec['rollout']>): readonly NeededRight[] {
  const { group, plural: resource } = workloadResource(kind);
  const right = { verb: 'get', group, resource, name };
  const named = `(and ${name} in rbac.workloads, where that names any)`;
  const seen = { right, value: `rbac.rollouts=true ${named}` };
  return action === 'Watch'
    ? [seen]
    : [seen, { right: { ...right, verb: 'patch' }, value: `rbac.restart=true ${named}` }];
}
