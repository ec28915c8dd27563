import { type GuardObject, REPORT_POLICY } from '../../evidence/approval-policy.ts';
import { admissionPolicies } from '../../runtime/kube/resources.ts';
import { look } from '../look.ts';
import type { Examined } from './finding.ts';
import { operatorLeases } from './operator.ts';

/** The account that one of our policies names as the operator's: `system:serviceaccount:<namespace>:<name>`. */
export function accountIn({ spec = {} }: GuardObject): string | undefined {
  const { matchConditions = [], variables = [] } = spec as Readonly<Record<string, readonly Named[] | undefined>>;
  const expressions = [...matchConditions, ...variables].map(({ expression }) => expression);
  return /'(system:serviceaccount:[^']+)'/.exec(expressions.join('\n'))?.[1];
}

interface Named {
  readonly expression: string;
}

/** The operator's own, as the policy for reports names it; undefined where there is none, or none that may be seen. */
export async function operatorAccount({ session: { kube } }: Examined): Promise<string | undefined> {
  const policy = await look(kube.get<GuardObject>({ resource: admissionPolicies, name: REPORT_POLICY }));
  return policy === 'Denied' || !policy ? undefined : accountIn(policy);
}

/** By what an account is seen not to be the operator's: `the operator runs in namespace keys`; undefined: it may well be. */
export async function whoElse(examined: Examined, account: string): Promise<string | undefined> {
  const [, , home = ''] = account.split(':');
  const leases = await operatorLeases(examined);
  const homes = leases === 'Denied' ? [] : leases.map(({ metadata }) => metadata.namespace);
  if (homes.length > 0 && !homes.includes(home)) return `the operator runs in namespace ${homes.join(', ')}`;
  const own = await operatorAccount(examined);
  return own === undefined || own === account ? undefined : `the policy for reports names ${own} as the operator`;
}
