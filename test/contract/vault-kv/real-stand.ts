import { randomUUID } from 'node:crypto';
import { type SharedComponents, sharedComponents } from '../../e2e/components/shared.ts';
import { until } from '../../e2e/components/until.ts';
import { startUninitializedVault, startVault, type Vault } from '../../e2e/components/vault.ts';
import { connect, paths, tokenFor } from '../kube-api/api.ts';
import { type Answer, createVaultProbe } from './vault-probe.ts';
import type { NotServing, VaultStand } from './vault-stand.ts';

/** At a real Vault that others use too: mounts, policy and role are the stand's own, and go with it. */
export async function createRealStand({ url, rootToken }: SharedComponents['vault']): Promise<VaultStand> {
  const root = createVaultProbe({ url, token: rootToken });
  const name = `contract-${randomUUID().slice(0, 8)}`;
  const created: string[] = [];
  const others: Pick<Vault, 'stop'>[] = [];
  const ask = async (method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await root.call(method, path, body);
    if (answer.status < 300) return answer;
    throw new Error(`Vault answered ${answer.status} to ${method} ${path}: ${JSON.stringify(answer.body)}`);
  };
  const mount = async (path: string, body: object) => {
    await ask('POST', `sys/${path}`, body);
    created.push(`sys/${path}`);
  };
  let subject: Promise<string> | undefined;
  return {
    url,
    rootToken,
    root,
    name,
    jwtMount: name,
    jwt: () => {
      subject ??= letIn({ name, ask, mount });
      return subject;
    },
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
      for (const path of created.reverse()) await ask('DELETE', path);
      await ask('DELETE', `sys/policies/acl/${name}`);
    },
  };
}

interface Administrator {
  readonly name: string;
  readonly ask: (method: string, path: string, body: object) => Promise<Answer>;
  readonly mount: (path: string, body: object) => Promise<void>;
}

/** Trusts the real API server's signatures, and lets one of its service accounts in; returns a token of that one. */
async function letIn({ name, ask, mount }: Administrator): Promise<string> {
  const key = sharedComponents()?.kube.serviceAccountPublicKey ?? '';
  const api = await connect();
  await api.request('POST', paths(api).serviceAccounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'operator' },
  });
  const { token } = await tokenFor(api, 'operator', { audiences: ['vault'] });
  await api.close();
  await mount(`auth/${name}`, { type: 'jwt' });
  await ask('POST', `auth/${name}/config`, { jwt_validation_pubkeys: [key] });
  await ask('POST', `auth/${name}/role/${name}`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['vault'],
    bound_subject: `system:serviceaccount:${api.namespace}:operator`,
    token_policies: [name],
    token_ttl: 600,
  });
  return token;
}

async function startNotServing(state: NotServing): Promise<Pick<Vault, 'url' | 'stop'>> {
  if (state === 'Uninitialized') return startUninitializedVault();
  const vault = await startVault();
  await vault.seal();
  return vault;
}
