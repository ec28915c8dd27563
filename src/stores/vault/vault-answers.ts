import { isRecord } from '../../http/json.ts';

/** One version of a KV v2 key as the data endpoint shows it. */
export interface VaultVersion {
  readonly version: number;
  /** RFC 3339. */
  readonly createdTime: string;
  /** RFC 3339, in the past or the future; empty where none is set. */
  readonly deletionTime: string;
  /** Undefined where the version was deleted or destroyed. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
}

/** `data` of GET <mount>/data/<path>: also in the 404 of a deleted version. Undefined where there is no such thing. */
export function readVersion(body: unknown): VaultVersion | undefined {
  const { data, metadata } = dataOf(body);
  const written = readMetadata(metadata);
  return written && { ...written, data: isRecord(data) ? data : undefined };
}

/** `data` of POST <mount>/data/<path>. */
export function readWritten(body: unknown): Omit<VaultVersion, 'data'> | undefined {
  return readMetadata(dataOf(body));
}

/** Whether the body of a 404 says "there is nothing": Vault's own, not that of a proxy or of a missing mount. */
export function saysAbsent(body: unknown): boolean {
  return isRecord(body) && Array.isArray(body.errors) && body.errors.length === 0;
}

/** What Vault says went wrong; never to be shown: only compared with known texts. */
export function readErrors(body: unknown): string {
  return isRecord(body) && Array.isArray(body.errors) ? body.errors.join('\n') : '';
}

/** A token's lease. `ttlSeconds` 0: it never expires. */
export interface VaultLease {
  readonly ttlSeconds: number;
  readonly renewable: boolean;
}

/** `auth` of a login or a renewal. */
export function readAuth(body: unknown): (VaultLease & { readonly token: string }) | undefined {
  const auth = isRecord(body) && isRecord(body.auth) ? body.auth : {};
  const { client_token: token, lease_duration: ttlSeconds, renewable } = auth;
  if (typeof token !== 'string' || typeof ttlSeconds !== 'number') return undefined;
  return { token, ttlSeconds, renewable: renewable === true };
}

/** `data` of auth/token/lookup-self. */
export function readLease(body: unknown): VaultLease | undefined {
  const { ttl, renewable } = dataOf(body);
  return typeof ttl === 'number' ? { ttlSeconds: ttl, renewable: renewable === true } : undefined;
}

/** `data` of sys/internal/ui/mounts/<mount>; `version` is `2` for the KV engine that keeps versions. */
export function readMount(body: unknown): { readonly type: string; readonly version: string } | undefined {
  const { type, options } = dataOf(body);
  if (typeof type !== 'string') return undefined;
  return { type, version: isRecord(options) && typeof options.version === 'string' ? options.version : '1' };
}

/** `data` of <mount>/config. `maxVersions` 0: Vault's default of 10. A negative time (`-1s`) means that nothing expires. */
export function readConfig(body: unknown): { readonly maxVersions: number; readonly expires: boolean } | undefined {
  const { max_versions: maxVersions, delete_version_after: after } = dataOf(body);
  if (typeof maxVersions !== 'number') return undefined;
  return { maxVersions, expires: typeof after === 'string' && /^[^-]*[1-9]/.test(after) };
}

function readMetadata(value: unknown): Omit<VaultVersion, 'data'> | undefined {
  if (!isRecord(value)) return undefined;
  const { version, created_time: createdTime, deletion_time: deletionTime } = value;
  if (typeof version !== 'number' || typeof createdTime !== 'string') return undefined;
  return { version, createdTime, deletionTime: typeof deletionTime === 'string' ? deletionTime : '' };
}

function dataOf(body: unknown): Readonly<Record<string, unknown>> {
  return isRecord(body) && isRecord(body.data) ? body.data : {};
}
