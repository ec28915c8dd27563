import type { KubeObject } from '../../runtime/kube/kube-api.ts';
import { admissionPolicies, admissionPolicyBindings } from '../../runtime/kube/resources.ts';
import { look } from '../look.ts';
import { type Check, denied, type Examined, type Finding, fault, ok } from './finding.ts';

const CHECK = 'policies';

/** The policies that guard what people write, what each is for, and the file that has it. */
const POLICIES = [
  ['apikeyrotation-requests', 'whoever may patch a rotation can ask for an emergency or a roll back', 'request-policy'],
  [
    'apikeyrotation-reports',
    'whoever may write MigrationReports can have an old key revoked; approvals do not count',
    'report-policy',
  ],
  ['apikeyrotation-deliveries', 'keys that nobody asked for can be given and lie there', 'delivery-policy'],
] as const;

type Policy = KubeObject & {
  readonly spec?: { readonly policyName?: string; readonly validationActions?: readonly string[] };
};

/** The ValidatingAdmissionPolicies and their bindings are there, and deny. */
export const policies: Check = async (examined) => {
  const found: Finding[] = [];
  for (const [name, risk, file] of POLICIES) found.push(await policy(examined, name, risk, file));
  return found;
};

async function policy({ session: { kube } }: Examined, name: string, risk: string, file: string): Promise<Finding> {
  const about = `ValidatingAdmissionPolicy ${name}`;
  const remedy = `kubectl apply -f config/${file}.yaml`;
  const itself = await look(kube.get<Policy>({ resource: admissionPolicies, name }));
  const binding = await look(kube.get<Policy>({ resource: admissionPolicyBindings, name }));
  if (itself === 'Denied' || binding === 'Denied') return denied(CHECK, about, 'get');
  if (!itself) return fault(CHECK, about, `it is not there: ${risk}`, remedy);
  const isBound = binding?.spec?.policyName === name && binding.spec.validationActions?.includes('Deny');
  if (!isBound) return fault(CHECK, about, `no binding of that name makes it deny: ${risk}`, remedy);
  return ok(CHECK, about, 'it is in force');
}
