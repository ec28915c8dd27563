import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { VaultEngine } from '../../../sandbox/vault/engine/vault-engine.ts';
import { startVaultServer, type VaultServer } from '../../../sandbox/vault/server.ts';
import { describeKeyValueContract } from './kv-contract.ts';

/** `VAULT_CONTRACT_URL` and `VAULT_CONTRACT_TOKEN` (root) name a real Vault to hold to the same contract instead. */
const { VAULT_CONTRACT_URL: realUrl, VAULT_CONTRACT_TOKEN: realToken = '' } = process.env;

let server: VaultServer | undefined;
let token = realToken;

beforeAll(async () => {
  if (realUrl) return;
  const engine = new VaultEngine({ now: Date.now, uuid: randomUUID });
  engine.mountKv('secret');
  token = engine.createToken();
  server = await startVaultServer({ engine });
});
afterAll(() => server?.close());

describeKeyValueContract(realUrl ? 'Vault' : 'the sandbox', () => ({ url: realUrl ?? server?.url ?? '', token }));
