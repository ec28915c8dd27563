import { sharedComponents } from '../../e2e/components/shared.ts';
import { KUBERNETES_AUTH } from '../../e2e/components/vault.ts';
import { connect, paths, tokenFor } from '../kube-api/api.ts';
import type { Answer } from './vault-probe.ts';
import type { VaultStand } from './vault-stand.ts';

/** Who sets a real Vault up. `mount` takes a path below `sys/` and undoes it in the end. */
export interface Administrator {
  /** The name of all that it makes. */
  readonly name: string;
  readonly ask: (method: string, path: string, body?: object) => Promise<Answer>;
  readonly mount: (path: string, body: object) => Promise<void>;
}

/** Three auth methods of a real Vault, of which one asks the real API server, and whom they let in. */
export interface RealLogins extends Pick<VaultStand, 'jwt' | 'foreignJwt' | 'appRole'> {
  close(): Promise<void>;
}

const TTL_SECONDS = 600;

/** Mounts them below `name`, and lets one ServiceAccount of a new namespace in. */
export async function openLogins(administrator: Administrator): Promise<RealLogins> {
  const { name, ask, mount } = administrator;
  const api = await connect();
  for (const account of ['operator', 'somebody', 'reviewer']) {
    await api.request('POST', paths(api).serviceAccounts, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: account },
    });
  }
  const token = async (account: string, audience?: string) =>
    (await tokenFor(api, account, audience === undefined ? {} : { audiences: [audience] })).token;
  const grants = { token_policies: [name], token_ttl: TTL_SECONDS };

  async function trustSignatures(): Promise<void> {
    await mount(`auth/${name}/jwt`, { type: 'jwt' });
    const key = sharedComponents()?.kube.serviceAccountPublicKey ?? '';
    await ask('POST', `auth/${name}/jwt/config`, { jwt_validation_pubkeys: [key] });
    await ask('POST', `auth/${name}/jwt/role/${name}`, {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['vault'],
      bound_subject: `system:serviceaccount:${api.namespace}:operator`,
      ...grants,
    });
  }

  /** As docs/stores-vault.md says: Vault's own account may create TokenReviews. */
  async function askCluster(): Promise<void> {
    await api.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
      subjects: [{ kind: 'ServiceAccount', name: 'reviewer', namespace: api.namespace }],
    });
    await mount(`auth/${name}/kubernetes`, { type: KUBERNETES_AUTH });
    const { url = '', ca = '' } = sharedComponents()?.kube ?? {};
    const tokens = { token_reviewer_jwt: await token('reviewer'), disable_local_ca_jwt: true };
    await ask('POST', `auth/${name}/kubernetes/config`, { kubernetes_host: url, kubernetes_ca_cert: ca, ...tokens });
    await ask('POST', `auth/${name}/kubernetes/role/${name}`, {
      bound_service_account_names: ['operator'],
      bound_service_account_namespaces: [api.namespace],
      audience: 'vault',
      ...grants,
    });
  }

  async function giveSecretID(): Promise<{ roleID: string; secretID: string }> {
    const role = `auth/${name}/approle/role/${name}`;
    const { data } = await ask('GET', `${role}/role-id`);
    const made = await ask('POST', `${role}/secret-id`);
    return { roleID: String(data.role_id), secretID: String(made.data.secret_id) };
  }

  await trustSignatures();
  await askCluster();
  await mount(`auth/${name}/approle`, { type: 'approle' });
  await ask('POST', `auth/${name}/approle/role/${name}`, grants);
  return {
    jwt: () => token('operator', 'vault'),
    foreignJwt: (of) => (of === 'another account' ? token('somebody', 'vault') : token('operator', 'elsewhere')),
    appRole: giveSecretID,
    async close() {
      await api.request('DELETE', `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${name}`);
      await api.close();
    },
  };
}
