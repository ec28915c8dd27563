import type { AttemptId } from '../key/attempt-id.ts';
import type { Marker } from '../key/marker.ts';
import type { SecretValue } from '../key/secret-value.ts';

/** What stands at a path now. `version` is the store's compare-and-set token. */
export interface StoredValue {
  readonly version: string;
  /** RFC 3339; tells apart versions whose numbering restarted. */
  readonly createdTime?: string;
  readonly fields: Readonly<Record<string, SecretValue>>;
  /** Ours if present and readable; untrusted input. */
  readonly marker?: Marker;
}

/** What a publish replaces: the version read before, or nothing. */
export type Base = { readonly type: 'Absent' } | { readonly type: 'Version'; readonly version: string };

/** The version that a publish made. */
export interface PublishedVersion {
  readonly version: string;
  readonly createdTime?: string;
}

/** A key that a publish takes the place of while it is still alive. */
export interface ReplacedKey {
  readonly keyID: string;
  readonly key: SecretValue;
}

/** One publish: all fields of the new value (foreign ones already merged by the caller), its marker, what it replaces. */
export interface Publication {
  readonly path: string;
  readonly fields: Readonly<Record<string, SecretValue>>;
  readonly marker: Marker;
  readonly base: Base;
  /** Set exactly where `base` holds the key that the rotation retires: `readReplaced` finds it until `forgetReplaced`. */
  readonly replaces?: ReplacedKey;
}

/** A key that was published or found at a path once, as status recorded it there. */
export interface FormerKey {
  readonly fingerprint: string;
  /** The field that held it. */
  readonly keyField: string;
  /** The version that held it first; missing where none was recorded. */
  readonly version?: string;
}

/** A place where consumers read keys. Every method throws CallError. */
export interface KeyStore {
  /** Canonical name of what the paths are relative to; two stores with one address are one place. No secret in it. */
  readonly address: string;
  /** Whether equal versions mean equal values and back; false where other edits change the version too (resourceVersion). */
  readonly versionsNameValues: boolean;
  /** Whether old versions stay by themselves; where not, a publish sees to it that the key which it replaces stays until `forgetReplaced`. */
  readonly keepsVersions: boolean;
  /** The present value; undefined where nothing stands at the path (a value without readable data has no fields). */
  read(path: string): Promise<StoredValue | undefined>;
  /** Writes by compare-and-set on `base`; `conflict` when something else stands there, `unknown` when no answer came. */
  publish(publication: Publication): Promise<PublishedVersion>;
  /** The text of a key that a publish replaced at the path; undefined where the store has it no more. */
  readReplaced(path: string, former: FormerKey): Promise<SecretValue | undefined>;
  /**
   * Lets go of what publishes up to that revision have kept; what a later one needs stays. Nothing is done where old versions stay by
   * themselves. Idempotent; resolves with whether there was anything; `conflict` when somebody else wrote there meanwhile.
   */
  forgetReplaced(path: string, by: AttemptId): Promise<boolean>;
  /** Asks the store whether it can do its work for these paths; throws CallError saying what is wrong. */
  check(): Promise<void>;
}
