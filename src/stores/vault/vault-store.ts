import { CallError } from '../../http/call-error.ts';
import { errorOfUnusableAnswer } from '../../http/outcome.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Entropy } from '../../runtime/entropy.ts';
import type { Base, KeyStore, Publication, PublishedVersion, StoredValue } from '../port.ts';
import { readConfig, readMount, readVersion, readWritten, saysAbsent, type VaultVersion } from './vault-answers.ts';
import { type Connect, createVaultClient, type VaultCall, type VaultReply } from './vault-client.ts';
import { errorOfRefusal } from './vault-errors.ts';
import { decodeData, encodeData } from './vault-fields.ts';
import { encodePath, vaultLocation } from './vault-location.ts';
import { findReplaced } from './vault-replaced.ts';
import { createVaultSession, type VaultAuth } from './vault-session.ts';

/** What a Vault store is made of. */
export interface VaultStoreOptions {
  /** http(s)://host[:port]. */
  readonly url: string;
  /** Mount of a KV version 2 engine. */
  readonly mount: string;
  readonly namespace?: string;
  readonly auth: VaultAuth;
  /** Settings of the mount and its keys that are borne, each of which is refused otherwise. */
  readonly tolerate?: readonly ToleratedSetting[];
  readonly connect: Connect;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/**
 * `MaxVersions`: one version is kept, so that nothing can be rolled back and no adopted key be revoked. `DeleteVersionAfter`: versions are deleted by themselves, the
 * serving one too unless its key is rotated before.
 */
export type ToleratedSetting = 'MaxVersions' | 'DeleteVersionAfter';

/** A KeyStore that holds a token and renews it until it is closed. */
export interface VaultStore extends KeyStore {
  close(): void;
}

/** Vault's KV version 2 as a store: every write is a check-and-set, the marker is a field of the version. */
export function createVaultStore(options: VaultStoreOptions): VaultStore {
  const location = vaultLocation(options);
  const mount = encodePath(location.mount);
  const client = createVaultClient(options.connect, location, options.clock);
  const session = createVaultSession({ ...options, client });
  const tolerates = (setting: ToleratedSetting) => options.tolerate?.includes(setting) ?? false;

  const ask = (path: string, operation: string) => call({ method: 'GET', path, operation, idempotent: true });

  async function call(request: Omit<VaultCall, 'token'>): Promise<VaultReply> {
    return session.run((token) => client.call({ ...request, token }));
  }
  function unusable(request: Pick<VaultCall, 'operation' | 'idempotent'>): never {
    throw errorOfUnusableAnswer(client.subject(request), 'it is not of the known shape');
  }

  const read = (path: string) => readAt(path, '', refuseExpiring);
  /** Of a former version it does not matter how long it will be there. */
  const readOld = (path: string, version: string) => readAt(path, `?version=${encodeURIComponent(version)}`, () => {});

  async function readAt(
    path: string,
    query: string,
    check: (path: string, version: VaultVersion) => void,
  ): Promise<StoredValue | undefined> {
    const request = { operation: `read ${path}`, idempotent: true };
    const { status, body } = await ask(`${mount}/data/${encodePath(path)}${query}`, request.operation);
    const version = readVersion(body);
    if (version && status === 200 && version.data) check(path, version);
    if (version) return toStoredValue(version, status === 200);
    if (status === 200) unusable(request);
    if (saysAbsent(body)) return undefined;
    throw errorOfRefusal(client.subject(request), { status, body });
  }

  async function publish({ path, fields, marker, base }: Publication): Promise<PublishedVersion> {
    const request = { operation: `write ${path}`, idempotent: false };
    const body = { options: { cas: casOf(base, path) }, data: encodeData(fields, marker) };
    const reply = await call({ ...request, method: 'POST', path: `${mount}/data/${encodePath(path)}`, body });
    if (reply.status === 404) throw errorOfRefusal(client.subject(request), reply);
    const { version, createdTime } = readWritten(reply.body) ?? unusable(request);
    return { version: String(version), createdTime };
  }

  async function check(): Promise<void> {
    await checkEngine();
    await checkConfig();
  }
  async function checkEngine(): Promise<void> {
    const request = { operation: `describe the mount ${location.mount}`, idempotent: true };
    const reply = await ask(`sys/internal/ui/mounts/${mount}`, request.operation);
    if (reply.status === 404) throw errorOfRefusal(client.subject(request), reply);
    const { type, version } = readMount(reply.body) ?? unusable(request);
    if (type !== 'kv') throw unsuitable('VaultMountUnsuitable', `is of type ${type}, not kv`, 'name another mount');
    if (version !== '2') {
      const remedy = `run: vault kv enable-versioning ${location.mount}`;
      throw unsuitable('VaultVersionOne', 'is KV version 1, which ignores check-and-set', remedy);
    }
  }
  async function checkConfig(): Promise<void> {
    const request = { operation: `read the settings of mount ${location.mount}`, idempotent: true };
    const reply = await ask(`${mount}/config`, request.operation);
    if (reply.status === 404) throw errorOfRefusal(client.subject(request), reply);
    const { maxVersions, expires } = readConfig(reply.body) ?? unusable(request);
    const write = `run: vault write ${location.mount}/config`;
    if (maxVersions === 1 && !tolerates('MaxVersions')) {
      throw unsuitable('VaultTooFewVersions', 'keeps one version only (max_versions)', `${write} max_versions=10`);
    }
    if (expires && !tolerates('DeleteVersionAfter')) {
      const problem = 'deletes versions by itself (delete_version_after), the serving key among them';
      throw unsuitable('VaultVersionsExpire', problem, `${write} delete_version_after=0s`);
    }
  }
  function unsuitable(reason: string, problem: string, remedy: string): CallError {
    return new CallError('refused', reason, `mount ${location.mount} of ${location.address} ${problem}; ${remedy}`);
  }

  function toStoredValue(found: VaultVersion, readable: boolean): StoredValue {
    const version = { version: String(found.version), createdTime: found.createdTime };
    if (!readable || !found.data) return { ...version, fields: {} };
    return { ...version, ...decodeData(found.data) };
  }
  function refuseExpiring(path: string, { version, deletionTime }: VaultVersion): void {
    if (!deletionTime || tolerates('DeleteVersionAfter')) return;
    const kv = `-mount=${location.mount}`;
    const remedy =
      `run: vault kv metadata patch ${kv} -delete-version-after=0s ${path}; ` +
      `vault kv undelete ${kv} -versions=${version} ${path}`;
    const message = `Vault would delete version ${version} of ${path} by itself at ${deletionTime}; ${remedy}`;
    throw new CallError('refused', 'VaultVersionsExpire', message);
  }

  return {
    address: location.address,
    versionsNameValues: true,
    keepsVersions: true,
    read,
    publish,
    readReplaced: (path, former) =>
      findReplaced({ current: () => read(path), at: (version) => readOld(path, version) }, former),
    forgetReplaced: async () => false,
    check,
    close: session.close,
  };
}

/** The number that Vault must find as the current version; 0: no version at all. */
function casOf(base: Base, path: string): number {
  if (base.type === 'Absent') return 0;
  if (/^[1-9]\d{0,15}$/.test(base.version)) return Number(base.version);
  throw new CallError('refused', 'InvalidVersion', `the version recorded for ${path} is no version number of Vault`);
}
