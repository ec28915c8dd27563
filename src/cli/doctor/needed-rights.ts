import { GROUP } from '../../api/names.ts';
import { isOfCluster } from '../../api/references.ts';
import { issuers, stores } from '../../api/resources.ts';
import type { ApiKeyIssuer, ApiKeyRotation, EvidenceSpec, KeyStoreObject } from '../../api/types.ts';
import type { Resource } from '../../runtime/kube/kube-api.ts';
import { workloadResource } from '../../runtime/kube/resources.ts';
import { look } from '../look.ts';
import type { Examined } from './finding.ts';

/** What the API server's authorizer is asked about. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
}

/** A right, and the value of the chart that gives it. */
export interface NeededRight {
  readonly right: Right;
  readonly value: string;
}

/** Part of whatever a namespace lends. */
export const LOOK_AT_PODS: Right = { verb: 'list', group: '', resource: 'pods' };

/** What the operator needs for rotations as they are, each once. */
export async function neededRights(examined: Examined): Promise<readonly NeededRight[]> {
  const { session, rotations } = examined;
  const needed = ALWAYS.map((right) => ({ right, value: `rbac.namespaces naming ${session.namespace}` }));
  for (const rotation of rotations) needed.push(...(await ofReferences(examined, rotation)), ...ofRollouts(rotation));
  return [...new Map(needed.map((one) => [textOf(one.right), one])).values()];
}

/** As `get secrets apio`. */
export function textOf({ verb, resource, subresource, name }: Right): string {
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}${name ? ` ${name}` : ''}`;
}

const ALWAYS: readonly Right[] = [
  { verb: 'watch', group: GROUP, resource: 'apikeyrotations' },
  { verb: 'update', group: GROUP, resource: 'apikeyrotations', subresource: 'status' },
  { verb: 'watch', group: GROUP, resource: 'apikeyissuers' },
  { verb: 'watch', group: GROUP, resource: 'keystores' },
  { verb: 'create', group: GROUP, resource: 'migrationreports' },
  LOOK_AT_PODS,
];

/** The Secrets and ServiceAccounts that issuers and stores of the namespace name, and the Secrets that are targets. */
async function ofReferences(examined: Examined, { spec }: ApiKeyRotation): Promise<readonly NeededRight[]> {
  const issuer = await referred<ApiKeyIssuer>(examined, issuers, spec.issuerRef);
  const needed = [...ofCredentials(issuer)];
  for (const { storeRef, path } of spec.targets) {
    const store = await referred<KeyStoreObject>(examined, stores, storeRef);
    needed.push(...ofCredentials(store), ...ofLogins(store));
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

function ofCredentials(object: unknown): readonly NeededRight[] {
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

/** Workloads are looked at, and restarted where the rotation says so. */
function ofRollouts({ spec: { consumers = [] } }: ApiKeyRotation): readonly NeededRight[] {
  const rules = consumers.flatMap(({ evidence }) => evidence.flatMap(({ rollout }) => rollout ?? []));
  return rules.flatMap((rule) => [...ofWorkload(rule), ...ofCredentials(rule)]);
}

function ofWorkload({
  workloadRef: { kind, name },
  action,
}: NonNullable<EvidenceSpec['rollout']>): readonly NeededRight[] {
  const { group, plural: resource } = workloadResource(kind);
  const right = { verb: 'get', group, resource, name };
  const named = `(and ${name} in rbac.workloads, where that names any)`;
  const seen = { right, value: `rbac.rollouts=true ${named}` };
  return action === 'Watch'
    ? [seen]
    : [seen, { right: { ...right, verb: 'patch' }, value: `rbac.restart=true ${named}` }];
}

function secret(verb: string, name?: string): Right {
  return { verb, group: '', resource: 'secrets', ...(name !== undefined && { name }) };
}
