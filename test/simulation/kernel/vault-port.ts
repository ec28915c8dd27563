import type { KvMount } from '../../../sandbox/vault/engine/kv.ts';
import type { KeyStore } from '../../../src/stores/port.ts';
import { createKvStore } from '../../doubles/kv-store.ts';
import { callOf } from './faults.ts';
import type { Process } from './process.ts';

const VAULT_ADDRESS = 'vault:https://vault.test/secret';

/** A mount of the sandbox's Vault as one process reaches it. Stale reads are those of a standby that lags behind by one write. */
export function createVaultPort(mount: KvMount, process: Process): KeyStore {
  return createKvStore(VAULT_ADDRESS, mount, (kind, path, execute) =>
    process.call(callOf(`store ${kind}`, path), execute),
  );
}
