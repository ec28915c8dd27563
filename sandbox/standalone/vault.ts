import { VaultEngine } from '../vault/engine/vault-engine.ts';
import { startVaultServer } from '../vault/server.ts';
import { machine, type Part } from './part.ts';

/** Vault with a KV version 2 engine at `secret` and a token that may do everything. */
export const vaultPart: Part = {
  ports: 1,
  start: async (port) => {
    const engine = new VaultEngine(machine);
    engine.mountKv('secret');
    const { url, close } = await startVaultServer({ engine, port });
    const header = '-H "X-Vault-Token: $VAULT_TOKEN"';
    return {
      close,
      lines: [
        '# Vault: KV version 2 at secret/',
        `export VAULT_ADDR=${url} VAULT_TOKEN=${engine.createToken()}`,
        `curl ${header} -d '{"data": {"hello": "world"}, "options": {"cas": 0}}' $VAULT_ADDR/v1/secret/data/demo`,
        `curl ${header} $VAULT_ADDR/v1/secret/data/demo`,
      ],
    };
  },
};
