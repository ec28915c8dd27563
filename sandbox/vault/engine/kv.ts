import { absent, answer, asObject, failure, type Json, noContent, type VaultAnswer } from './answers.ts';
import { formatSeconds, parseSeconds } from './durations.ts';

const DEFAULT_MAX_VERSIONS = 10;

/** Settings that a mount and each of its keys have alike. 0 means "not set". */
interface Settings {
  casRequired: boolean;
  maxVersions: number;
  deleteVersionAfterSeconds: number;
}

interface Version {
  readonly createdTime: string;
  /** RFC 3339; empty while none is planned. In the future: still readable. */
  deletionTime: string;
  destroyed: boolean;
  /** Undefined once destroyed. */
  data: Json | undefined;
}

interface Key extends Settings {
  createdTime: string;
  updatedTime: string;
  currentVersion: number;
  oldestVersion: number;
  customMetadata: unknown;
  readonly versions: Map<number, Version>;
}

/** One thing that changed what a mount holds. */
export interface KvChange {
  readonly operation: 'write' | 'delete' | 'undelete' | 'destroy' | 'delete-metadata';
  readonly path: string;
  /** The version made, deleted, restored or destroyed; 0 where all of them were. */
  readonly version: number;
}

/** A version whose data Vault still holds, deleted ones included. */
export interface HeldVersion {
  readonly path: string;
  readonly version: number;
  readonly current: boolean;
  readonly data: Readonly<Json>;
}

/** One KV version 2 mount: the rules of vault-plugin-secrets-kv for data, versions and metadata. */
export class KvMount {
  readonly #now: () => number;
  readonly #record: (change: KvChange) => void;
  readonly #keys = new Map<string, Key>();
  readonly #config: Settings = { casRequired: false, maxVersions: 0, deleteVersionAfterSeconds: 0 };

  constructor(now: () => number, record: (change: KvChange) => void) {
    this.#now = now;
    this.#record = record;
  }

  /** Whether the key has metadata: decides between the capabilities `create` and `update`. */
  has(path: string): boolean {
    return this.#keys.has(path);
  }

  read(path: string, versionText?: string): VaultAnswer {
    if (versionText !== undefined && !/^-?\d+$/.test(versionText)) return unreadable('version', versionText);
    const key = this.#keys.get(path);
    const number = Number(versionText) || key?.currentVersion || 0;
    const version = key?.versions.get(number);
    if (!key || !version) return absent;
    const metadata = describeVersion(key, number, version);
    if (!this.#isReadable(version)) return answer({ data: null, metadata }, { status: 404 });
    return answer({ data: structuredClone(version.data), metadata });
  }

  write(path: string, body: Json): VaultAnswer {
    if (body.data === undefined || body.data === null) return failure(400, 'no data provided');
    if (typeof body.data !== 'object') return failure(400, notAMap(typeof body.data));
    const key = this.#keys.get(path);
    const problem = this.#checkAndSet(asObject(body.options), key);
    if (problem) return failure(400, problem);
    return this.#addVersion(path, key ?? this.#newKey(path), asObject(structuredClone(body.data)));
  }

  /** Soft delete of the current version, or of those listed in `versions`. */
  delete(path: string, versions?: unknown): VaultAnswer {
    const key = this.#keys.get(path);
    const numbers = versions === undefined ? [key?.currentVersion ?? 0] : numbersOf(versions);
    return this.#eachVersion(path, numbers, 'delete', (version) => {
      if (!this.#isReadable(version)) return false;
      version.deletionTime = this.#time();
      return true;
    });
  }

