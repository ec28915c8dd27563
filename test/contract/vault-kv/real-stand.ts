import { randomUUID } from 'node:crypto';
import type { SharedComponents } from '../../e2e/components/shared.ts';
import { until } from '../../e2e/components/until.ts';
import { startUninitializedVault, startVault, type Vault } from '../../e2e/components/vault.ts';
import { type Administrator, openLogins, type RealLogins } from './real-logins.ts';
import { createVaultProbe } from './vault-probe.ts';
import type { NotServing, VaultStand } from './vault-stand.ts';

/** At a real Vault that others use too: mounts, policy and role are the stand's own, and go with it. */
export async function createRealStand({ url, rootToken }: SharedComponents['vault']): Promise<VaultStand> {
  const root = createVaultProbe({ url, token: rootToken });
  const name = `contract-${randomUUID().slice(0, 8)}`;
  const created: string[] = [];
  const others: Pick<Vault, 'stop'>[] = [];
  const ask: Administrator['ask'] = async (method, path, body) => {
    const answer = await root.call(method, path, body);
    if (answer.status < 300) return answer;
    throw new Error(`Vault answered ${answer.status} to ${method} ${path}: ${JSON.stringify(answer.body)}`);
  };
  const mount = async (path: string, body: object) => {
    await ask('POST', `sys/${path}`, body);
    created.push(`sys/${path}`);
  };
  let opened: Promise<RealLogins> | undefined;
  const logins = () => {
    opened ??= openLogins({ name, ask, mount });
    return opened;
  };
  return {
    url,
    rootToken,
    root,
    name,
    mounts: { jwt: `${name}/jwt`, kubernetes: `${name}/kubernetes`, approle: `${name}/approle` },
    jwt: async () => (await logins()).jwt(),
    foreignJwt: async (of) => (await logins()).foreignJwt(of),
    appRole: async () => (await logins()).appRole(),
    mountKv: async (version = 2) => {
      const path = `${name}-kv-${created.length}`;
      await mount(`mounts/${path}`, { type: 'kv', options: { version: `${version}` } });
      // A new mount of version 2 refuses everything while it makes itself ready.
      const isReady = async () => version === 1 || (await root.call('GET', `${path}/config`)).status === 200;
      await until(isReady, { what: `mount ${path} to be ready`, timeoutMs: 10_000, everyMs: 10 });
      return path;
    },
    setPolicy: async (rules) => {
      const path = Object.fromEntries(rules.map(({ path, capabilities }) => [path, { capabilities }]));
      await ask('PUT', `sys/policies/acl/${name}`, { policy: JSON.stringify({ path }) });
    },
    createToken: async ({ noDefaultPolicy = false } = {}) => {
      const request = { policies: [name], no_default_policy: noDefaultPolicy };
      const { body } = await ask('POST', 'auth/token/create', request);
      return (body as { auth: { client_token: string } }).auth.client_token;
    },
    revoke: async (token) => void (await ask('POST', 'auth/token/revoke', { token })),
    revokeLogins: async () => void (await ask('PUT', `sys/leases/revoke-prefix/auth/${name}`)),
    limitReads: (path) => mount(`quotas/rate-limit/${name}`, { path: `${path}/`, rate: 1, interval: '60s' }),
    notServing: async (state) => {
      const other = await startNotServing(state);
      others.push(other);
      return other.url;
    },
    close: async () => {
      for (const other of others) await other.stop();
      await (await opened)?.close();
      for (const path of created.reverse()) await ask('DELETE', path);
      await ask('DELETE', `sys/policies/acl/${name}`);
    },
  };
}

async function startNotServing(state: NotServing): Promise<Pick<Vault, 'url' | 'stop'>> {
  if (state === 'Uninitialized') return startUninitializedVault();
  const vault = await startVault();
  await vault.seal();
  return vault;
}
