import {
  CLUSTER_STORE_KIND,
  isClusterIssuer,
  isClusterStore,
  isOfCluster,
  type Reference,
  STORE_KIND,
} from '../../api/references.ts';
import type { IssuerObject, StoreObject } from '../../api/types.ts';
import { judgeKey, type Lack, type WantedKey } from './issuer-grant.ts';
import { grantedPrefixes, isPathGranted } from './path-grant.ts';

/** Why a rotation may not have this key of the issuer, and who can change that; undefined where it may. */
export function keyRefusal(issuer: IssuerObject, wanted: WantedKey): string | undefined {
  if (!isClusterIssuer(issuer)) return undefined;
  const verdict = judgeKey(issuer.spec.grants ?? [], wanted);
  if (verdict.type === 'Granted') return undefined;
  const { name } = issuer.metadata;
  const { field, value, member } = verdict.lack;
  const what = whatIsLacking(verdict.lack, wanted.namespace);
  const covering = member === 'namespaces' || value === undefined ? '' : ` whose ${member} cover ${value}`;
  const entry = `an entry of its spec.grants for namespace ${wanted.namespace}${covering}`;
  return `${field}: ClusterApiKeyIssuer ${name} ${what}; ${askFor(entry, `clusterapikeyissuer ${name}`)}`;
}

/** How many keys the grant of this one lets the namespace ask for within an hour, where it says so. */
export function grantedCallsPerHour(issuer: IssuerObject, wanted: WantedKey): number | undefined {
  if (!isClusterIssuer(issuer)) return undefined;
  const verdict = judgeKey(issuer.spec.grants ?? [], wanted);
  return verdict.type === 'Granted' ? verdict.grant.issueCallsPerHour : undefined;
}

function whatIsLacking({ field, value, member }: Lack, namespace: string): string {
  if (member === 'namespaces') return `grants no keys to namespace ${namespace}`;
  const to = `to namespace ${namespace}`;
  if (value === undefined) return `grants only keys with ${field.replace('spec.key.', '')} ${to}`;
  return `grants no key with ${value} ${to}`;
}

/** Why a rotation may neither read nor write this path of the store, and who can change that; undefined where it may. `field`: for the message. */
export function pathRefusal(store: StoreObject, namespace: string, path: string, field: string): string | undefined {
  if (!isClusterStore(store)) return undefined;
  const { metadata, spec } = store;
  const { grants = [] } = spec;
  if (isPathGranted(grants, namespace, path)) return undefined;
  const prefixes = grantedPrefixes(grants, namespace);
  const has = prefixes.length > 0 ? `only what is below ${prefixes.join(', ')}` : 'nothing';
  const choose = prefixes.length > 0 ? 'choose a path there, or ' : '';
  const problem = `${field}: ClusterKeyStore ${metadata.name} grants namespace ${namespace} ${has}, and not path ${path}`;
  const entry = `an entry of its spec.grants for namespace ${namespace} with a pathPrefix of that path`;
  return `${problem}; ${choose}${askFor(entry, `clusterkeystore ${metadata.name}`)}`;
}

/** Why keys of this issuer may not stand in the store; undefined where they may. */
export function sourceRefusal(store: StoreObject, issuer: Reference, field: string): string | undefined {
  if (!isClusterStore(store) || isOfCluster(issuer) || store.spec.allowNamespacedIssuers) return undefined;
  const { name } = store.metadata;
  const problem = `${field}: ClusterKeyStore ${name} takes keys of ClusterApiKeyIssuers only, and spec.issuerRef names ApiKeyIssuer ${issuer.name}`;
  return `${problem}; name another issuer or store, or ${askFor('spec.allowNamespacedIssuers', `clusterkeystore ${name}`)}`;
}

/** Why keys of this environment may not stand in the store; undefined where they may. */
export function environmentRefusal(
  { metadata, spec }: StoreObject,
  environment: string,
  field: string,
): string | undefined {
  const { environment: only } = spec;
  if (only === undefined || only === environment) return undefined;
  const kind = metadata.namespace === undefined ? CLUSTER_STORE_KIND : STORE_KIND;
  const problem = `${field}: ${kind} ${metadata.name} takes keys of environment ${only} only, this key belongs to ${environment}`;
  return `${problem}; name another store, or correct spec.environment of the ${kind}`;
}

function askFor(what: string, object: string): string {
  return `ask whoever manages it for ${what} (kubectl edit ${object})`;
}
