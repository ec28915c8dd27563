import { randomUUID } from 'node:crypto';
import { failure } from '../../../sandbox/vault/engine/answers.ts';
import { VaultEngine } from '../../../sandbox/vault/engine/vault-engine.ts';
import { startVaultServer } from '../../../sandbox/vault/server.ts';
import { createVaultProbe } from './vault-probe.ts';
import type { VaultStand } from './vault-stand.ts';

const JWT = 'jwt-of-the-operator';
const FOREIGN_JWT = 'jwt-of-somebody';
const SUBJECT = 'system:serviceaccount:akr:operator';
const SUBJECTS = new Map([
  [JWT, SUBJECT],
  [FOREIGN_JWT, 'system:serviceaccount:akr:somebody'],
]);

/** Starts the Vault sandbox, with a KV mount `secret`. */
export async function createSandboxStand(): Promise<VaultStand> {
  const reviewJwt = (jwt: string, audience: string) => {
    const subject = SUBJECTS.get(jwt);
    return subject !== undefined && audience === 'vault' ? { subject } : undefined;
  };
  const engine = new VaultEngine({ now: Date.now, uuid: randomUUID, reviewJwt });
  engine.mountKv('secret');
  const name = 'operator';
  const role = { boundAudience: 'vault', boundSubjects: [SUBJECT], policies: [name], ttlSeconds: 600 };
  engine.logins.setJwtRole(name, role);
  engine.logins.setKubernetesRole(name, role);
  const [roleID, secretID] = [randomUUID(), randomUUID()];
  engine.logins.setAppRole(name, { ...role, roleID, secretIDs: new Set([secretID]) });
  const rootToken = engine.createToken();
  const created = new Set([rootToken]);
  const server = await startVaultServer({ engine });
  const servers = [server];
  let mounts = 0;
  return {
    url: server.url,
    rootToken,
    root: createVaultProbe({ url: server.url, token: rootToken }),
    name,
    mounts: { jwt: 'jwt', kubernetes: 'kubernetes', approle: 'approle' },
    jwt: async () => JWT,
    foreignJwt: async (of) => (of === 'another account' ? FOREIGN_JWT : 'jwt-for-somebody-else'),
    appRole: async () => ({ roleID, secretID }),
    mountKv: async (version) => {
      mounts += 1;
      engine.mountKv(`kv-${mounts}`, version);
      return `kv-${mounts}`;
    },
    setPolicy: async (rules) => engine.setPolicy(name, rules),
    createToken: async ({ noDefaultPolicy = false } = {}) => {
      const token = engine.createToken({ policies: [name], noDefaultPolicy });
      created.add(token);
      return token;
    },
    revoke: async (token) => engine.tokens.revoke(token),
    revokeLogins: async () => {
      for (const token of engine.tokens.texts()) if (!created.has(token)) engine.tokens.revoke(token);
    },
    limitReads: async (mount) => {
      const answer = failure(429, `request path "${mount}/": rate limit quota exceeded`);
      engine.faults.plan('read', { type: 'Answer', answer });
    },
    notServing: async (state) => {
      const other = new VaultEngine({ now: Date.now, uuid: randomUUID });
      other.state = state;
      const otherServer = await startVaultServer({ engine: other });
      servers.push(otherServer);
      return otherServer.url;
    },
    close: async () => {
      for (const one of servers) await one.close();
    },
  };
}
