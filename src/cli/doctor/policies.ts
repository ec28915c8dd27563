import { type FoundPolicy, type GuardObject, guardOf, REPORT_POLICY } from '../../evidence/approval-policy.ts';
import { admissionPolicies, admissionPolicyBindings } from '../../runtime/kube/resources.ts';
import { look } from '../look.ts';
import { type Check, denied, type Examined, type Finding, fault, ok } from './finding.ts';
import { accountIn, whoElse } from './operator-account.ts';

const CHECK = 'policies';

interface Guard {
  readonly name: string;
  /** What is possible without it. */
  readonly risk: string;
  /** Of the chart's values, and of the file in config/. */
  readonly value: string;
  readonly file: string;
  /** What it does with the operator's account, where that stands in it, and what else than the risk comes of another one. */
  readonly names?: { readonly account: (account: string) => string; readonly mistaken?: string };
}

const bounds = (account: string) => `bounds ${account}`;

/** The policies that guard what people write, and what the operator's account may. */
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
    names: { account: (account) => `lets ${account} write reports`, mistaken: 'its reports are refused' },
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
    names: { account: bounds },
  },
  {
    name: 'apikeyrotation-tokens',
    risk: "whoever steals the operator's token is the accounts that stores log in as, at the Kubernetes API too",
    value: 'policies.tokens',
    file: 'config/token-policy.yaml',
    names: { account: bounds },
  },
];

/** The ValidatingAdmissionPolicies and their bindings are there, deny, and name the operator; the one for reports is as that accepts it. */
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
  const problem = unaccepted(guard, { policy, binding }) ?? (await mistaken(examined, guard, policy));
  return problem ? fault(CHECK, about, problem, remedyOf(guard)) : ok(CHECK, about, 'it is in force');
}

function denies(binding: GuardObject | undefined, name: string): boolean {
  const { policyName, validationActions } = binding?.spec ?? {};
  return policyName === name && Array.isArray(validationActions) && validationActions.includes('Deny');
}

/** The operator counts no approval under another policy than ours. */
function unaccepted({ name }: Guard, found: FoundPolicy): string | undefined {
  const guard = name === REPORT_POLICY ? guardOf(found, () => 0) : undefined;
  return guard?.type === 'Missing'
    ? `the operator does not accept it, and counts no approval: ${guard.why}`
    : undefined;
}

/** It is about another account than the operator's. */
async function mistaken(examined: Examined, { names, risk }: Guard, policy: GuardObject): Promise<string | undefined> {
  const account = names && accountIn(policy);
  const why = account && (await whoElse(examined, account));
  return why && `it ${names.account(account)}, and ${why}: ${names.mistaken ?? risk}`;
}

function remedyOf({ value, file, names }: Guard): string {
  const correct = names ? ", after you have corrected the operator's account in it" : '';
  return `installed by Helm: helm upgrade with ${value}=true; else kubectl apply -f ${file}${correct}`;
}
