import type { KvMount } from '../../../sandbox/vault/engine/kv.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { KeyStore, StoredValue } from '../../../src/stores/port.ts';
import { readVersion, readWritten } from '../../../src/stores/vault/vault-answers.ts';
import { decodeData, encodeData } from '../../../src/stores/vault/vault-fields.ts';
import { findReplaced } from '../../../src/stores/vault/vault-replaced.ts';
import { callOf } from './faults.ts';
import type { Process } from './process.ts';

const VAULT_ADDRESS = 'vault:https://vault.test/secret';

/** A mount of the sandbox's Vault as one process reaches it. Stale reads are those of a standby that lags behind by one write. */
export function createVaultPort(mount: KvMount, process: Process): KeyStore {
  function stored(path: string, version?: string): StoredValue | undefined {
    const { status, body } = mount.read(path, version);
    const found = status === 200 ? readVersion(body) : undefined;
    if (!found) return undefined;
    return { version: String(found.version), createdTime: found.createdTime, ...decodeData(found.data ?? {}) };
  }
  function before(path: string): StoredValue | undefined {
    const version = Number(stored(path)?.version ?? 0) - 1;
    return version > 0 ? stored(path, String(version)) : undefined;
  }

  return {
    address: VAULT_ADDRESS,
    versionsNameValues: true,
    keepsVersions: true,
    read: (path) => process.call(callOf('store read', path), (stale) => (stale ? before(path) : stored(path))),
    readReplaced: (path, former) => {
      const at = (version?: string) => process.call(callOf('store readVersion', path), () => stored(path, version));
      return findReplaced({ current: at, at }, former);
    },
    forgetReplaced: async () => {},
    publish: ({ path, fields, marker, base }) =>
      process.call(callOf('store write', path), () => {
        const cas = base.type === 'Absent' ? 0 : Number(base.version);
        const { status, body } = mount.write(path, { options: { cas }, data: encodeData(fields, marker) });
        const written = status === 200 ? readWritten(body) : undefined;
        if (!written)
          throw new CallError('conflict', 'CheckAndSetMismatch', `${path} was written by another`, { status });
        return { version: String(written.version), createdTime: written.createdTime };
      }),
    check: () => process.call(callOf('store check'), () => undefined),
  };
}
