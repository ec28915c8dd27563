import type { Resource } from '../../runtime/kube/kube-api.ts';
import { look } from '../look.ts';
import { type Check, denied, type Examined, fault, ok } from './finding.ts';
import { lendingCommand } from './lending.ts';
import { LOOK_AT_PODS, neededRights } from './needed-rights.ts';
import { operatorAccount } from './operator-account.ts';
import { type NeededRight, type Right, textOf } from './right.ts';

const CHECK = 'rights';

const subjectAccessReviews: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  namespaced: false,
};

/** The operator's ServiceAccount: its namespace, its name. */
type Account = readonly [namespace: string, name: string];

/** Part of what the operator does in a namespace, asked of the authorizer in the name of its account. */
export const operatorRights: Check = async (examined) => {
  if (examined.rotations.length === 0) return [];
  const account = await accountOf(examined);
  if (account === undefined) return [];
  const about = `${account.join(':')}, in namespace ${examined.session.namespace}`;
  const missing: NeededRight[] = [];
  const needed = await neededRights(examined);
  for (const one of needed) {
    const allowed = await look(mayDo(examined, account, one.right));
    if (allowed === 'Denied' || allowed === undefined) return [denied(CHECK, about, 'ask about')];
    if (!allowed) missing.push(one);
  }
  if (missing.length === 0) return [ok(CHECK, about, `the operator may ${listed(needed)}`)];
  return [fault(CHECK, about, `the operator may not ${listed(missing)}`, await remedyFor(examined, account, missing))];
};

const listed = (rights: readonly NeededRight[]) => rights.map(({ right }) => textOf(right)).join(', ');

async function accountOf(examined: Examined): Promise<Account | undefined> {
  const [, , home, name] = (await operatorAccount(examined))?.split(':') ?? [];
  return home !== undefined && name !== undefined ? [home, name] : undefined;
}

interface Review {
  readonly spec?: object;
  readonly status?: { readonly allowed?: boolean };
}

async function mayDo({ session: { kube, namespace } }: Examined, [home, name]: Account, right: Right) {
  const user = `system:serviceaccount:${home}:${name}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${home}`, 'system:authenticated'];
  const spec = { user, groups, resourceAttributes: { ...right, namespace } };
  const { status } = await kube.create<Review>(subjectAccessReviews, undefined, { spec });
  return status?.allowed === true;
}

/** What is lent is lent as a whole: of a namespace that has lent nothing no value is to blame. */
async function remedyFor(examined: Examined, account: Account, missing: readonly NeededRight[]): Promise<string> {
  const isLent = missing.every(({ right }) => right !== LOOK_AT_PODS);
  const lending = isLent ? undefined : await lendingCommand(examined, account);
  if (lending !== undefined) return lending;
  const values = [...new Set(missing.map(({ value }) => value))].join(', ');
  return `installed by Helm: helm upgrade with ${values}; else docs/operator-rights.md has the Roles`;
}