  undelete(path: string, versions: unknown): VaultAnswer {
    return this.#eachVersion(path, numbersOf(versions), 'undelete', (version, key) => {
      if (version.destroyed || !version.deletionTime) return false;
      version.deletionTime = this.#plannedDeletion(key);
      return true;
    });
  }

  destroy(path: string, versions: unknown): VaultAnswer {
    return this.#eachVersion(path, numbersOf(versions), 'destroy', (version) => {
      if (version.destroyed) return false;
      version.destroyed = true;
      version.data = undefined;
      return true;
    });
  }

  readMetadata(path: string): VaultAnswer {
    const key = this.#keys.get(path);
    if (!key) return absent;
    const versions = Object.fromEntries([...key.versions].map(([number, version]) => [number, versionTimes(version)]));
    return answer({
      ...describeSettings(key),
      created_time: key.createdTime,
      updated_time: key.updatedTime,
      current_version: key.currentVersion,
      oldest_version: key.oldestVersion,
      custom_metadata: key.customMetadata,
      versions,
    });
  }

  writeMetadata(path: string, body: Json): VaultAnswer {
    const problem = problemOf(body);
    if (problem) return problem;
    const key = this.#keys.get(path) ?? this.#newKey(path);
    applySettings(key, body);
    if ('custom_metadata' in body) key.customMetadata = body.custom_metadata;
    key.updatedTime = this.#time();
    return noContent;
  }

  /** What stands right below a folder: keys, and folders with a slash at their end. */
  list(path: string): VaultAnswer {
    const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
    const below = [...this.#keys.keys()].filter((key) => key.startsWith(folder));
    const names = below.map((key) => /^[^/]*\/?/.exec(key.slice(folder.length))?.[0] ?? '');
    return names.length === 0 ? absent : answer({ keys: [...new Set(names)].sort() });
  }

  /** Forgets the key with all versions; the next write starts at version 1 again. */
  deleteMetadata(path: string): VaultAnswer {
    if (this.#keys.delete(path)) this.#record({ operation: 'delete-metadata', path, version: 0 });
    return noContent;
  }

  readConfig(): VaultAnswer {
    return answer(describeSettings(this.#config));
  }

  /** Less than nothing as delete_version_after turns it off for all keys. */
  writeConfig(body: Json): VaultAnswer {
    applySettings(this.#config, body);
    return noContent;
  }

  /** Everything the mount holds, for scans. */
  held(): HeldVersion[] {
    return [...this.#keys].flatMap(([path, key]) =>
      [...key.versions].flatMap(([version, { data }]) =>
        data ? [{ path, version, current: version === key.currentVersion, data }] : [],
      ),
    );
  }

  #checkAndSet(options: Json, key: Key | undefined): string | undefined {
    if (!('cas' in options)) {
      const required = this.#config.casRequired || key?.casRequired;
      return required ? 'check-and-set parameter required for this call' : undefined;
    }
    const cas = Number(options.cas);
    if (!Number.isInteger(cas)) return 'error parsing check-and-set parameter';
    return cas === (key?.currentVersion ?? 0) ? undefined : 'check-and-set parameter did not match the current version';
  }

  #addVersion(path: string, key: Key, data: Json): VaultAnswer {
    const version = { createdTime: this.#time(), deletionTime: this.#plannedDeletion(key), destroyed: false, data };
    key.currentVersion += 1;
    key.versions.set(key.currentVersion, version);
    key.updatedTime = version.createdTime;
    this.#dropOldVersions(key);
    this.#record({ operation: 'write', path, version: key.currentVersion });
    return answer(describeVersion(key, key.currentVersion, version));
  }

  #dropOldVersions(key: Key): void {
    const limit = Math.max(key.maxVersions, this.#config.maxVersions) || DEFAULT_MAX_VERSIONS;
    if (key.currentVersion - key.oldestVersion < limit) return;
    const lastToDrop = key.currentVersion - limit;
    for (let number = key.oldestVersion; number <= lastToDrop; number += 1) key.versions.delete(number);
    key.oldestVersion = lastToDrop + 1;
  }

  #plannedDeletion(key: Key): string {
    const [mount, own] = [this.#config.deleteVersionAfterSeconds, key.deleteVersionAfterSeconds];
    if (mount < 0 || (!mount && !own)) return '';
    return new Date(this.#now() + Math.min(mount || own, own || mount) * 1000).toISOString();
  }

  #eachVersion(
    path: string,
    numbers: readonly number[],
    operation: KvChange['operation'],
    change: (version: Version, key: Key) => boolean,
  ): VaultAnswer {
    if (!numbers.length) return failure(400, `${operation === 'destroy' ? 'no' : 'No'} version number provided`);
    const key = this.#keys.get(path);
    for (const number of numbers) {
      const version = key?.versions.get(number);
      if (key && version && change(version, key)) this.#record({ operation, path, version: number });
    }
    return noContent;
  }

  #isReadable({ destroyed, deletionTime }: Version): boolean {
    return !destroyed && !(deletionTime && Date.parse(deletionTime) <= this.#now());
  }

  #newKey(path: string): Key {
    const time = this.#time();
    const settings = { casRequired: false, maxVersions: 0, deleteVersionAfterSeconds: 0, customMetadata: null };
    const times = { createdTime: time, updatedTime: time, currentVersion: 0, oldestVersion: 0 };
    const key: Key = { ...settings, ...times, versions: new Map() };
    this.#keys.set(path, key);
    return key;
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}

function versionTimes({ createdTime, deletionTime, destroyed }: Version): Json {
  return { created_time: createdTime, deletion_time: deletionTime, destroyed };
}

function describeVersion(key: Key, number: number, version: Version): Json {
  return { ...versionTimes(version), custom_metadata: key.customMetadata, version: number };
}

function describeSettings({ casRequired, maxVersions, deleteVersionAfterSeconds }: Settings): Json {
  const deleteVersionAfter = formatSeconds(deleteVersionAfterSeconds);
  return { cas_required: casRequired, max_versions: maxVersions, delete_version_after: deleteVersionAfter };
}

function applySettings(settings: Settings, body: Json): void {
  if ('cas_required' in body) settings.casRequired = body.cas_required === true;
  if ('max_versions' in body) settings.maxVersions = Number(body.max_versions) || 0;
  if ('delete_version_after' in body) settings.deleteVersionAfterSeconds = parseSeconds(body.delete_version_after);
}

function numbersOf(versions: unknown): number[] {
  return Array.isArray(versions) ? versions.map(Number).filter(Number.isInteger) : [];
}

/** Settings of a key that Vault does not take; only those that someone could mean. */
function problemOf(body: Json): VaultAnswer | undefined {
  const seconds = parseSeconds(body.delete_version_after);
  if (seconds >= 0) return undefined;
  const text = 'error converting input for field "delete_version_after": cannot provide negative value';
  return failure(400, `${text} '${seconds}'`);
}

function unreadable(field: string, text: string): VaultAnswer {
  const problem = `cannot parse '' as int: strconv.ParseInt: parsing "${text}": invalid syntax`;
  return failure(400, `Field validation failed: error converting input for field "${field}": ${problem}`);
}

function notAMap(type: string): string {
  return `error converting input for field "data": '' expected a map, got '${type}'`;
}
