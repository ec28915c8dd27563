import { NotBegunError } from '../http/call-error.ts';
import type { AttemptId } from '../key/attempt-id.ts';
import type { SecretValue } from '../key/secret-value.ts';

/** What the issuer can do; the protocol's recovery depends on it (design section 5). */
export interface IssuerCapabilities {
  /** What a repeated issue call with the same Idempotency-Key gives: the whole answer, the id without the key, or a new key. */
  readonly replay: 'Full' | 'ID' | 'None';
  /** Milliseconds after an issue call in which a repeat is known as one; later it makes a second key. Absent: for ever. */
  readonly replayWindowMs?: number;
  /** Whether keys can be listed by label. Without it `get` and `verify` tell the label all the same. */
  readonly list: boolean;
  /** How many keys may be alive at once where we issue. Absent: any number. */
  readonly maxKeys?: number;
  /** People work there: milliseconds in which they are expected to do what they are asked for. */
  readonly expectedWithinMs?: number;
  /** Milliseconds by which `usage` may tell a use too early, or late. Absent: the issuer does not tell when its keys were used. */
  readonly usageResolutionMs?: number;
}

/** What a key shall be: the exact set of permissions, in one environment of one organization. */
export interface KeySpec {
  readonly organization?: string;
  readonly environment: string;
  readonly permissions: readonly string[];
}

/** A key as the issuer describes it, without its text. Times are RFC 3339. */
export interface KeyRecord extends KeySpec {
  readonly keyID: string;
  readonly status: 'Active' | 'Revoked' | 'Expired';
  /** As given at issue: `installation/uid/n.k` for ours. */
  readonly label?: string;
  readonly issuedAt?: string;
  readonly expiresAt?: string;
}

/**
 * When a key was used last, whoever used it: our own `verify` is a use too. Texts of the issuer's own, by its own clock; one that is
 * no time says nothing. `asOf`: when it answered; absent where it did not say. `lastUsedAt` is absent where the key was never used.
 */
export interface KeyUsage {
  readonly status: KeyRecord['status'];
  readonly asOf?: string;
  readonly lastUsedAt?: string;
}

/**
 * `Issued`: the one delivery of the key's text. `Replayed`: this attempt made a key before, its text is gone. `Unusable`: there is a
 * key now, and a `problem` with its text for which it must not be used.
 */
export type IssueResult =
  | { readonly type: 'Issued'; readonly record: KeyRecord; readonly key: SecretValue }
  | { readonly type: 'Replayed'; readonly keyID: string }
  | { readonly type: 'Unusable'; readonly record: KeyRecord; readonly problem: string };

/**
 * What is known of a key before the issuer is asked. `fingerprint` is set where status recorded the id together with it, when the key
 * was issued, or where a person accepts them together; without it somebody may only have written that id beside a text.
 */
export interface PresumedKey {
  readonly keyID: string;
  readonly fingerprint?: string;
}

/** What a living key shall be able to do beside what it can. `reason` is for whoever decides about it there. */
export interface PermissionChange {
  readonly add: readonly string[];
  readonly reason: string;
}

/** On whose behalf a call is made, where people have to understand it. */
export interface Requester {
  readonly namespace: string;
  /** Of the ApiKeyRotation. */
  readonly name: string;
  /** Why a key is wanted; no secret. */
  readonly reason?: string;
  /** The key that a new one replaces, by its id and what it may do. */
  readonly replaces?: { readonly keyID: string; readonly permissions: readonly string[] };
  /** A key has leaked. */
  readonly isUrgent?: boolean;
}

/** A revocation that people carry out. */
export interface Revocation extends Requester {
  /** A person says that it is done. */
  readonly isConfirmed: boolean;
  /** The text of the key where it can still be had, to see whether it works. */
  readonly findKey: () => Promise<SecretValue | undefined>;
}

/** What people are asked for. No secret in it. */
export interface PeopleRequest {
  readonly text: string;
  /** Where a key is expected. */
  readonly secretName?: string;
  /** What is wrong with what they gave, and what helps. */
  readonly problem?: string;
}

/** People have been asked, and have yet to do it; the same call is made again until they have. */
export class PendingError extends NotBegunError {
  readonly request: PeopleRequest;

  constructor(reason: 'KeyRequested' | 'RevocationRequested', request: PeopleRequest) {
    super('unavailable', reason, request.problem === undefined ? request.text : `${request.text}; ${request.problem}`);
    this.request = request;
  }
}

/** An API that issues and revokes keys. Every method throws CallError; a time-out is `unknown`, never a failure. */
export interface Issuer {
  readonly capabilities: IssuerCapabilities;
  /** scheme://host[:port] of the environment that this issuer object works in; recorded with each key. */
  readonly origin: string;
  /**
   * Makes one key, with the attempt as Idempotency-Key and label. May throw `unknown`: the key may exist. Throws PendingError while
   * people are awaited; then whoever calls again goes on where the last call was.
   */
  issue(attempt: AttemptId, spec: KeySpec, requester?: Requester): Promise<IssueResult>;
  /** The key of this attempt stands at every target: what it was handed over in goes. */
  settle?(attempt: AttemptId, requester: Requester): Promise<void>;
  /** All keys that carry a label of this installation and uid, dead ones included. */
  list(owner: { readonly installation: string; readonly uid: string }): Promise<readonly KeyRecord[]>;
  /**
   * What the issuer says of a key presented as credential; undefined where it rejects it (401), and where it accepts it without a
   * word of which key it is. Then `presumed` helps: docs/decisions/0010-keys-that-do-not-say-who-they-are.md.
   */
  verify(key: SecretValue, presumed?: PresumedKey): Promise<KeyRecord | undefined>;
  /**
   * Takes note of a key in use that nothing but its holder's word tells the id and rights of, so that `verify` and `get` know it from
   * then on; answers what is wrong with it. Only where keys are not known otherwise.
   */
  adopt?(key: SecretValue, keyID: string, spec: KeySpec): Promise<string | undefined>;
  /** The key of this id; undefined where the issuer answers that there is none. */
  get(keyID: string): Promise<KeyRecord | undefined>;
  /** When the key of this id was used; undefined where there is none. Asked only where capabilities have `usageResolutionMs`. */
  usage(keyID: string): Promise<KeyUsage | undefined>;
  /**
   * Adds permissions to a living key; those that it has already change nothing. `NewKeyRequired`: nothing was changed, and what is
   * asked for takes another key here. May throw `unknown`: it may have been done, or be done later.
   */
  updatePermissions(keyID: string, change: PermissionChange): Promise<'Updated' | 'NewKeyRequired'>;
  /**
   * Kills the key. Resolves when the issuer confirmed it, also when it was dead or gone before. Throws PendingError while people are
   * awaited.
   */
  revoke(keyID: string, revocation?: Revocation): Promise<void>;
  /** Asks the issuer whether our own credential works; throws CallError saying what is wrong. */
  check(): Promise<void>;
}
