import { AwsFailure } from './answers.ts';

/** What an identity may do: actions of Secrets Manager on secrets whose name begins so. */
export interface Permission {
  readonly actions: readonly string[];
  readonly prefix: string;
}

/** Who calls. */
export interface Identity {
  readonly arn: string;
  readonly permissions: () => readonly Permission[];
}

/** An access key, temporary where it has a session token. Times in milliseconds since the epoch. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly sessionToken?: string;
  readonly expiresAt?: number;
  readonly identity: Identity;
}

/** A role that tokens of one ServiceAccount may be exchanged for. */
export interface Role {
  readonly subject: string;
  readonly audience: string;
  readonly permissions: () => readonly Permission[];
}

/** Who a web identity token is of; undefined where it is not valid. */
export type ReviewToken = (token: string, audience: string) => { readonly subject: string } | undefined;

/** What identities are made with. */
export interface IdentityOptions {
  readonly account: string;
  readonly now: () => number;
  readonly uuid: () => string;
  readonly reviewToken: ReviewToken;
}

/** The access keys and roles of one account. */
export class Identities {
  readonly #options: IdentityOptions;
  readonly #keys = new Map<string, AccessKey>();
  readonly #roles = new Map<string, Role>();

  constructor(options: IdentityOptions) {
    this.#options = options;
  }

  /** A new access key that does not end. */
  createUser(name: string, permissions: () => readonly Permission[]): AccessKey {
    const arn = `arn:aws:iam::${this.#options.account}:user/${name}`;
    return this.#add({ ...this.#newKey('AKIA'), identity: { arn, permissions } });
  }

  setRole(name: string, role: Role): void {
    this.#roles.set(`arn:aws:iam::${this.#options.account}:role/${name}`, role);
  }

  /** No key of a login is taken any more. */
  expireSessions(): void {
    for (const key of this.#keys.values()) if (key.sessionToken) this.#keys.set(key.id, { ...key, expiresAt: 0 });
  }

  find(id: string): AccessKey | undefined {
    return this.#keys.get(id);
  }

  /** A temporary key for the token of a ServiceAccount. Throws AwsFailure. */
  assumeRole(arn: string, token: string, seconds: number): Required<AccessKey> {
    const role = this.#roles.get(arn);
    const reviewed = role && this.#options.reviewToken(token, role.audience);
    if (role && !reviewed)
      throw new AwsFailure('InvalidIdentityToken', 'No OpenIDConnect provider found in your account for the token');
    if (!role || reviewed?.subject !== role.subject)
      throw new AwsFailure('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
    const key = {
      ...this.#newKey('ASIA'),
      sessionToken: this.#options.uuid(),
      expiresAt: this.#options.now() + seconds * 1_000,
      identity: {
        arn: `${arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session`,
        permissions: role.permissions,
      },
    };
    this.#add(key);
    return key;
  }

  #newKey(prefix: string): Pick<AccessKey, 'id' | 'secret'> {
    const text = () => this.#options.uuid().replaceAll('-', '');
    return { id: `${prefix}${text().slice(0, 16).toUpperCase()}`, secret: text() };
  }

  #add(key: AccessKey): AccessKey {
    this.#keys.set(key.id, key);
    return key;
  }
}
