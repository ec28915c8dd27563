import { answer, failure, type Json, type VaultAnswer } from './answers.ts';
import { DEFAULT_POLICY, ROOT_POLICY } from './policies.ts';

/** A token: dead at `expiresAt` (milliseconds since the epoch; undefined: never). */
export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly ttlSeconds: number;
  readonly renewable: boolean;
  /** Renewals end here. */
  readonly maxExpiresAt: number | undefined;
  expiresAt: number | undefined;
}

/** What a new token shall be. */
export interface TokenRequest {
  readonly policies: readonly string[];
  /** Missing: it never expires. */
  readonly ttlSeconds?: number;
  /** Missing: it can be renewed for ever. */
  readonly maxTtlSeconds?: number;
  readonly renewable?: boolean;
  /** It cannot look itself up or renew itself then, unless another policy of its own lets it. */
  readonly noDefaultPolicy?: boolean;
  /** Its text; made up when missing. */
  readonly id?: string;
}

function policiesOf({ policies, noDefaultPolicy = false }: TokenRequest): readonly string[] {
  if (noDefaultPolicy || policies.includes(ROOT_POLICY)) return policies;
  return [...new Set([DEFAULT_POLICY, ...policies])].sort();
}

/** All tokens, and the calls that a token makes about itself. */
export class Tokens {
  readonly #now: () => number;
  readonly #uuid: () => string;
  readonly #tokens = new Map<string, Token>();

  constructor(now: () => number, uuid: () => string) {
    this.#now = now;
    this.#uuid = uuid;
  }

  create({ ttlSeconds = 0, maxTtlSeconds, renewable = ttlSeconds > 0, id, ...request }: TokenRequest): Token {
    const after = (seconds: number | undefined) => (seconds ? this.#now() + seconds * 1000 : undefined);
    const token: Token = {
      id: id ?? `hvs.${this.#uuid()}`,
      accessor: this.#uuid(),
      policies: policiesOf(request),
      ttlSeconds,
      renewable,
      maxExpiresAt: after(maxTtlSeconds),
      expiresAt: after(ttlSeconds),
    };
    this.#tokens.set(token.id, token);
    return token;
  }

  /** The living token of this text. */
  find(id: string | undefined): Token | undefined {
    const token = this.#tokens.get(id ?? '');
    if (!token || (token.expiresAt !== undefined && token.expiresAt <= this.#now())) return undefined;
    return token;
  }

  /** The text of every token that has not been revoked, for the search for leaks. */
  texts(): string[] {
    return [...this.#tokens.keys()];
  }

  revoke(id: string): void {
    this.#tokens.delete(id);
  }

  /** Ends every token, as an administrator does after a leak. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  lookUp(token: Token): VaultAnswer {
    return answer({
      id: token.id,
      accessor: token.accessor,
      policies: token.policies,
      renewable: token.renewable,
      creation_ttl: token.ttlSeconds,
      ttl: Math.floor(this.#left(token) / 1000),
      expire_time: token.expiresAt === undefined ? null : new Date(token.expiresAt).toISOString(),
      type: 'service',
    });
  }

  renew(token: Token): VaultAnswer {
    if (!token.renewable) return failure(400, 'lease is not renewable');
    const wanted = this.#now() + token.ttlSeconds * 1000;
    token.expiresAt = Math.min(wanted, token.maxExpiresAt ?? wanted);
    return this.grant(token);
  }

  /** The answer to a login or a renewal. */
  grant(token: Token, metadata: Json = {}): VaultAnswer {
    const { id, accessor, policies, renewable } = token;
    const shown = { client_token: id, accessor, policies, token_policies: policies, metadata, renewable };
    // What was granted, not what is left of it: the clock may have ticked since.
    const granted = Math.round(this.#left(token) / 1000);
    return answer(null, { auth: { ...shown, lease_duration: granted, token_type: 'service' } });
  }

  /** In milliseconds; 0 for one that does not expire. */
  #left({ expiresAt }: Token): number {
    return expiresAt === undefined ? 0 : expiresAt - this.#now();
  }
}
