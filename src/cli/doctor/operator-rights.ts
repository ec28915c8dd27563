import { GROUP } from '../../api/names.ts';
import { isOfCluster } from '../../api/references.ts';
import { issuers, stores } from '../../api/resources.ts';
import { type GuardObject, REPORT_POLICY } from '../../evidence/approval-policy.ts';
import type { Resource } from '../../runtime/kube/kube-api.ts';
import { admissionPolicies } from '../../runtime/kube/resources.ts';
import { look } from '../look.ts';
import { type Check, denied, type Examined, fault, ok } from './finding.ts';
import { accountIn } from './policies.ts';

const CHECK = 'rights';
const REMEDY = 'docs/operator-rights.md has the Roles; the chart binds them by rbac.namespaces and rbac.credentials';

const subjectAccessReviews: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  namespaced: false,
};

interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
}

/** Part of what the operator does in a namespace, asked of the authorizer in the name of its account. Writes to targets and restarts are not asked. */
export const operatorRights: Check = async (examined) => {
  if (examined.rotations.length === 0) return [];
  const account = await accountOf(examined);
  if (account === undefined) return [];
  const about = `${account.slice('system:serviceaccount:'.length)}, in namespace ${examined.session.namespace}`;
  const missing: string[] = [];
  const rights = [...ALWAYS, ...(await credentials(examined))];
  for (const right of rights) {
    const allowed = await look(mayDo(examined, account, right));
    if (allowed === 'Denied' || allowed === undefined) return [denied(CHECK, about, 'ask about')];
    if (!allowed) missing.push(textOf(right));
  }
  if (missing.length === 0) return [ok(CHECK, about, `the operator may ${rights.map(textOf).join(', ')}`)];
  return [fault(CHECK, about, `the operator may not ${missing.join(', ')}`, REMEDY)];
};

const ALWAYS: readonly Right[] = [
  { verb: 'watch', group: GROUP, resource: 'apikeyrotations' },
  { verb: 'update', group: GROUP, resource: 'apikeyrotations', subresource: 'status' },
  { verb: 'watch', group: GROUP, resource: 'apikeyissuers' },
  { verb: 'watch', group: GROUP, resource: 'keystores' },
  { verb: 'create', group: GROUP, resource: 'migrationreports' },
  { verb: 'list', group: '', resource: 'pods' },
];

/** The policy that guards reports names it. */
async function accountOf({ session: { kube } }: Examined): Promise<string | undefined> {
  const policy = await look(kube.get<GuardObject>({ resource: admissionPolicies, name: REPORT_POLICY }));
  return policy === 'Denied' || !policy ? undefined : accountIn(policy);
}

/** Secrets that issuers and stores of the namespace name. */
async function credentials({ session: { kube, namespace }, rotations }: Examined): Promise<readonly Right[]> {
  const named = new Set<string>();
  for (const { spec } of rotations) {
    const references = [
      [issuers, spec.issuerRef] as const,
      ...spec.targets.map(({ storeRef }) => [stores, storeRef] as const),
    ];
    for (const [resource, reference] of references) {
      if (isOfCluster(reference)) continue;
      const object = await look(kube.get({ resource, namespace, name: reference.name }));
      if (object !== 'Denied' && object) for (const name of secretNames(object)) named.add(name);
    }
  }
  return [...named].map((name) => ({ verb: 'get', group: '', resource: 'secrets', name }));
}

/** Each `secretRef` in it, wherever it stands. */
function secretNames(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, member]: [string, unknown]) => {
    const isNamed = field === 'secretRef' && typeof member === 'object' && member !== null && 'name' in member;
    return isNamed ? [String(member.name)] : secretNames(member);
  });
}

interface Review {
  readonly spec?: object;
  readonly status?: { readonly allowed?: boolean };
}

async function mayDo({ session: { kube, namespace } }: Examined, user: string, right: Right): Promise<boolean> {
  const [, , home] = user.split(':');
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${home}`, 'system:authenticated'];
  const spec = { user, groups, resourceAttributes: { ...right, namespace } };
  const { status } = await kube.create<Review>(subjectAccessReviews, undefined, { spec });
  return status?.allowed === true;
}

function textOf({ verb, resource, subresource, name }: Right): string {
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}${name ? ` ${name}` : ''}`;
}
