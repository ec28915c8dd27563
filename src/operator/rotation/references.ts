import { environmentsOf } from '../../api/issuer-environments.ts';
import type { ConditionReason } from '../../api/reasons.ts';
import {
  ISSUER_KIND,
  isClusterStore,
  isOfCluster,
  type Reference,
  referenceKey,
  STORE_KIND,
  storeReference,
} from '../../api/references.ts';
import type { IssuerIdentity, IssuerObject, PlannedTarget, StoreObject } from '../../api/types.ts';
import { CallError, NotBegunError } from '../../http/call-error.ts';
import type { Issuer, KeySpec } from '../../issuers/port.ts';
import type { WantedKey } from '../../rotation/grants/issuer-grant.ts';
import {
  environmentRefusal,
  grantedCallsPerHour,
  keyRefusal,
  pathRefusal,
  sourceRefusal,
} from '../../rotation/grants/refusals.ts';
import type { KeyStore } from '../../stores/port.ts';
import { confinedStore } from './confined-store.ts';
import type { PlanDeps } from './gather/plan.ts';
import { grantedIssuer } from './granted-issuer.ts';

/** Adapters for what status has recorded, in the rotation's namespace or of the cluster. */
export interface References {
  /**
   * The issuer recorded with a key, by name, origin and parameters: a recreated object counts. Throws CallError when none leads there.
   * One of the cluster makes keys that it grants to the namespace only.
   */
  issuer(namespace: string, identity: IssuerIdentity): Issuer;
  /** Throws CallError NotGranted where that issuer does not grant such a key to the namespace. */
  assertGranted(namespace: string, identity: IssuerIdentity, key: KeySpec): void;
  /** How many such keys that issuer lets the namespace ask for within an hour, where it says so. Throws CallError when there is none. */
  grantedCallsPerHour(namespace: string, identity: IssuerIdentity, key: KeySpec): number | undefined;
  /**
   * The store recorded with a target, by name and address: a recreated object counts. Throws CallError when none leads there. One of
   * the cluster reads and writes paths that it grants to the namespace only.
   */
  store(namespace: string, target: RecordedPlace): KeyStore;
  /**
   * Throws CallError NotGranted or EnvironmentMismatch where keys of this source may not be written to that store now. To read there, and to
   * write again what stands there, takes no more than the path.
   */
  assertTaken(namespace: string, target: RecordedPlace, source: KeySource): void;
}

/** Where a key comes from. */
export interface KeySource {
  readonly issuer: Reference;
  readonly environment: string;
}

type RecordedPlace = Pick<PlannedTarget, 'name' | 'storeKind' | 'storeName' | 'address'>;

export function createReferences({
  issuers,
  stores,
  adapters,
  obstacleTo,
}: Pick<PlanDeps, 'issuers' | 'stores' | 'adapters' | 'obstacleTo'>): References {
  function worldAt(namespace: string, identity: IssuerIdentity): World {
    const object = issuers.get(referenceKey(namespace, identity));
    const { kind = ISSUER_KIND, name, origin, parameters = {} } = identity;
    for (const { name: environment } of object ? environmentsOf(object) : []) {
      const issuer = object && adapters.issuer(object, environment, parameters);
      if (object && issuer?.origin === origin) return { object, environment, issuer };
    }
    assertFollowed('IssuerNotFound', { kind, name }, namespace);
    const message = `no ${kind} ${name} leads to ${origin} any more; restore it, a key that was issued there is still alive`;
    throw new CallError('refused', 'IssuerReplaced', message);
  }

  /** What is not known may still lead there. */
  function assertFollowed(notFound: ConditionReason, { kind, name }: Named, namespace: string): void {
    const isShared = isOfCluster({ kind, name });
    const obstacle = obstacleTo(kind, isShared ? undefined : namespace);
    if (obstacle === undefined) return;
    const reason = isShared ? 'ClusterKindsNotFollowed' : notFound;
    throw new CallError('unavailable', reason, `${kind} ${name} cannot be used: ${obstacle}`);
  }

  function placeAt(namespace: string, target: RecordedPlace): Place {
    const { name, address } = target;
    const reference = storeReference(target);
    const { kind = STORE_KIND } = reference;
    const object = stores.get(referenceKey(namespace, reference));
    const store = object && adapters.store(object);
    if (object && store?.address === address) return { object, store };
    assertFollowed('StoreNotFound', { kind, name: reference.name }, namespace);
    const message = `target ${name}: no ${kind} ${reference.name} leads to ${address} any more; restore it, so that the rotation can end`;
    throw new CallError('refused', 'StoreReplaced', message);
  }

  /** What is asked for comes from status as the origin does: the world that is called counts, not the one that is named. */
  function wantedAt(namespace: string, identity: IssuerIdentity, key: KeySpec): [IssuerObject, WantedKey] {
    const { object, environment } = worldAt(namespace, identity);
    return [object, { ...key, namespace, environment, parameters: identity.parameters }];
  }

  function assertGranted(namespace: string, identity: IssuerIdentity, key: KeySpec): void {
    const refusal = keyRefusal(...wantedAt(namespace, identity, key));
    if (refusal !== undefined) throw notGranted(refusal);
  }

  return {
    assertGranted,
    grantedCallsPerHour: (...asked) => grantedCallsPerHour(...wantedAt(...asked)),
    issuer(namespace, identity) {
      const { issuer } = worldAt(namespace, identity);
      if (!isOfCluster(identity)) return issuer;
      return grantedIssuer(issuer, (key) => assertGranted(namespace, identity, key));
    },
    store(namespace, target) {
      const { object, store } = placeAt(namespace, target);
      if (!isClusterStore(object)) return store;
      return confinedStore(store, (path) => {
        const refusal = pathRefusal(object, namespace, path, `target ${target.name}`);
        if (refusal !== undefined) throw notGranted(refusal);
      });
    },
    assertTaken(namespace, target, { issuer, environment }) {
      const { object } = placeAt(namespace, target);
      const field = `target ${target.name}`;
      const refusal = sourceRefusal(object, issuer, field);
      if (refusal !== undefined) throw notGranted(refusal);
      const mismatch = environmentRefusal(object, environment, field);
      if (mismatch !== undefined) throw new NotBegunError('refused', 'EnvironmentMismatch', mismatch);
    },
  };
}

interface Named {
  readonly kind: string;
  readonly name: string;
}

/** One environment of an issuer. */
interface World {
  readonly object: IssuerObject;
  readonly environment: string;
  readonly issuer: Issuer;
}

/** A store, and the object that describes it. */
interface Place {
  readonly object: StoreObject;
  readonly store: KeyStore;
}

/** Nothing was sent. */
function notGranted(refusal: string): CallError {
  return new NotBegunError('refused', 'NotGranted', refusal);
}
