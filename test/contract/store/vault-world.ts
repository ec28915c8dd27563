import { createHttpTransport, type HttpTransport } from '../../../src/http/transport.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { systemEntropy } from '../../../src/runtime/entropy.ts';
import type { VaultLogin } from '../../../src/stores/vault/vault-login.ts';
import type { VaultAuth } from '../../../src/stores/vault/vault-session.ts';
import { createVaultStore, type VaultStore, type VaultStoreOptions } from '../../../src/stores/vault/vault-store.ts';
import { type ApiProxy, type Matching, startApiProxy } from '../../e2e/components/api-proxy.ts';
import type { Answer } from '../vault-kv/vault-probe.ts';
import { type PolicyRule, standAtVault, type VaultStand } from '../vault-kv/vault-stand.ts';
import type { StoreWorld } from './store-contract.ts';

type LoginBy<T extends VaultLogin['type']> = Extract<VaultLogin, { type: T }>;

/** The Vault under test behind a proxy, and our adapter for a mount of its own there, under the policy of the docs. */
export interface VaultWorld extends StoreWorld {
  readonly stand: VaultStand;
  /** Between the store and Vault; the administrator goes past it. */
  readonly proxy: ApiProxy;
  readonly store: VaultStore;
  /** Another store at the same Vault. */
  readonly storeWith: (options: Partial<VaultStoreOptions>) => VaultStore;
  /** The mount of the stores. */
  readonly mount: string;
  /** The token of `store`. */
  readonly token: string;
  /** JWT auth, as the stand's role where no other is named. */
  readonly jwtAuth: (options?: { role?: string; jwt?: () => Promise<SecretValue> }) => LoginBy<'JWT'>;
  /** A login of each kind as the stand's role, which counts what it is asked for. */
  readonly logins: { readonly [T in VaultLogin['type']]: (onLogin?: () => void) => LoginBy<T> };
  /** A request of the administrator, below the mount. */
  readonly admin: (method: string, path: string, body?: object) => Promise<Answer>;
}

/** What the docs ask for; without `config` or `data` where a test takes it away. */
export function policyFor(mount: string, rights: { data?: PolicyRule['capabilities']; config?: boolean } = {}) {
  const { data = ['create', 'read', 'update'], config = true } = rights;
  const rules: PolicyRule[] = [{ path: `${mount}/data/*`, capabilities: data }];
  return config ? [...rules, { path: `${mount}/config`, capabilities: ['read'] } as const] : rules;
}

/** A write of a version. */
export const isWrite: Matching = ({ method, path }) => method === 'POST' && path.includes('/data/');

function counting(credential: () => Promise<SecretValue>, onLogin: () => void = () => {}): () => Promise<SecretValue> {
  return () => {
    onLogin();
    return credential();
  };
}

/** Gives a call up after so long. */
export function createImpatientTransport(callMs: number): HttpTransport {
  return createHttpTransport({ timeouts: { connectMs: callMs, headersMs: callMs, bodyMs: callMs, callMs } });
}

/** Stands at Vault, with a new mount. */
export async function setUpVault(): Promise<VaultWorld> {
  const stand = await standAtVault();
  const mount = await stand.mountKv();
  await stand.setPolicy(policyFor(mount));
  const token = await stand.createToken();
  const proxy = await startApiProxy({ url: stand.url });
  const transport = createImpatientTransport(5_000);
  const stores: VaultStore[] = [];
  const auth: VaultAuth = { type: 'Token', token: async () => new SecretValue(token) };
  const base = {
    url: proxy.url,
    mount,
    auth,
    connect: async () => transport,
    clock: systemClock,
    entropy: systemEntropy,
  };
  const storeWith = (options: Partial<VaultStoreOptions>) => {
    const store = createVaultStore({ ...base, ...options });
    stores.push(store);
    return store;
  };
  const admin: VaultWorld['admin'] = (method, path, body) => stand.root.call(method, `${mount}/${path}`, body);
  const appRole = await stand.appRole();
  const jwtAuth: VaultWorld['jwtAuth'] = ({ role = stand.name, jwt = jwtOfStand } = {}) => {
    return { type: 'JWT', mount: stand.mounts.jwt, role, jwt };
  };
  const jwtOfStand = async () => new SecretValue(await stand.jwt());
  return {
    stand,
    proxy,
    store: storeWith({}),
    storeWith,
    mount,
    token,
    jwtAuth,
    logins: {
      JWT: (onLogin) => jwtAuth({ jwt: counting(jwtOfStand, onLogin) }),
      Kubernetes: (onLogin) => ({
        type: 'Kubernetes',
        mount: stand.mounts.kubernetes,
        role: stand.name,
        jwt: counting(jwtOfStand, onLogin),
      }),
      AppRole: (onLogin) => ({
        type: 'AppRole',
        mount: stand.mounts.approle,
        roleID: appRole.roleID,
        secretID: counting(async () => new SecretValue(appRole.secretID), onLogin),
      }),
    },
    admin,
    plant: async (path, fields, markerText) => {
      const marker = markerText === undefined ? {} : { APIKEYROTATION_MARKER: markerText };
      await admin('POST', `data/${path}`, { data: { ...fields, ...marker } });
    },
    loseNextWriteAnswer: () => proxy.loseAnswers(isWrite, 1),
    denyWrites: () => stand.setPolicy(policyFor(mount, { data: ['read'] })),
    writes: async (path) => Number((await admin('GET', `metadata/${path}`)).data.current_version ?? 0),
    close: async () => {
      for (const store of stores) store.close();
      await proxy.close();
      await transport.close();
      await stand.close();
    },
  };
}
