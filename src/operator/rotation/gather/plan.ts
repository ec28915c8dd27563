import { environmentsOf } from '../../../api/issuer-environments.ts';
import { type ConditionReason, reasonOfCall } from '../../../api/reasons.ts';
import type { ApiKeyIssuer, ApiKeyRotation, KeyStoreObject, PlannedTarget } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import type { ReferencesFact } from '../../../rotation/facts.ts';
import type { Cache } from '../../../runtime/cache.ts';
import { keyOf } from '../../../runtime/object-key.ts';
import type { Adapters } from '../../adapters.ts';

/** Where references are looked up. */
export interface PlanDeps {
  readonly issuers: Pick<Cache<ApiKeyIssuer>, 'get'>;
  readonly stores: Pick<Cache<KeyStoreObject>, 'get'>;
  readonly adapters: Adapters;
}

/** What a rotation's spec leads to. Total: what is wrong is said, never thrown. */
export interface Planner {
  /** The plan that a rotation would freeze now. */
  resolve(object: ApiKeyRotation): ReferencesFact;
  /** `address path` of the targets whose store is there, whatever else is wrong. */
  places(object: ApiKeyRotation): readonly string[];
}

type Unresolved = Extract<ReferencesFact, { type: 'Unresolved' }>;
type TargetSpec = ApiKeyRotation['spec']['targets'][number];

const DEFAULT_FIELDS = { key: 'key', keyID: 'keyID' };

