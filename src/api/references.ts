import type { ClusterApiKeyIssuer, ClusterKeyStore, IssuerObject, StoreObject } from './types.ts';

/** How spec or status names an issuer or a store. `kind` is missing where it is of the rotation's namespace. */
export interface Reference {
  readonly kind?: string | undefined;
  readonly name: string;
}

export const ISSUER_KIND = 'ApiKeyIssuer';
const CLUSTER_ISSUER_KIND = 'ClusterApiKeyIssuer';
export const STORE_KIND = 'KeyStore';
export const CLUSTER_STORE_KIND = 'ClusterKeyStore';

/** Whether it is an object of the whole cluster. */
export function isOfCluster({ kind }: Reference): boolean {
  return kind === CLUSTER_ISSUER_KIND || kind === CLUSTER_STORE_KIND;
}

/**
 * By this key caches hold the object that a rotation of the namespace means. Spec and status come from outside: a name with a slash, said
 * to be of the cluster, would be the key of an object in whatever namespace stands before it. No object has such a name.
 */
export function referenceKey(namespace: string | undefined, reference: Reference): string {
  const { name } = reference;
  if (namespace && !isOfCluster(reference)) return `${namespace}/${name}`;
  return name.includes('/') ? NO_KEY : name;
}

const NO_KEY = '';

/** How a target names its store. */
export function storeReference({ storeKind, storeName = '' }: { storeKind?: string; storeName?: string }): Reference {
  return { kind: storeKind, name: storeName };
}

/** Objects of the whole cluster are told by having no namespace: in lists they come without their kind. */
export function isClusterIssuer(object: IssuerObject): object is ClusterApiKeyIssuer {
  return object.metadata.namespace === undefined;
}

/** See isClusterIssuer. */
export function isClusterStore(object: StoreObject): object is ClusterKeyStore {
  return object.metadata.namespace === undefined;
}

/** For messages and metrics: `KeyStore payments/vault`, `ClusterKeyStore shared`. */
export function titleOf(
  kind: typeof ISSUER_KIND | typeof STORE_KIND,
  { metadata: { namespace, name } }: { readonly metadata: { readonly namespace?: string; readonly name: string } },
): string {
  return namespace === undefined ? `Cluster${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
