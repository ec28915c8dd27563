import { CallError } from '../../http/call-error.ts';
import type { KubeApi, Resource } from '../../runtime/kube/kube-api.ts';

const selfSubjectAccessReviews: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
  namespaced: false,
};

/** What reading and publishing take. */
const VERBS = ['get', 'create', 'patch'] as const;

/** A SelfSubjectAccessReview, as sent and as answered. */
interface AccessReview {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: { readonly resourceAttributes: { namespace: string; verb: string; resource: string } };
  readonly status?: { readonly allowed?: boolean };
}

/** Asks the API server whether we may read and write Secrets of the namespace; throws CallError naming what is missing. */
export async function assertSecretAccess(api: KubeApi, namespace: string): Promise<void> {
  const answers = await Promise.all(VERBS.map((verb) => isAllowed(api, namespace, verb)));
  const missing = VERBS.filter((_, index) => !answers[index]);
  if (missing.length === 0) return;
  const remedy = `add a Role with these verbs for all Secrets of the namespace, and bind it to the operator`;
  const message = `the operator may not ${missing.join(', ')} Secrets in namespace ${namespace}: ${remedy}`;
  throw new CallError('denied', 'SecretAccessDenied', message);
}

async function isAllowed(api: KubeApi, namespace: string, verb: string): Promise<boolean> {
  const review: AccessReview = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { namespace, verb, resource: 'secrets' } },
  };
  const { status } = await api.create<AccessReview>(selfSubjectAccessReviews, undefined, review);
  return status?.allowed === true;
}
