import { CallError } from '../../http/call-error.ts';
import type { KubeApi } from '../../runtime/kube/kube-api.ts';
import { selfSubjectAccessReviews, selfSubjectRulesReviews } from '../../runtime/kube/resources.ts';
import { SUFFIX } from './replaced-keys.ts';

/** What reading and publishing take. */
const VERBS = ['get', 'create', 'patch'] as const;
type Verb = (typeof VERBS)[number];

/** A SelfSubjectAccessReview, as sent and as answered. */
interface AccessReview {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: { readonly resourceAttributes: { namespace: string; verb: string; resource: string } };
  readonly status?: { readonly allowed?: boolean };
}

/** A SelfSubjectRulesReview, as sent and as answered. */
interface RulesReview {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: { readonly namespace: string };
  readonly status?: { readonly resourceRules?: readonly ResourceRule[] };
}

interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

/**
 * Asks the API server whether we may read and write Secrets of the namespace: all of them, or some by their names, each with the one that
 * keeps what is replaced in it. Throws CallError naming what is missing.
 */
export async function assertSecretAccess(api: Pick<KubeApi, 'create'>, namespace: string): Promise<void> {
  const answers = await Promise.all(VERBS.map((verb) => isAllowed(api, namespace, verb)));
  const missing = VERBS.filter((_, index) => !answers[index]);
  if (missing.length === 0) return;
  // To create takes no names in RBAC.
  const byName = missing.includes('create') ? [] : await rulesByName(api, namespace);
  const problem = lackOf(byName, missing);
  if (problem !== undefined) throw denied(`${problem.what} in namespace ${namespace}: ${problem.remedy}`);
}

function denied(what: string): CallError {
  return new CallError('denied', 'SecretAccessDenied', `the operator may not ${what}`);
}

/** What is missing beside the rules for Secrets by name; undefined where these suffice. */
function lackOf(rules: readonly ResourceRule[], missing: readonly Verb[]) {
  const named = missing.map((verb) => ({ verb, names: namesFor(rules, verb) }));
  if (named.some(({ names }) => names.size === 0)) {
    const remedy =
      'name its targets in rbac.targets of the chart, or set rbac.secretTargets; without the chart bind a Role with create for all Secrets of the namespace, since that takes no names, and get and patch for all or by resourceNames';
    return { what: `${missing.join(', ')} Secrets`, remedy };
  }
  // Credentials and what people deliver are only read: a target is what may be patched.
  const targets = [...(named.find(({ verb }) => verb === 'patch')?.names ?? [])];
  for (const name of targets.filter((each) => !each.endsWith(SUFFIX)))
    for (const { verb, names } of named) {
      const lacking = [name, name + SUFFIX].find((each) => !names.has(each));
      if (lacking !== undefined)
        return {
          what: `${verb} Secret ${lacking}`,
          remedy: `let the Role name ${name} and ${name}${SUFFIX}, which keeps what is replaced in it, with get and patch each`,
        };
    }
  return undefined;
}

function namesFor(rules: readonly ResourceRule[], verb: Verb): ReadonlySet<string> {
  return new Set(rules.filter(({ verbs }) => grants(verbs, verb)).flatMap(({ resourceNames = [] }) => resourceNames));
}

function grants(granted: readonly string[], wanted: string): boolean {
  return granted.includes(wanted) || granted.includes('*');
}

async function rulesByName(api: Pick<KubeApi, 'create'>, namespace: string): Promise<readonly ResourceRule[]> {
  const review: RulesReview = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace },
  };
  const { status } = await api.create<RulesReview>(selfSubjectRulesReviews, undefined, review);
  return (status?.resourceRules ?? []).filter(
    ({ apiGroups = [], resources = [], resourceNames = [] }) =>
      grants(apiGroups, '') && grants(resources, 'secrets') && resourceNames.length > 0,
  );
}

async function isAllowed(api: Pick<KubeApi, 'create'>, namespace: string, verb: Verb): Promise<boolean> {
  const review: AccessReview = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { namespace, verb, resource: 'secrets' } },
  };
  const { status } = await api.create<AccessReview>(selfSubjectAccessReviews, undefined, review);
  return status?.allowed === true;
}
