import type { Vault } from '../components/vault.ts';

/** Vault's answer to everything that only has to work. */
async function configure(vault: Vault, method: string, path: string, body: object): Promise<void> {
  const { status } = await vault.request(method, path, body);
  if (status >= 300) throw new Error(`Vault answered ${status} to ${method} ${path}`);
}

/** Lets Vault believe the ServiceAccount tokens of a cluster. */
export async function trustCluster(vault: Vault, serviceAccountPublicKey: string): Promise<void> {
  await configure(vault, 'POST', 'sys/auth/jwt', { type: 'jwt' });
  await configure(vault, 'POST', 'auth/jwt/config', { jwt_validation_pubkeys: [serviceAccountPublicKey] });
}

/** What a namespace's account may do with its paths, which all begin with the namespace. */
export type VaultRight = 'ReadAndWrite' | 'Read';

/** Gives a namespace's role its rights; may be called again to change them. */
export async function setRights(vault: Vault, namespace: string, right: VaultRight): Promise<void> {
  const capabilities = right === 'Read' ? '["read"]' : '["create", "read", "update"]';
  const policy = `
    path "secret/data/${namespace}/*" { capabilities = ${capabilities} }
    path "secret/config" { capabilities = ["read"] }`;
  await configure(vault, 'PUT', `sys/policies/acl/${namespace}`, { policy });
}

/** A role of the namespace's name, which lets its ServiceAccount `vault-writer` in, with audience `vault`. */
export async function admitNamespace(vault: Vault, namespace: string): Promise<void> {
  await setRights(vault, namespace, 'ReadAndWrite');
  await configure(vault, 'POST', `auth/jwt/role/${namespace}`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['vault'],
    bound_subject: `system:serviceaccount:${namespace}:vault-writer`,
    token_policies: [namespace],
    token_no_default_policy: false,
    token_ttl: '1h',
  });
}

/** The token that Vault gives to whom a role lets in; `jwt`: a token of the role's ServiceAccount with audience `vault`. */
export async function logIn(vault: Pick<Vault, 'request'>, role: string, jwt: string): Promise<string> {
  const { status, body } = await vault.request('POST', 'auth/jwt/login', { role, jwt });
  if (status !== 200) throw new Error(`Vault answered ${status} to a login as ${role}`);
  return (body as { auth: { client_token: string } }).auth.client_token;
}

/** A token with the rights of namespaces that were admitted. */
export async function tokenOf(vault: Pick<Vault, 'request'>, namespaces: readonly string[]): Promise<string> {
  const { body } = await vault.request('POST', 'auth/token/create', { policies: namespaces, ttl: '1h' });
  return (body as { auth: { client_token: string } }).auth.client_token;
}

/** A role `shared`, which lets the ServiceAccount `vault-writer` of a namespace read and write below a folder, with audience `vault`. */
export async function admitShared(vault: Vault, folder: string, namespace: string): Promise<void> {
  await setRights(vault, folder, 'ReadAndWrite');
  await configure(vault, 'POST', 'auth/jwt/role/shared', {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['vault'],
    bound_subject: `system:serviceaccount:${namespace}:vault-writer`,
    token_policies: [folder],
    token_ttl: '1h',
  });
}

/** A role `<namespace>-reader`, which lets every ServiceAccount of the namespace read its paths, with audience `vault`. */
export async function admitReaders(vault: Vault, namespace: string): Promise<void> {
  const name = `${namespace}-reader`;
  const policy = `path "secret/data/${namespace}/*" { capabilities = ["read"] }`;
  await configure(vault, 'PUT', `sys/policies/acl/${name}`, { policy });
  await configure(vault, 'POST', `auth/jwt/role/${name}`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['vault'],
    bound_claims: { '/kubernetes.io/namespace': namespace },
    token_policies: [name],
    token_ttl: '1h',
  });
}

/** Revokes every token that was given out under a role; answers how many there were. */
export async function revokeTokens(vault: Vault, role: string): Promise<number> {
  const { body } = await vault.request('LIST', 'auth/token/accessors');
  const { keys = [] } = (body as { data?: { keys?: readonly string[] } }).data ?? {};
  const roles = await Promise.all(keys.map((accessor) => roleOf(vault, accessor)));
  const theirs = keys.filter((_, index) => roles[index] === role);
  for (const accessor of theirs) await configure(vault, 'POST', 'auth/token/revoke-accessor', { accessor });
  return theirs.length;
}

async function roleOf(vault: Vault, accessor: string): Promise<string | undefined> {
  const { body } = await vault.request('POST', 'auth/token/lookup-accessor', { accessor });
  return (body as { data?: { meta?: { role?: string } | null } }).data?.meta?.role;
}
