import { createHash } from 'node:crypto';
import type { Clock } from '../runtime/clock.ts';
import { createRateLimiter, type RateLimit } from './rate-limit.ts';

/** How often the reports API is answered. */
export interface ReportLimits {
  /** For one pod: each of its requests costs a TokenReview and a look at the pod. */
  readonly pod: RateLimit;
  /** For proofs without a token: of one rotation from one address, or of all that we do not know from one address. */
  readonly proofs: RateLimit;
  /** For one address, behind which there may be a whole cluster: an outer bound only. */
  readonly address: RateLimit;
}

/** What the reports API lets through; each throws ApiError 429. */
export interface Admission {
  /** Any request, before anything is done for it. */
  request(address: string): void;
  /** Before a token is reviewed, which costs calls. Nobody else can use up what belongs to a token. */
  token(token: string): void;
  /** After a token was found to be this pod's, which may have many. */
  pod(uid: string): void;
  /** A proof without a token. `rotation` is undefined for one that no cache knows: each name would be a new source. */
  proof(address: string, rotation: string | undefined): void;
}

const LIMITS: ReportLimits = {
  pod: { perSecond: 2, burst: 20 },
  proofs: { perSecond: 20, burst: 200 },
  address: { perSecond: 1_000, burst: 5_000 },
};

/**
 * Limits by who asks rather than from where, so that a thousand pods behind one address do not shut each other out, and no pod
 * can turn its requests into load on the Kubernetes API.
 */
export function createAdmission(clock: Pick<Clock, 'monotonic'>, limits: Partial<ReportLimits> = {}): Admission {
  const { pod, proofs, address } = { ...LIMITS, ...limits };
  const byAddress = createRateLimiter(clock, address, 'this address');
  const byToken = createRateLimiter(clock, pod, 'this pod');
  const byPod = createRateLimiter(clock, pod, 'this pod');
  const byProof = createRateLimiter(clock, proofs, 'this rotation without a token');
  return {
    request: byAddress,
    token: (token) => byToken(createHash('sha256').update(token).digest('base64')),
    pod: byPod,
    proof: (from, rotation) => byProof(rotation === undefined ? from : `${from} ${rotation}`),
  };
}
