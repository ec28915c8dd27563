import { environmentsOf } from '../../api/issuer-environments.ts';
import type { ApiKeyIssuer, IssuerIdentity, KeyStoreObject, PlannedTarget } from '../../api/types.ts';
import { CallError } from '../../http/call-error.ts';
import type { Issuer } from '../../issuers/port.ts';
import { keyOf } from '../../runtime/object-key.ts';
import type { KeyStore } from '../../stores/port.ts';
import type { PlanDeps } from './gather/plan.ts';

/** Adapters for what status has recorded, all in the rotation's namespace. */
export interface References {
  /** The issuer recorded with a key, by name, origin and parameters: a recreated object counts. Throws CallError when none leads there. */
  issuer(namespace: string, identity: IssuerIdentity): Issuer;
  /** The store recorded with a target, by name and address: a recreated object counts. Throws CallError when none leads there. */
  store(namespace: string, target: Pick<PlannedTarget, 'name' | 'storeName' | 'address'>): KeyStore;
}

export function createReferences({ issuers, stores, adapters }: PlanDeps): References {
  function worldAt(object: ApiKeyIssuer, { origin, parameters = {} }: IssuerIdentity): Issuer | undefined {
    const worlds = environmentsOf(object).map(({ name }) => adapters.issuer(object, name, parameters));
    return worlds.find((issuer) => issuer?.origin === origin);
  }

  function storeAt(object: KeyStoreObject, address: string): KeyStore | undefined {
    const store = adapters.store(object);
    return store.address === address ? store : undefined;
  }

  return {
    issuer(namespace, identity) {
      const { name, origin } = identity;
      const object = issuers.get(keyOf(namespace, name));
      const issuer = object && worldAt(object, identity);
      if (issuer) return issuer;
      const message = `no ApiKeyIssuer ${name} leads to ${origin} any more; restore it, a key that was issued there is still alive`;
      throw new CallError('refused', 'IssuerReplaced', message);
    },
    store(namespace, { name, storeName, address }) {
      const object = stores.get(keyOf(namespace, storeName));
      const store = object && storeAt(object, address);
      if (store) return store;
      const message = `target ${name}: no KeyStore ${storeName} leads to ${address} any more; restore it, so that the rotation can end`;
      throw new CallError('refused', 'StoreReplaced', message);
    },
  };
}
