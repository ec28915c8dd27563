import { isLive, type Pod, type PodView, podView } from '../evidence/pod-view.ts';
import type { KubeApi } from '../runtime/kube/kube-api.ts';
import { apiVersionOf, pods, tokenReviews } from '../runtime/kube/resources.ts';
import { ApiError } from './api-error.ts';
import type { ReviewedTokens } from './reviewed-tokens.ts';

/** Who speaks: a pod that exists, by a token of its ServiceAccount that is bound to it. */
export interface Caller {
  readonly username: string;
  readonly pod: PodView;
}

/** The caller whom this bearer token authenticates in this namespace; throws ApiError 401 or 403. */
export type Authenticate = (token: string, namespace: string) => Promise<Caller>;

/** One TokenReview at most, and one live GET of the pod, a call. */
export interface AuthenticateDeps {
  readonly kube: Pick<KubeApi, 'create' | 'get'>;
  readonly reviewed: ReviewedTokens<BoundToken>;
  /** The audience that tokens must be made for. */
  readonly audience: string;
}

interface TokenReview {
  apiVersion: string;
  kind: string;
  spec: { token: string; audiences: string[] };
  status?: {
    authenticated?: boolean;
    audiences?: string[];
    user?: { username?: string; extra?: Record<string, string[]> };
  };
}

/** What a confirmed token says of its bearer. */
export interface BoundToken {
  readonly username: string;
  readonly namespace: string;
  readonly serviceAccountName: string;
  readonly podName: string;
  readonly podUID: string;
}

const EXTRA = 'authentication.kubernetes.io';
/** Anything else is no JWT and not worth a call. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Authenticates by TokenReview for one audience, then looks at the pod itself: what was found of a token outlives a deleted pod. */
export function createAuthenticate({ kube, reviewed, audience }: AuthenticateDeps): Authenticate {
  return async (token, namespace) => {
    if (!JWT.test(token)) throw unauthenticated('is not a ServiceAccount token', audience);
    const bound = await reviewed.find(token, async () => readReview(await review(kube, token, audience), audience));
    if (bound.namespace !== namespace) throw forbidden('WrongNamespace', bound, `is not of namespace ${namespace}`);
    const found = await kube.get<Pod>({ resource: pods, namespace, name: bound.podName });
    return { username: bound.username, pod: checkPod(found && podView(found), bound) };
  };
}

function review(kube: AuthenticateDeps['kube'], token: string, audience: string): Promise<TokenReview> {
  return kube.create<TokenReview>(tokenReviews, undefined, {
    apiVersion: apiVersionOf(tokenReviews),
    kind: tokenReviews.kind,
    spec: { token, audiences: [audience] },
  });
}

/** An API server that knows no audiences answers without them: such a token may be meant for anyone, so it is refused. */
function readReview({ status }: TokenReview, audience: string): BoundToken {
  if (status?.authenticated !== true) throw unauthenticated('was refused by the Kubernetes API', audience);
  if (!status.audiences?.includes(audience)) throw unauthenticated('is for another audience', audience);
  const { username = '', extra } = status.user ?? {};
  const [, namespace, serviceAccountName] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? [];
  if (!namespace || !serviceAccountName) throw unauthenticated('is not of a ServiceAccount', audience);
  const podName = extra?.[`${EXTRA}/pod-name`]?.[0];
  const podUID = extra?.[`${EXTRA}/pod-uid`]?.[0];
  if (!podName || !podUID) throw unauthenticated('is not bound to a pod', audience);
  return { username, namespace, serviceAccountName, podName, podUID };
}

function checkPod(pod: PodView | undefined, bound: BoundToken): PodView {
  if (pod?.uid !== bound.podUID) throw forbidden('PodGone', bound, 'no longer exists');
  if (!isLive(pod)) throw forbidden('PodFinished', bound, `has finished (phase ${pod.phase})`);
  if (pod.serviceAccountName !== bound.serviceAccountName) {
    throw forbidden('WrongServiceAccount', bound, `does not run as ServiceAccount ${bound.serviceAccountName}`);
  }
  return pod;
}

function unauthenticated(problem: string, audience: string): ApiError {
  const remedy = `mount a projected serviceAccountToken with audience ${audience} into the pod and send it as bearer`;
  return new ApiError(401, 'Unauthenticated', `The bearer token ${problem}: ${remedy}`);
}

function forbidden(code: string, { namespace, podName }: BoundToken, problem: string): ApiError {
  return new ApiError(
    403,
    code,
    `Pod ${namespace}/${podName} ${problem}: only live pods of the rotation's namespace report`,
  );
}
