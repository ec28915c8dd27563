import { type GuardObject, guardOf, REPORT_POLICY } from '../../evidence/approval-policy.ts';
import { admissionPolicies, admissionPolicyBindings } from '../../runtime/kube/resources.ts';
import { look } from '../look.ts';
import { type Check, denied, type Examined, type Finding, fault, ok } from './finding.ts';
import { operatorLeases } from './operator.ts';

const CHECK = 'policies';

interface Guard {
  readonly name: string;
  /** What is possible without it. */
  readonly risk: string;
  /** Of the chart's values, and of the file in config/. */
  readonly value: string;
  readonly file: string;
  /** Whether the operator's account stands in it. */
  readonly namesOperator?: true;
}

/** The policies that guard what people write. */
const POLICIES: readonly Guard[] = [
  {
    name: 'apikeyrotation-requests',
    risk: 'whoever may patch a rotation can ask for an emergency or a roll back',
    value: 'policies.requests',
    file: 'config/request-policy.yaml',
  },
  {
    name: REPORT_POLICY,
    risk: 'whoever may write MigrationReports can have an old key revoked; approvals do not count',
    value: 'policies.reports',
    file: 'config/report-policy.yaml',
    namesOperator: true,
  },
  {
    name: 'apikeyrotation-deliveries',
    risk: 'keys that nobody asked for can be given and lie there',
    value: 'policies.deliveries',
    file: 'config/delivery-policy.yaml',
  },
  {
    name: 'apikeyrotation-secrets',
    risk: "whoever steals the operator's token can make Secrets that hold the tokens of other accounts",
    value: 'policies.secrets',
    file: 'config/secret-policy.yaml',
    namesOperator: true,
  },
  {
    name: 'apikeyrotation-tokens',
    risk: "whoever steals the operator's token is the accounts that stores log in as, at the Kubernetes API too",
    value: 'policies.tokens',
    file: 'config/token-policy.yaml',
    namesOperator: true,
  },
];

/** The ValidatingAdmissionPolicies and their bindings are there, and deny; the one for reports is as the operator accepts it. */
export const policies: Check = async (examined) => {
  const found: Finding[] = [];
  for (const guard of POLICIES) found.push(await judge(examined, guard));
  return found;
};

async function judge(examined: Examined, guard: Guard): Promise<Finding> {
  const { kube } = examined.session;
  const { name, risk } = guard;
  const about = `ValidatingAdmissionPolicy ${name}`;
  const policy = await look(kube.get<GuardObject>({ resource: admissionPolicies, name }));
  const binding = await look(kube.get<GuardObject>({ resource: admissionPolicyBindings, name }));
  if (policy === 'Denied' || binding === 'Denied') return denied(CHECK, about, 'get');
  if (!policy) return fault(CHECK, about, `it is not there: ${risk}`, remedyOf(guard));
  if (!denies(binding, name))
    return fault(CHECK, about, `no binding of that name makes it deny: ${risk}`, remedyOf(guard));
  const problem = name === REPORT_POLICY ? await problemOf(examined, policy, binding) : undefined;
  return problem ? fault(CHECK, about, problem, remedyOf(guard)) : ok(CHECK, about, 'it is in force');
}

function denies(binding: GuardObject | undefined, name: string): boolean {
  const { policyName, validationActions } = binding?.spec ?? {};
  return policyName === name && Array.isArray(validationActions) && validationActions.includes('Deny');
}

/** The operator counts no approval under another policy than ours; and writes no report where it names another account. */
async function problemOf(
  examined: Examined,
  policy: GuardObject,
  binding: GuardObject | undefined,
): Promise<string | undefined> {
  const guard = guardOf({ policy, binding }, () => 0);
  if (guard.type === 'Missing') return `the operator does not accept it, and counts no approval: ${guard.why}`;
  const leases = await operatorLeases(examined);
  const [, , home] = accountIn(policy)?.split(':') ?? [];
  if (leases === 'Denied' || leases.length === 0 || leases.some(({ metadata }) => metadata.namespace === home))
    return undefined;
  const homes = leases.map(({ metadata }) => metadata.namespace).join(', ');
  return `it lets ${accountIn(policy)} write reports, and the operator runs in namespace ${homes}: its reports are refused`;
}

/** The account that may write reports, as the policy for them names it: the operator's. */
export function accountIn({ spec }: GuardObject): string | undefined {
  const variables = spec?.variables as readonly { readonly name: string; readonly expression: string }[] | undefined;
  const { expression = '' } = variables?.find(({ name }) => name === 'isOperator') ?? {};
  return /'(system:serviceaccount:[^']+)'/.exec(expression)?.[1];
}

function remedyOf({ value, file, namesOperator }: Guard): string {
  const correct = namesOperator ? ", after you have corrected the operator's account in it" : '';
  return `installed by Helm: helm upgrade with ${value}=true; else kubectl apply -f ${file}${correct}`;
}
