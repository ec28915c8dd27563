import type { Clock } from '../runtime/clock.ts';
import { createRateLimiter, type RateLimit } from './rate-limit.ts';
import { digestOf } from './token-digest.ts';

/** How often the reports API is answered. */
export interface ReportLimits {
  /** For one pod: each of its requests costs a look at the pod, and a TokenReview a minute. */
  readonly pod: RateLimit;
  /** For the pods of one namespace together: what they report is written by us, and not on their own account. */
  readonly namespace: RateLimit;
  /** For tokens from one address of which nobody knows yet whether they are any: each costs a TokenReview. */
  readonly unknownTokens: RateLimit;
  /** For proofs without a token: of one rotation from one address, or of all that we do not know from one address. */
  readonly proofs: RateLimit;
  /** For one address, behind which there may be a whole cluster: an outer bound only. */
  readonly address: RateLimit;
}

/** What the reports API lets through; each throws ApiError 429. */
export interface Admission {
  /** Any request, before anything is done for it. */
  request(address: string): void;
  /** Before a token is reviewed, which costs calls. Nobody else can use up what belongs to a token that was accepted before. */
  token(token: string, address: string): void;
  /** After a token was found to be that of a pod, which may have many. */
  caller(token: string, pod: { readonly uid: string; readonly namespace: string }): void;
  /** A proof without a token. `rotation` is undefined for one that no cache knows: each name would be a new source. */
  proof(address: string, rotation: string | undefined): void;
}

const LIMITS: ReportLimits = {
  pod: { perSecond: 2, burst: 20 },
  namespace: { perSecond: 100, burst: 5_000 },
  unknownTokens: { perSecond: 20, burst: 2_000 },
  proofs: { perSecond: 20, burst: 200 },
  address: { perSecond: 1_000, burst: 5_000 },
};

/** Tokens remembered as accepted at most; the oldest is forgotten for a new one. They live for an hour as a rule. */
const MAX_ACCEPTED = 20_000;

/**
 * Limits by who asks rather than from where, so that a thousand pods behind one address do not shut each other out, and no pod
 * can turn its requests into load on the Kubernetes API.
 */
export function createAdmission(clock: Pick<Clock, 'monotonic'>, limits: Partial<ReportLimits> = {}): Admission {
  const { pod, namespace, unknownTokens, proofs, address } = { ...LIMITS, ...limits };
  const byAddress = createRateLimiter(clock, address, 'this address');
  const byUnknownToken = createRateLimiter(clock, unknownTokens, 'this address with tokens never seen before');
  const byToken = createRateLimiter(clock, pod, 'this pod');
  const byPod = createRateLimiter(clock, pod, 'this pod');
  const byNamespace = createRateLimiter(clock, namespace, 'the pods of this namespace');
  const byProof = createRateLimiter(clock, proofs, 'this rotation without a token');
  /** Hash of a token -> whose namespace it is of. */
  const accepted = new Map<string, string>();

  function remember(token: string, name: string): void {
    accepted.set(token, name);
    const [oldest] = accepted.keys();
    if (accepted.size > MAX_ACCEPTED && oldest !== undefined) accepted.delete(oldest);
  }

  return {
    request: byAddress,
    token(token, from) {
      const digest = digestOf(token);
      const known = accepted.get(digest);
      byToken(digest);
      if (known === undefined) byUnknownToken(from);
      else byNamespace(known);
    },
    caller(token, { uid, namespace: name }) {
      const digest = digestOf(token);
      byPod(uid);
      if (!accepted.has(digest)) byNamespace(name);
      remember(digest, name);
    },
    proof: (from, rotation) => byProof(rotation === undefined ? from : `${from} ${rotation}`),
  };
}
