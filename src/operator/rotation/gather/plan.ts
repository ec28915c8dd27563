import { environmentsOf } from '../../../api/issuer-environments.ts';
import { ISSUER_KIND, isOfCluster, type Reference, referenceKey, STORE_KIND } from '../../../api/references.ts';
import type { ApiKeyRotation, IssuerObject, PlannedTarget, StoreObject } from '../../../api/types.ts';
import type { ReferencesFact } from '../../../rotation/facts.ts';
import { environmentRefusal, keyRefusal, pathRefusal, sourceRefusal } from '../../../rotation/grants/refusals.ts';
import type { Cache } from '../../../runtime/cache.ts';
import type { Adapters } from '../../adapters.ts';
import { isUnresolved, notReady, notThere, orProblem, type Unresolved, unresolved } from './unresolved.ts';

/** Where references are looked up. */
export interface PlanDeps {
  /** By `namespace/name`, those of the cluster by `name`. */
  readonly issuers: Pick<Cache<IssuerObject>, 'get'>;
  readonly stores: Pick<Cache<StoreObject>, 'get'>;
  readonly adapters: Adapters;
  /** Whether objects of the cluster are followed; otherwise a rotation that names one waits and is told why. */
  readonly followsCluster: boolean;
  /** Why objects of this kind, in this namespace or of the cluster, are not known although they are followed, and what helps. */
  readonly obstacleTo: (kind: string, namespace: string | undefined) => string | undefined;
  /** Where Secrets are that objects of the cluster name. */
  readonly clusterNamespace: string | undefined;
}

/** What a rotation's spec leads to. Total: what is wrong is said, never thrown. */
export interface Planner {
  /** The plan that a rotation would freeze now. */
  resolve(object: ApiKeyRotation): ReferencesFact;
  /** `address path` of the targets whose store is there, whatever else is wrong. */
  places(object: ApiKeyRotation): readonly string[];
}

type TargetSpec = ApiKeyRotation['spec']['targets'][number];

const DEFAULT_FIELDS = { key: 'key', keyID: 'keyID' };