export function createPlanner({ issuers, stores, adapters }: PlanDeps): Planner {
  function resolve({ metadata, spec, status }: ApiKeyRotation): ReferencesFact {
    const namespace = metadata.namespace ?? '';
    const isNew = status?.current === undefined && status?.rotation === undefined;
    const issuer = findIssuer(namespace, spec, isNew);
    if ('type' in issuer) return issuer;
    const planned = spec.targets.map((target) => planTarget(namespace, target, spec.key.environment, isNew));
    const problem = planned.find(isUnresolved) ?? selfReference(issuer.object, metadata.name, spec.targets, namespace);
    if (problem) return problem;
    const { environment, permissions, organization, parameters = {} } = spec.key;
    return {
      type: 'Resolved',
      hasSecretTarget: spec.targets.some(({ storeRef }) => isSecretStore(namespace, storeRef.name)),
      plan: {
        issuer: {
          kind: 'ApiKeyIssuer',
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

  function findIssuer(
    namespace: string,
    { issuerRef: { name }, key: { environment, parameters = {} } }: ApiKeyRotation['spec'],
    isNew: boolean,
  ) {
    const object = issuers.get(keyOf(namespace, name));
    if (!object) return notThere('IssuerNotFound', 'spec.issuerRef', `ApiKeyIssuer ${name}`, namespace);
    const notReady = notReadyMessage(object, isNew);
    if (notReady) {
      const look = `kubectl -n ${namespace} describe apikeyissuer ${name}`;
      return unresolved('IssuerNotReady', `ApiKeyIssuer ${name} is not ready: ${notReady}; see ${look}`);
    }
    const adapter = orProblem(() => adapters.issuer(object, environment, parameters), `ApiKeyIssuer ${name}`);
    if (adapter && 'type' in adapter) return adapter;
    if (adapter) return { object, adapter };
    const known = environmentsOf(object)
      .map((each) => each.name)
      .join(', ');
    const message = `spec.key.environment: ApiKeyIssuer ${name} has no environment ${environment}, it has ${known}; take one of them in a new rotation, or add it to the issuer`;
    return unresolved('EnvironmentNotFound', message);
  }

  function planTarget(
    namespace: string,
    target: TargetSpec,
    environment: string,
    isNew: boolean,
  ): PlannedTarget | Unresolved {
    const { name, storeRef, path, fields = DEFAULT_FIELDS, fieldsPolicy } = target;
    const title = `KeyStore ${storeRef.name}`;
    const object = stores.get(keyOf(namespace, storeRef.name));
    if (!object) return notThere('StoreNotFound', `spec.targets ${name}`, title, namespace);
    const { environment: only } = object.spec;
    if (only !== undefined && only !== environment) {
      const message = `spec.targets ${name}: ${title} takes keys of environment ${only} only, this key belongs to ${environment}; name another store, or correct spec.environment of the KeyStore`;
      return unresolved('EnvironmentMismatch', message);
    }
    const notReady = notReadyMessage(object, isNew);
    if (notReady) {
      const look = `kubectl -n ${namespace} describe keystore ${storeRef.name}`;
      return unresolved('StoreNotReady', `${title} is not ready: ${notReady}; see ${look}`);
    }
    const store = orProblem(() => adapters.store(object), title);
    if ('type' in store) return store;
    const place = { name, storeName: storeRef.name, storeUID: object.metadata.uid ?? '', address: store.address, path };
    return { ...place, fields, ...(fieldsPolicy === undefined ? {} : { fieldsPolicy }) };
  }

  function isSecretStore(namespace: string, name: string): boolean {
    return stores.get(keyOf(namespace, name))?.spec.type === 'KubernetesSecret';
  }

  /** A rotation must not overwrite the credential that it works with, nor what people give keys in. */
  function selfReference(
    issuer: ApiKeyIssuer,
    rotation: string,
    targets: readonly TargetSpec[],
    namespace: string,
  ): Unresolved | undefined {
    const ofPeople = issuer.spec.support
      ? [`${issuer.metadata.name}-support-register`, `${rotation}-delivered-key`]
      : [];
    const own = new Set([...environmentsOf(issuer).flatMap(({ secretNames }) => secretNames), ...ofPeople]);
    const itself = targets.find(({ storeRef, path }) => isSecretStore(namespace, storeRef.name) && own.has(path));
    if (!itself) return undefined;
    const what = ofPeople.includes(itself.path)
      ? 'is for what people give to the issuer'
      : "holds the issuer's own credential";
    const message = `spec.targets ${itself.name}: Secret ${itself.path} ${what}; choose another path`;
    return unresolved('SelfReference', message);
  }

  return {
    resolve,
    places: ({ metadata, spec }) =>
      spec.targets.flatMap(({ storeRef, path }) => {
        const object = stores.get(keyOf(metadata.namespace, storeRef.name));
        const store = object && orProblem(() => adapters.store(object), '');
        return store && !('type' in store) ? [placeOf({ address: store.address, path })] : [];
      }),
  };
}

/** Two targets with one of these are one place. */
function placeOf({ address, path }: { readonly address: string; readonly path: string }): string {
  return `${address} ${path}`;
}

/** An object that its schema admits may still describe nothing that can be called. */
function orProblem<T>(make: () => T, title: string): T | Unresolved {
  try {
    return make();
  } catch (error) {
    if (error instanceof CallError)
      return unresolved(reasonOfCall(error.reason), `${title} cannot be used: ${error.message}`);
    throw error;
  }
}

function unresolved(reason: ConditionReason, message: string): Unresolved {
  return { type: 'Unresolved', reason, message };
}

function notThere(reason: ConditionReason, field: string, title: string, namespace: string): Unresolved {
  return unresolved(reason, `${field}: there is no ${title} in namespace ${namespace}; create it, or correct the name`);
}

function isUnresolved(value: PlannedTarget | Unresolved): value is Unresolved {
  return 'type' in value;
}

/**
 * Manifests are applied together: a first key waits until what it needs has been looked at. Later on an object that was just changed
 * counts as ready, so that the Ready of all its rotations does not flicker.
 */
function notReadyMessage({ metadata, status }: ApiKeyIssuer | KeyStoreObject, isNew: boolean): string | undefined {
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  // To delete an object is to change it: it is looked at no more.
  if (isNew && metadata.deletionTimestamp) return 'it is being deleted; name another one, or create it again';
  if (isNew && ready?.observedGeneration !== metadata.generation) return 'it has not been checked yet';
  return ready?.status === 'False' && ready.observedGeneration === metadata.generation ? ready.message : undefined;
}
