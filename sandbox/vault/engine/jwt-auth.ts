import { asObject, failure, type VaultAnswer } from './answers.ts';
import type { Tokens } from './tokens.ts';

/** Who a JWT speaks for: undefined where it is not valid for the audience. */
export type ReviewJwt = (jwt: string, audience: string) => { readonly subject: string } | undefined;

/** Whom a role lets in, and what they get. */
export interface JwtRole {
  readonly boundAudience: string;
  /** Full subjects: `system:serviceaccount:<namespace>:<name>`. */
  readonly boundSubjects: readonly string[];
  readonly policies: readonly string[];
  readonly ttlSeconds: number;
  readonly maxTtlSeconds?: number;
  readonly renewable?: boolean;
}

const UNSIGNED =
  'error validating token: error verifying token signature: no known key successfully validated the token signature';

/** The login endpoint of one JWT auth mount. */
export class JwtAuth {
  readonly #review: ReviewJwt;
  readonly #tokens: Tokens;
  readonly #roles = new Map<string, JwtRole>();

  constructor(review: ReviewJwt, tokens: Tokens) {
    this.#review = review;
    this.#tokens = tokens;
  }

  /** Adds or replaces a role. */
  setRole(name: string, role: JwtRole): void {
    this.#roles.set(name, role);
  }

  login(body: unknown): VaultAnswer {
    const { role: name, jwt } = asObject(body);
    if (typeof name !== 'string' || !name) return failure(400, 'missing role');
    const role = this.#roles.get(name);
    if (!role) return failure(400, `role "${name}" could not be found`);
    if (typeof jwt !== 'string' || !jwt) return failure(400, 'missing token');
    const identity = this.#review(jwt, role.boundAudience);
    if (!identity) return failure(400, UNSIGNED);
    if (!role.boundSubjects.includes(identity.subject)) {
      return failure(400, 'error validating token: invalid subject (sub) claim');
    }
    return this.#tokens.grant(this.#tokens.create(role), { role: name });
  }
}