export function createPlanner(deps: PlanDeps): Planner {
  const { issuers, stores, adapters, clusterNamespace } = deps;

  function resolve({ metadata, spec, status }: ApiKeyRotation): ReferencesFact {
    const namespace = metadata.namespace ?? '';
    const isNew = status?.current === undefined && status?.rotation === undefined;
    const issuer = findIssuer(namespace, spec, isNew);
    if ('type' in issuer) return issuer;
    const planned = spec.targets.map((target) => planTarget(namespace, target, spec, isNew));
    const problem = planned.find(isUnresolved) ?? selfReference(issuer.object, metadata.name, spec.targets, namespace);
    if (problem) return problem;
    const { environment, permissions, organization, parameters = {} } = spec.key;
    return {
      type: 'Resolved',
      hasSecretTarget: spec.targets.some(({ storeRef }) => isSecretStore(namespace, storeRef)),
      plan: {
        issuer: {
          kind: spec.issuerRef.kind ?? ISSUER_KIND,
          name: spec.issuerRef.name,
          uid: issuer.object.metadata.uid ?? '',
          origin: issuer.adapter.origin,
          ...(Object.keys(parameters).length === 0 ? {} : { parameters: { ...parameters } }),
        },
        key: { environment, permissions: [...permissions], ...(organization === undefined ? {} : { organization }) },
        targets: planned.flatMap((target) => (isUnresolved(target) ? [] : [target])),
      },
    };
  }

  /** Nothing is told of an object before it is known that it grants what it is named for. */
  function findIssuer(namespace: string, { issuerRef, key }: ApiKeyRotation['spec'], isNew: boolean) {
    const title = `${issuerRef.kind ?? ISSUER_KIND} ${issuerRef.name}`;
    const object = issuers.get(referenceKey(namespace, issuerRef));
    if (!object)
      return notThere('IssuerNotFound', 'spec.issuerRef', { kind: ISSUER_KIND, ...issuerRef }, deps, namespace);
    const { environment, parameters = {} } = key;
    const refusal = keyRefusal(object, { ...key, namespace });
    if (refusal !== undefined) return unresolved('NotGranted', refusal);
    const problem = notReady('IssuerNotReady', title, object, isNew);
    if (problem) return problem;
    const adapter = orProblem(() => adapters.issuer(object, environment, parameters), title);
    if (adapter && 'type' in adapter) return adapter;
    if (adapter) return { object, adapter };
    const known = environmentsOf(object)
      .map((each) => each.name)
      .join(', ');
    const message = `spec.key.environment: ${title} has no environment ${environment}, it has ${known}; take one of them in a new rotation, or add it to the issuer`;
    return unresolved('EnvironmentNotFound', message);
  }

  function planTarget(
    namespace: string,
    target: TargetSpec,
    { issuerRef, key: { environment } }: ApiKeyRotation['spec'],
    isNew: boolean,
  ): PlannedTarget | Unresolved {
    const { name, storeRef, path, fields = DEFAULT_FIELDS, fieldsPolicy } = target;
    const kind = storeRef.kind ?? STORE_KIND;
    const title = `${kind} ${storeRef.name}`;
    const field = `spec.targets ${name}`;
    const object = stores.get(referenceKey(namespace, storeRef));
    if (!object) return notThere('StoreNotFound', field, { kind: STORE_KIND, ...storeRef }, deps, namespace);
    const refusal = pathRefusal(object, namespace, path, field) ?? sourceRefusal(object, issuerRef, field);
    if (refusal !== undefined) return unresolved('NotGranted', refusal);
    const mismatch = environmentRefusal(object, environment, field);
    if (mismatch !== undefined) return unresolved('EnvironmentMismatch', mismatch);
    const problem = notReady('StoreNotReady', title, object, isNew);
    if (problem) return problem;
    const store = orProblem(() => adapters.store(object), title);
    if ('type' in store) return store;
    return {
      name,
      ...(isOfCluster(storeRef) ? { storeKind: kind } : {}),
      storeName: storeRef.name,
      storeUID: object.metadata.uid ?? '',
      address: store.address,
      path,
      fields,
      ...(fieldsPolicy === undefined ? {} : { fieldsPolicy }),
    };
  }

  function isSecretStore(namespace: string, storeRef: Reference): boolean {
    return stores.get(referenceKey(namespace, storeRef))?.spec.type === 'KubernetesSecret';
  }

  /** A rotation must not overwrite the credential that it works with, nor what people give keys in. */
  function selfReference(
    issuer: IssuerObject,
    rotation: string,
    targets: readonly TargetSpec[],
    namespace: string,
  ): Unresolved | undefined {
    const isBesideIssuer = namespace === (issuer.metadata.namespace ?? clusterNamespace);
    const ofPeople = issuer.spec.type === 'Support' ? peoplesSecrets(issuer.metadata.name, rotation) : [];
    const own = new Set([...environmentsOf(issuer).flatMap(({ secretNames }) => secretNames), ...ofPeople]);
    const itself = targets.find(({ storeRef, path }) => isSecretStore(namespace, storeRef) && own.has(path));
    if (!itself || !isBesideIssuer) return undefined;
    const what = ofPeople.includes(itself.path)
      ? 'is for what people give to the issuer'
      : "holds the issuer's own credential";
    const message = `spec.targets ${itself.name}: Secret ${itself.path} ${what}; choose another path`;
    return unresolved('SelfReference', message);
  }

  /** Who names a place without a grant writes nothing there, and stands in nobody's way. */
  function placesOf({ metadata: { namespace = '' }, spec }: ApiKeyRotation): string[] {
    return spec.targets.flatMap(({ storeRef, path }) => {
      const object = stores.get(referenceKey(namespace, storeRef));
      if (!object || pathRefusal(object, namespace, path, '') !== undefined) return [];
      const store = orProblem(() => adapters.store(object), '');
      return 'type' in store ? [] : [placeOf({ address: store.address, path })];
    });
  }

  return { resolve, places: placesOf };
}

function peoplesSecrets(issuer: string, rotation: string): readonly string[] {
  return [`${issuer}-support-register`, `${rotation}-delivered-key`];
}

/** Two targets with one of these are one place. */
function placeOf({ address, path }: { readonly address: string; readonly path: string }): string {
  return `${address} ${path}`;
}
