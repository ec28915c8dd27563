import { sameValue } from '../rotation/same-value.ts';
import type { KubeObject } from '../runtime/kube/kube-api.ts';

/** The name of the ValidatingAdmissionPolicy and of its binding, as config/report-policy.yaml has them. */
export const REPORT_POLICY = 'apikeyrotation-reports';

/**
 * Whether approvals are guarded now. `since`: milliseconds since the epoch; what is older may have been written by anybody. `generations`,
 * of policy and binding: they were others before, nobody knows until when, and were first seen as they are then.
 */
export type ApprovalGuard =
  | { readonly type: 'InForce'; readonly since: number; readonly generations?: string }
  | { readonly type: 'Missing'; readonly why: string };

/** As the API server has them; undefined where there is none. */
export interface FoundPolicy {
  readonly policy: GuardObject | undefined;
  readonly binding: GuardObject | undefined;
}

export type GuardObject = KubeObject & { readonly spec?: Readonly<Record<string, unknown>> };

/** When policy and binding were first seen in these generations, in milliseconds since the epoch. */
export type FirstSeen = (generations: string) => number;

/** What config/report-policy.yaml asks, in a test held to be the same: anything else may let others approve. */
const VARIABLES: Readonly<Record<string, string>> = {
  isOperator: "request.userInfo.username == '…'",
  isApproval: "object.spec.type == 'Approval'",
  wasApproval: "request.operation == 'UPDATE' && oldObject.spec.type == 'Approval'",
  saysTheSame: "request.operation == 'UPDATE' && object.spec == oldObject.spec",
  isNewApproval: 'variables.isApproval && !variables.saysTheSame',
};

const VALIDATIONS: readonly string[] = [
  'variables.isApproval || variables.isOperator || variables.saysTheSame',
  "request.operation == 'CREATE' || variables.saysTheSame || !(variables.isApproval || variables.wasApproval)",
  "!variables.isNewApproval || object.spec.?reporter.?username.orValue('') == request.userInfo.username",
  "!variables.isNewApproval || authorizer.group('apikeyrotation.io').resource('apikeyrotations').namespace(request.namespace).name(object.spec.rotationRef.name).check('approve').allowed()",
  "!variables.isNewApproval || object.metadata.?labels[?'apikeyrotation.io/rotation-uid'].orValue('') == object.spec.rotationRef.uid",
];

const POLICY = {
  failurePolicy: 'Fail',
  matchConstraints: {
    resourceRules: [
      {
        apiGroups: ['apikeyrotation.io'],
        apiVersions: ['*'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['migrationreports'],
      },
    ],
  },
  variables: Object.entries(VARIABLES).map(([name, expression]) => ({ name, expression })),
  validations: VALIDATIONS.map((expression) => ({ expression })),
};
const BINDING = { policyName: REPORT_POLICY, validationActions: ['Deny'] };

/** The account that the operator runs as differs from one cluster to the next. */
const ACCOUNT = /'system:serviceaccount:[a-z0-9-]+:[a-z0-9.-]+'/;
/** Said to people, not asked. */
const TEXTS: ReadonlySet<string> = new Set(['message', 'messageExpression', 'reason']);
/** What the API server writes where nothing is said. */
const DEFAULTS: Readonly<Record<string, string>> = { matchPolicy: 'Equivalent', scope: '*' };

/** Whether policy and binding stand as they are documented, and since when. */
export function guardOf(found: FoundPolicy, firstSeen: FirstSeen): ApprovalGuard {
  const { policy, binding } = found;
  const problem =
    problemOf('ValidatingAdmissionPolicy', policy, POLICY) ??
    problemOf('ValidatingAdmissionPolicyBinding', binding, BINDING);
  if (problem || !policy || !binding) return problem ?? missing('nobody looked');
  const made = Math.max(createdAt(policy), createdAt(binding));
  if (!wasChanged(policy) && !wasChanged(binding)) return { type: 'InForce', since: made };
  // What was changed since it was made may have been another one until now, and nothing tells until when.
  const generations = [policy, binding].map(({ metadata }) => `${metadata.uid}/${metadata.generation}`).join(' ');
  return { type: 'InForce', since: Math.max(made, firstSeen(generations)), generations };
}

function wasChanged({ metadata }: GuardObject): boolean {
  return metadata.generation !== 1;
}

function problemOf(kind: string, found: GuardObject | undefined, expected: unknown): ApprovalGuard | undefined {
  if (!found) return missing(`there is no ${kind} ${REPORT_POLICY}`);
  if (found.metadata.deletionTimestamp) return missing(`${kind} ${REPORT_POLICY} is being deleted`);
  if (Number.isNaN(createdAt(found))) return missing(`${kind} ${REPORT_POLICY} does not say when it was made`);
  return sameValue(essence(found.spec), expected) ? undefined : missing(`${kind} ${REPORT_POLICY} was changed`);
}

/** Approvals count for nothing, for this reason. */
export function missing(why: string): ApprovalGuard {
  return { type: 'Missing', why };
}

function createdAt(found: GuardObject | undefined): number {
  return Date.parse(found?.metadata.creationTimestamp ?? '');
}

/** What a spec asks: without texts, defaults and what is empty. */
function essence(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(ACCOUNT, "'…'");
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([name, member]) => !TEXTS.has(name) && DEFAULTS[name] !== member)
    .map(([name, member]): [string, unknown] => [name, essence(member)]);
  return Object.fromEntries(members.filter(([, member]) => !isEmpty(member)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}
