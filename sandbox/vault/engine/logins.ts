import { asObject, failure, type Json, type VaultAnswer } from './answers.ts';
import type { Tokens } from './tokens.ts';

/** Who a JWT speaks for: undefined where it is not valid for the audience. */
export type ReviewJwt = (jwt: string, audience: string) => { readonly subject: string } | undefined;

/** What whoever is let in gets. */
interface Grants {
  readonly policies: readonly string[];
  readonly ttlSeconds: number;
  readonly maxTtlSeconds?: number;
  readonly renewable?: boolean;
}

/** Whom a role of auth/jwt, or one of auth/kubernetes, lets in. */
export interface JwtRole extends Grants {
  readonly boundAudience: string;
  /** Full subjects: `system:serviceaccount:<namespace>:<name>`. */
  readonly boundSubjects: readonly string[];
}

/** A role of auth/approle. */
export interface AppRole extends Grants {
  readonly roleID: string;
  /** The secret ids that it has given out; one that is used up or revoked leaves the set. */
  readonly secretIDs: ReadonlySet<string>;
}

const UNSIGNED =
  'error validating token: error verifying token signature: no known key successfully validated the token signature';

/** The login endpoints of three auth methods, each mounted under its own name. */
export class Logins {
  readonly #review: ReviewJwt;
  readonly #tokens: Tokens;
  readonly #jwtRoles = new Map<string, JwtRole>();
  readonly #kubernetesRoles = new Map<string, JwtRole>();
  readonly #appRoles = new Map<string, AppRole>();

  constructor(review: ReviewJwt, tokens: Tokens) {
    this.#review = review;
    this.#tokens = tokens;
  }

  /** Adds or replaces a role. */
  setJwtRole(name: string, role: JwtRole): void {
    this.#jwtRoles.set(name, role);
  }

  setKubernetesRole(name: string, role: JwtRole): void {
    this.#kubernetesRoles.set(name, role);
  }

  setAppRole(name: string, role: AppRole): void {
    this.#appRoles.set(name, role);
  }

  /** The answer of the login endpoint at this path; undefined where there is none. */
  answer(path: string, body: unknown): VaultAnswer | undefined {
    if (path === 'auth/jwt/login') return this.#byJwt(asObject(body));
    if (path === 'auth/kubernetes/login') return this.#byKubernetes(asObject(body));
    if (path === 'auth/approle/login') return this.#byAppRole(asObject(body));
    return undefined;
  }

  #byJwt({ role: name, jwt }: Json): VaultAnswer {
    if (typeof name !== 'string' || !name) return failure(400, 'missing role');
    const role = this.#jwtRoles.get(name);
    if (!role) return failure(400, `role "${name}" could not be found`);
    if (typeof jwt !== 'string' || !jwt) return failure(400, 'missing token');
    const identity = this.#review(jwt, role.boundAudience);
    if (!identity) return failure(400, UNSIGNED);
    if (!role.boundSubjects.includes(identity.subject)) {
      return failure(400, 'error validating token: invalid subject (sub) claim');
    }
    return this.#letIn(role, { role: name });
  }

  #byKubernetes({ role: name, jwt }: Json): VaultAnswer {
    if (typeof jwt !== 'string' || !jwt) return failure(400, 'missing jwt');
    if (typeof name !== 'string' || !name) return failure(400, 'missing role');
    const role = this.#kubernetesRoles.get(name);
    if (!role) return failure(400, `invalid role name "${name}"`);
    const identity = this.#review(jwt, role.boundAudience);
    if (!identity) return failure(403, 'permission denied');
    if (!role.boundSubjects.includes(identity.subject)) return failure(403, 'service account name not authorized');
    return this.#letIn(role, { role: name });
  }

  #byAppRole({ role_id: roleID, secret_id: secretID }: Json): VaultAnswer {
    const [name, role] = [...this.#appRoles].find(([, known]) => known.roleID === roleID) ?? [];
    if (!role) return failure(400, 'invalid role or secret ID');
    if (typeof secretID !== 'string' || !secretID) return failure(400, 'missing secret_id');
    if (!role.secretIDs.has(secretID)) return failure(400, 'invalid role or secret ID');
    return this.#letIn(role, { role_name: name });
  }

  #letIn(role: Grants, metadata: Json): VaultAnswer {
    return this.#tokens.grant(this.#tokens.create(role), metadata);
  }
}
