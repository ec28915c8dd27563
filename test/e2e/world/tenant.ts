import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { until } from '../components/until.ts';
import type { ClusterObject } from './cluster.ts';
import { tokenOf } from './vault-access.ts';
import type { World } from './world.ts';

/** A rotation as the API server gives it out. */
export type Rotation = ClusterObject & ApiKeyRotation;

/** A namespace with everything that a rotation in it needs: roles, accounts, credentials, an issuer, a store. */
export interface Tenant {
  readonly namespace: string;
  /** The path of a rotation. */
  path(rotation: string): string;
  rotation(name: string): Promise<Rotation | undefined>;
  /** Asks for a rotation by annotation. */
  rotate(name: string, token: string): Promise<void>;
  /** Resolves with the rotation as soon as `wanted` holds; fails with what it looked like last. */
  until(name: string, what: string, wanted: (rotation: Rotation) => boolean, timeoutMs?: number): Promise<Rotation>;
  /** Resolves when the rotation rests with this revision (or, without one, with any). */
  settled(name: string, revision?: number, timeoutMs?: number): Promise<Rotation>;
  /** The data that a reader of Vault gets at a path, and its version. */
  served(
    path: string,
  ): Promise<{ readonly data: Readonly<Record<string, string>>; readonly version: number } | undefined>;
}

/** What makes a tenant special. */
export interface TenantOptions {
  /** Where the store is reached, for instance through a proxy. */
  readonly vaultURL?: string;
  /** How the operator logs in at Vault: as a ServiceAccount, which takes a right on it, or by a token in a Secret; default JWT. */
  readonly login?: 'JWT' | 'Token';
  /** Where the issuing API is reached. */
  readonly issuerURL?: string;
  /** ServiceAccounts of consumers. */
  readonly accounts?: readonly string[];
  /** Rotations write Secrets too, which takes more rights; default false. */
  readonly secretTargets?: boolean;
  /** Workloads are looked at and restarted, which takes more rights; default false. */
  readonly rollouts?: boolean;
}

/** As much of a world as a tenant needs. */
export interface TenantWorld extends Pick<World, 'cluster' | 'admit' | 'apio' | 'apioServer'> {
  readonly vault: Pick<World['vault'], 'url' | 'request'>;
  readonly installation: Pick<World['installation'], 'namespaceRights'>;
}

/** Prepares a namespace. */
export async function createTenant(
  world: TenantWorld,
  namespace: string,
  options: TenantOptions = {},
): Promise<Tenant> {
  const { cluster, vault, apio, apioServer } = world;
  const { vaultURL = vault.url, issuerURL = apioServer.url.Live, accounts = [] } = options;
  const { secretTargets = false, rollouts = false, login = 'JWT' } = options;
  const manager = apio.createManager('Live', namespace).text;
  await cluster.apply(objects(namespace, ['vault-writer', ...accounts], manager));
  await cluster.apply(world.installation.namespaceRights(namespace, { secretTargets, rollouts }));
  await world.admit(namespace);
  if (login === 'Token') await cluster.apply(secret(namespace, 'vault', { token: await tokenOf(vault, [namespace]) }));
  await cluster.apply(issuerAndStore(namespace, issuerURL, vaultURL, LOGINS[login](namespace)));
  if (secretTargets) await cluster.apply(secretStore(namespace));

  const path = (rotation: string) =>
    `/apis/apikeyrotation.io/v1alpha1/namespaces/${namespace}/apikeyrotations/${rotation}`;
  const tenant: Tenant = {
    namespace,
    path,
    rotation: (name) => cluster.get<Rotation>(path(name)),
    rotate: (name, token) =>
      cluster.patch(path(name), { metadata: { annotations: { 'apikeyrotation.io/rotate': token } } }),
    async until(name, what, wanted, timeoutMs = 60_000) {
      let last: Rotation | undefined;
      const look = async () => {
        last = await tenant.rotation(name);
        return last !== undefined && wanted(last) ? last : undefined;
      };
      return until(look, { what, timeoutMs, everyMs: 100, last: () => JSON.stringify(last?.status, undefined, 1) });
    },
    settled: (name, revision, timeoutMs) =>
      tenant.until(
        name,
        `${namespace}/${name} to rest at ${revision ?? 'any revision'}`,
        isSettled(revision),
        timeoutMs,
      ),
    async served(at) {
      const { body } = await vault.request('GET', `secret/data/${namespace}/${at}`);
      const { data } = (body ?? {}) as { data?: { data?: Record<string, string>; metadata: { version: number } } };
      return data?.data && { data: data.data, version: data.metadata.version };
    },
  };
  return tenant;
}

const isSettled =
  (revision?: number) =>
  ({ status }: Rotation) =>
    status?.current !== undefined &&
    status.rotation === undefined &&
    (revision === undefined || status.revision === revision);

function objects(namespace: string, accounts: readonly string[], managerText: string): string {
  const account = (name: string) => `
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: ${name}, namespace: ${namespace}}`;
  return `
apiVersion: v1
kind: Namespace
metadata: {name: ${namespace}}${accounts.map(account).join('')}
---
${secret(namespace, 'apio', { apiKey: managerText })}
`;
}

const secret = (namespace: string, name: string, stringData: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData });

const LOGINS = {
  JWT: (namespace: string) => `{type: JWT, jwt: {role: "${namespace}", serviceAccountName: vault-writer}}`,
  Token: () => '{type: Token, token: {secretRef: {name: vault, key: token}}}',
};

function issuerAndStore(namespace: string, apioURL: string, vaultURL: string, auth: string): string {
  return `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyIssuer
metadata: {name: apio, namespace: ${namespace}}
spec:
  type: APIO
  apio: {environments: [{name: Live, url: "${apioURL}", credentials: {secretRef: {name: apio, key: apiKey}}}]}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: vault, namespace: ${namespace}}
spec:
  type: Vault
  environment: Live
  vault:
    url: "${vaultURL}"
    mount: secret
    auth: ${auth}
`;
}

function secretStore(namespace: string): string {
  return `
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: secrets, namespace: ${namespace}}
spec: {type: KubernetesSecret}
`;
}
