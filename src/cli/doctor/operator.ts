import type { ObjectList } from '../../runtime/kube/kube-api.ts';
import { leases, workloadResource } from '../../runtime/kube/resources.ts';
import type { Lease } from '../../runtime/leader-election/lease.ts';
import { look } from '../look.ts';
import { listAll } from '../rotations.ts';
import { ageText, timeText } from '../view/times.ts';
import { type Check, denied, type Examined, type Finding, fault, ok } from './finding.ts';

const CHECK = 'operator';
const NAME = 'apikey-rotation-operator';
const OF_CHART = `app.kubernetes.io/name=${NAME}`;
const INSTALL =
  'install or start it: charts/apikey-rotation-operator/README.md; one with --leader-elect=false has none';
/** Between the operator's clock and the API server's, whose Date header is cut to whole seconds. */
const TOLERATED_MS = 2_000;

/**
 * Somebody works: the Lease by which replicas elect their leader is held, and was renewed in time. One that is left over from a release
 * that is gone hurts nobody.
 */
export const operator: Check = async (examined) => {
  const { operatorNamespace: namespace } = examined;
  const ours = await operatorLeases(examined);
  if (ours === 'Denied')
    return [{ ...denied(CHECK, 'Lease', 'list'), remedy: 'name its namespace by --operator-namespace' }];
  const found: Finding[] = [];
  for (const lease of ours) found.push(await judge(examined, lease));
  if (found.some(({ state }) => state !== 'Note')) return found;
  const where = namespace ? ` in namespace ${namespace}` : '';
  const none = ours.length > 0 ? 'there is no other' : 'there is none';
  return [...found, fault(CHECK, `Lease ${NAME}`, `${none}${where}: no operator runs`, INSTALL)];
};

/** Those by which replicas of an operator elect their leader, in the namespace that was named, else in all. */
export async function operatorLeases({
  session: { kube },
  operatorNamespace: namespace,
}: Examined): Promise<readonly Lease[] | 'Denied'> {
  const seen = await look<ObjectList<Lease>>(kube.list<Lease>({ resource: leases, namespace }));
  if (seen === 'Denied') return seen;
  return (seen?.items ?? []).filter(({ metadata: { name } }) => name === NAME || name.startsWith(`${NAME}-`));
}

async function judge(examined: Examined, lease: Lease): Promise<Finding> {
  const { spec = {} } = lease;
  const about = titleOf(lease);
  const { holderIdentity, renewTime = '', leaseDurationSeconds = 15 } = spec;
  if (!holderIdentity) return idle(examined, lease, { why: 'nobody holds it: no operator runs', remedy: INSTALL });
  const age = examined.session.serverTime.lowerBound() - Date.parse(renewTime);
  if (age > leaseDurationSeconds * 1_000) {
    const why = `${holderIdentity} renewed it last at ${timeText(renewTime)}, ${ageText(age)} ago: it is down, or its clock is behind`;
    return idle(examined, lease, { why, remedy: `kubectl -n ${lease.metadata.namespace} get pods` });
  }
  if (age < -TOLERATED_MS) {
    const message = `the clock of ${holderIdentity} is ${ageText(-age)} ahead of the API server's`;
    return fault(CHECK, about, message, 'set the clock of its node by NTP');
  }
  return ok(CHECK, about, `held by ${holderIdentity}`);
}

/** Nobody renews it. Where there is no Deployment of the chart any more, nobody is expected to. */
async function idle(
  { session }: Examined,
  lease: Lease,
  { why, remedy }: { readonly why: string; readonly remedy: string },
): Promise<Finding> {
  const { namespace, name } = lease.metadata;
  const about = titleOf(lease);
  const remove = `kubectl -n ${namespace} delete lease ${name}`;
  const deployments = await look(listAll(session, workloadResource('Deployment'), namespace, OF_CHART));
  if (deployments === 'Denied' || !deployments)
    return fault(CHECK, about, why, `${remedy}; of a release that is uninstalled: ${remove}`);
  if (deployments.length > 0) return fault(CHECK, about, why, remedy);
  const message = `nobody renews it, and namespace ${namespace} has no Deployment of the chart: left over from a release that is uninstalled`;
  return { check: CHECK, state: 'Note', about, message, remedy: remove };
}

const titleOf = ({ metadata }: Lease) => `Lease ${metadata.namespace}/${metadata.name}`;
