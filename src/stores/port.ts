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

/** One publish: all fields of the new value (foreign ones already merged by the caller), its marker, what it replaces. */
export interface Publication {
  readonly path: string;
  readonly fields: Readonly<Record<string, SecretValue>>;
  readonly marker: Marker;
  readonly base: Base;
}

/** A place where consumers read keys. Every method throws CallError. */
export interface KeyStore {
  /** Canonical name of what the paths are relative to; two stores with one address are one place. No secret in it. */
  readonly address: string;
  /** Whether equal versions mean equal values and back; false where other edits change the version too (resourceVersion). */
  readonly versionsNameValues: boolean;
  /** The present value; undefined where nothing stands at the path (a value without readable data has no fields). */
  read(path: string): Promise<StoredValue | undefined>;
  /** What stood at the path in that version, where the store still has it; missing where a store keeps no old versions. */
  readVersion?(path: string, version: string): Promise<StoredValue | undefined>;
  /** Writes by compare-and-set on `base`; `conflict` when something else stands there, `unknown` when no answer came. */
  publish(publication: Publication): Promise<PublishedVersion>;
  /** Asks the store whether it can do its work for these paths; throws CallError saying what is wrong. */
  check(): Promise<void>;
}
