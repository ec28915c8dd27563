import type { Resource } from '../../runtime/kube/kube-api.ts';
import { look } from '../look.ts';
import { listAll } from '../rotations.ts';
import type { Examined } from './finding.ts';

const clusterRoles: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterroles',
  kind: 'ClusterRole',
  namespaced: false,
};

/** As the chart makes it where the operator is of the whole cluster, with what each namespace lends behind the name of the release. */
const OF_CHART = 'app.kubernetes.io/name=apikey-rotation-operator';
const SUFFIX = '-namespace';

/**
 * The command of the chart's NOTES by which a namespace lends the operator what is its own. `account`: namespace and name of the
 * operator's. Undefined where the cluster has no role for that, several, or none that may be seen.
 */
export async function lendingCommand(
  { session }: Examined,
  [home, account]: readonly [namespace: string, name: string],
): Promise<string | undefined> {
  const found = await look(listAll(session, clusterRoles, undefined, OF_CHART));
  if (found === 'Denied' || !found) return undefined;
  const roles = found.map(({ metadata }) => metadata.name).filter((name) => name.endsWith(SUFFIX));
  const [only, ...others] = roles;
  const role = roles.find((name) => name === account + SUFFIX) ?? (others.length === 0 ? only : undefined);
  if (role === undefined) return undefined;
  const binding = role.slice(0, -SUFFIX.length);
  return `kubectl -n ${session.namespace} create rolebinding ${binding} --clusterrole=${role} --serviceaccount=${home}:${account}`;
}
