import type {
  ApiKeyIssuer,
  ApiKeyRotation,
  IssuerIdentity,
  KeyStoreObject,
  Plan,
  PlannedTarget,
} from '../../api/types.ts';
import { CallError } from '../../http/call-error.ts';
import type { Issuer } from '../../issuers/port.ts';
import type { ReferencesFact } from '../../rotation/facts.ts';
import type { Cache } from '../../runtime/cache.ts';
import { keyOf } from '../../runtime/object-key.ts';
import type { KeyStore } from '../../stores/port.ts';
import type { Adapters } from '../adapters.ts';

/** Where references are looked up. */
export interface ReferenceDeps {
  readonly issuers: Pick<Cache<ApiKeyIssuer>, 'get'>;
  readonly stores: Pick<Cache<KeyStoreObject>, 'get'>;
  readonly adapters: Adapters;
}

/** Turns references into the objects and adapters that they name, all in the rotation's namespace. */
export interface References {
  /** The plan that a rotation would freeze now. */
  resolve(object: ApiKeyRotation): ReferencesFact;
  /** The issuer recorded with a key; throws CallError when it is gone or another one. */
  issuer(namespace: string, identity: IssuerIdentity): Issuer;
  /** The store recorded with a target; throws CallError when it is gone or another one. */
  store(namespace: string, target: Pick<PlannedTarget, 'name' | 'storeName' | 'storeUID' | 'address'>): KeyStore;
}

const DEFAULT_FIELDS = { key: 'key', keyID: 'keyID' };

export function createReferences({ issuers, stores, adapters }: ReferenceDeps): References {
  function resolve(object: ApiKeyRotation): ReferencesFact {
    const namespace = object.metadata.namespace ?? '';
    const { issuerRef, key, targets } = object.spec;
    const issuerObject = issuers.get(keyOf(namespace, issuerRef.name));
    if (!issuerObject) {
      return unresolved(
        'IssuerNotFound',
        `spec.issuerRef: there is no ApiKeyIssuer ${issuerRef.name} in namespace ${namespace}; create it`,
      );
    }
    const issuer = adapters.issuer(issuerObject, key.environment);
    if (!issuer) {
      const known = issuerObject.spec.apio?.environments.map((environment) => environment.name).join(', ');
      return unresolved(
        'EnvironmentNotFound',
        `spec.key.environment: ApiKeyIssuer ${issuerRef.name} has no environment ${key.environment}; it has ${known}`,
      );
    }
    const notReady = notReadyMessage(issuerObject);
    if (notReady) return unresolved('IssuerNotReady', `ApiKeyIssuer ${issuerRef.name} is not ready: ${notReady}`);
    const planned = targets.map((target) => planTarget(namespace, target, key.environment));
    const problem = planned.find(isUnresolved) ?? selfReference(issuerObject, targets, namespace);
    if (problem) return problem;
    const plan: Plan = {
      issuer: {
        kind: 'ApiKeyIssuer',
        name: issuerRef.name,
        uid: issuerObject.metadata.uid ?? '',
        origin: issuer.origin,
      },
      key: {
        environment: key.environment,
        permissions: [...key.permissions],
        ...(key.organization === undefined ? {} : { organization: key.organization }),
      },
      targets: planned.flatMap((target) => (isUnresolved(target) ? [] : [target])),
    };
    const { replay, list } = issuer.capabilities;
    return { type: 'Resolved', plan, issuerCanRecover: list || replay !== 'None' };
  }

  function planTarget(
    namespace: string,
    target: ApiKeyRotation['spec']['targets'][number],
    environment: string,
  ): PlannedTarget | Unresolved {
    const { name, storeRef, path, fields = DEFAULT_FIELDS, fieldsPolicy } = target;
    const object = stores.get(keyOf(namespace, storeRef.name));
    if (!object)
      return unresolved(
        'StoreNotFound',
        `spec.targets ${name}: there is no KeyStore ${storeRef.name} in namespace ${namespace}; create it`,
      );
    const { environment: only } = object.spec;
    if (only !== undefined && only !== environment) {
      return unresolved(
        'EnvironmentMismatch',
        `spec.targets ${name}: KeyStore ${storeRef.name} takes keys of environment ${only} only, this key belongs to ${environment}`,
      );
    }
    const notReady = notReadyMessage(object);
    if (notReady) return unresolved('StoreNotReady', `KeyStore ${storeRef.name} is not ready: ${notReady}`);
    return {
      name,
      storeName: storeRef.name,
      storeUID: object.metadata.uid ?? '',
      address: adapters.store(object).address,
      path,
      fields,
      ...(fieldsPolicy === undefined ? {} : { fieldsPolicy }),
    };
  }

  /** A rotation must not overwrite the credential that it works with. */
  function selfReference(
    issuer: ApiKeyIssuer,
    targets: ApiKeyRotation['spec']['targets'],
    namespace: string,
  ): Unresolved | undefined {
    const own = new Set(
      (issuer.spec.apio?.environments ?? []).map((environment) => environment.credentials.secretRef.name),
    );
    for (const { name, storeRef, path } of targets) {
      if (stores.get(keyOf(namespace, storeRef.name))?.spec.type !== 'KubernetesSecret' || !own.has(path)) continue;
      return unresolved(
        'SelfReference',
        `spec.targets ${name}: Secret ${path} holds the issuer's own credential; choose another path`,
      );
    }
    return undefined;
  }

  function issuer(namespace: string, identity: IssuerIdentity): Issuer {
    const object = issuers.get(keyOf(namespace, identity.name));
    const worlds = object?.metadata.uid === identity.uid ? (object?.spec.apio?.environments ?? []) : [];
    for (const { name } of worlds) {
      const adapter = object && adapters.issuer(object, name);
      if (adapter?.origin === identity.origin) return adapter;
    }
    throw new CallError(
      'refused',
      'IssuerReplaced',
      `ApiKeyIssuer ${identity.name} (uid ${identity.uid}) at ${identity.origin} is not there any more; restore it, its key is still alive`,
    );
  }

  function store(
    namespace: string,
    target: Pick<PlannedTarget, 'name' | 'storeName' | 'storeUID' | 'address'>,
  ): KeyStore {
    const object = stores.get(keyOf(namespace, target.storeName));
    const adapter = object?.metadata.uid === target.storeUID ? adapters.store(object) : undefined;
    if (adapter?.address === target.address) return adapter;
    throw new CallError(
      'refused',
      'StoreReplaced',
      `target ${target.name}: KeyStore ${target.storeName} no longer leads to ${target.address}; restore it, or wait until the rotation can be given up`,
    );
  }

  return { resolve, issuer, store };
}

type Unresolved = Extract<ReferencesFact, { type: 'Unresolved' }>;

function isUnresolved(value: PlannedTarget | Unresolved): value is Unresolved {
  return 'type' in value;
}

function unresolved(reason: string, message: string): Unresolved {
  return { type: 'Unresolved', reason, message };
}

function notReadyMessage({ metadata, status }: ApiKeyIssuer | KeyStoreObject): string | undefined {
  const ready = status?.conditions?.find((condition) => condition.type === 'Ready');
  return ready?.status === 'False' && ready.observedGeneration === metadata.generation ? ready.message : undefined;
}
