import type { ObjectList } from '../../runtime/kube/kube-api.ts';
import { leases } from '../../runtime/kube/resources.ts';
import type { Lease } from '../../runtime/leader-election/lease.ts';
import { look } from '../look.ts';
import { ageText, timeText } from '../view/times.ts';
import { type Check, denied, type Examined, type Finding, fault, ok } from './finding.ts';

const CHECK = 'operator';
const NAME = 'apikey-rotation-operator';
const INSTALL =
  'install or start it: charts/apikey-rotation-operator/README.md; one with --leader-elect=false has none';
/** Between the operator's clock and the API server's, whose Date header is cut to whole seconds. */
const TOLERATED_MS = 2_000;

/** Somebody works: the Lease by which replicas elect their leader is held, and was renewed in time. */
export const operator: Check = async (examined) => {
  const { session, operatorNamespace: namespace } = examined;
  const { serverTime } = session;
  const ours = await operatorLeases(examined);
  if (ours === 'Denied')
    return [{ ...denied(CHECK, 'Lease', 'list'), remedy: 'name its namespace by --operator-namespace' }];
  if (ours.length > 0) return ours.map((lease) => judge(lease, serverTime.lowerBound()));
  return [
    fault(
      CHECK,
      `Lease ${NAME}`,
      `there is none${namespace ? ` in namespace ${namespace}` : ''}: no operator runs`,
      INSTALL,
    ),
  ];
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

function judge({ metadata, spec = {} }: Lease, nowMs: number): Finding {
  const about = `Lease ${metadata.namespace}/${metadata.name}`;
  const { holderIdentity, renewTime = '', leaseDurationSeconds = 15 } = spec;
  const leftOver = `of a release that is uninstalled: kubectl -n ${metadata.namespace} delete lease ${metadata.name}`;
  if (!holderIdentity) return fault(CHECK, about, 'nobody holds it: no operator runs', `${INSTALL}; ${leftOver}`);
  const age = nowMs - Date.parse(renewTime);
  const pods = `kubectl -n ${metadata.namespace} get pods`;
  if (age > leaseDurationSeconds * 1_000) {
    const message = `${holderIdentity} renewed it last at ${timeText(renewTime)}, ${ageText(age)} ago: it is down, or its clock is behind`;
    return fault(CHECK, about, message, `${pods}; ${leftOver}`);
  }
  if (age < -TOLERATED_MS) {
    const message = `the clock of ${holderIdentity} is ${ageText(-age)} ahead of the API server's`;
    return fault(CHECK, about, message, 'set the clock of its node by NTP');
  }
  return ok(CHECK, about, `held by ${holderIdentity}`);
}
