import { isOfCluster } from '../../api/references.ts';
import { issuers, stores } from '../../api/resources.ts';
import type { ApiKeyIssuer, ApiKeyRotation, KeyStoreObject } from '../../api/types.ts';
import type { Resource } from '../../runtime/kube/kube-api.ts';
import { look } from '../look.ts';
import type { Examined } from './finding.ts';
import { type NeededRight, secret } from './right.ts';

/**
 * On what issuers and stores of the namespace name (Secrets, ConfigMaps, ServiceAccounts), on the Secrets that are targets, and on those
 * by which people give keys.
 */
export async function ofReferences(
  examined: Examined,
  { metadata, spec }: ApiKeyRotation,
): Promise<readonly NeededRight[]> {
  const issuer = await referred<ApiKeyIssuer>(examined, issuers, spec.issuerRef);
  const needed = [...ofCredentials(issuer), ...ofSupport(issuer, metadata.name)];
  for (const { storeRef, path } of spec.targets) {
    const store = await referred<KeyStoreObject>(examined, stores, storeRef);
    needed.push(...ofCredentials(store), ...ofLogins(store), ...ofCertificates(store));
    if (store?.spec.type === 'KubernetesSecret') needed.push(...ofTarget(path));
  }
  return needed;
}

/** Undefined for one of the cluster, whose Secrets are not of the namespace, and for one that cannot be seen. */
async function referred<T extends ApiKeyIssuer | KeyStoreObject>(
  { session: { kube, namespace } }: Examined,
  resource: Resource,
  reference: { readonly kind?: string; readonly name: string },
): Promise<T | undefined> {
  if (isOfCluster(reference)) return undefined;
  const seen = await look(kube.get<T>({ resource, namespace, name: reference.name }));
  return seen === 'Denied' ? undefined : seen;
}

/** The Secrets that it names. */
export function ofCredentials(object: unknown): readonly NeededRight[] {
  return secretNames(object).map((name) => ({ right: secret('get', name), value: `rbac.credentials naming ${name}` }));
}

/** Each `secretRef` in it, wherever it stands. */
function secretNames(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, member]: [string, unknown]) => {
    const isNamed = field === 'secretRef' && typeof member === 'object' && member !== null && 'name' in member;
    return isNamed ? [String(member.name)] : secretNames(member);
  });
}

/** The ServiceAccounts that a store logs in as. */
function ofLogins(store: KeyStoreObject | undefined): readonly NeededRight[] {
  const { vault, awsSecretsManager } = store?.spec ?? {};
  const logins = [vault?.auth.jwt, vault?.auth.kubernetes, awsSecretsManager?.auth.irsa].flatMap(
    (login) => login ?? [],
  );
  return logins.map(({ serviceAccountName: name }) => ({
    right: { verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token', name },
    value: `rbac.logins naming ${name}`,
  }));
}

/** A Secret that is written, and the one that keeps what is replaced in it. */
function ofTarget(path: string): readonly NeededRight[] {
  const written = [path, `${path}-previous`].flatMap((name) => [secret('get', name), secret('patch', name)]);
  const value = `${path} in rbac.targets (or rbac.secretTargets=true)`;
  return [secret('create'), ...written].map((right) => ({ right, value }));
}

/** What a store trusts. */
function ofCertificates(store: KeyStoreObject | undefined): readonly NeededRight[] {
  const { kind, name } = store?.spec.vault?.caRef ?? {};
  if (name === undefined) return [];
  if (kind === 'Secret') return [{ right: secret('get', name), value: `rbac.credentials naming ${name}` }];
  const right = { verb: 'get', group: '', resource: 'configmaps', name };
  return [{ right, value: `rbac.certificates naming ${name}` }];
}

/** Where people issue the keys: the register of what they were asked for, and the Secret that they give a key in. */
function ofSupport(issuer: ApiKeyIssuer | undefined, rotation: string): readonly NeededRight[] {
  if (issuer?.spec.type !== 'Support') return [];
  const { name } = issuer.metadata;
  const [register, delivered] = [`${name}-support-register`, `${rotation}-delivered-key`];
  const kept = [secret('create'), secret('get', register), secret('update', register)];
  const taken = [secret('get', delivered), secret('delete', delivered)];
  return [
    ...kept.map((right) => ({ right, value: `rbac.support.issuers naming ${name}` })),
    ...taken.map((right) => ({ right, value: `rbac.support.rotations naming ${rotation}` })),
  ];
}
