import { CallError } from '../http/call-error.ts';
import { aroundIssuer } from '../issuers/around-issuer.ts';
import type { Issuer } from '../issuers/port.ts';
import { aroundStore } from '../stores/around-store.ts';
import type { KeyStore } from '../stores/port.ts';

// Issuers and stores of the cluster have their credentials in a namespace that is not their users': what stands there is named to
// nobody but who may read the object of the cluster, in its condition Ready, which `check` is for.

/** The same issuer, whose failing calls do not name where its credentials are. `title`: `ClusterApiKeyIssuer shared`. */
export function discreetIssuer(issuer: Issuer, title: string): Issuer {
  return aroundIssuer(issuer, createDiscretion(title));
}

/** See discreetIssuer. */
export function discreetStore(store: KeyStore, title: string): KeyStore {
  return aroundStore(store, createDiscretion(title));
}

function createDiscretion(title: string) {
  return async <T>(op: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      if (op === 'check' || !(error instanceof CallError && error.ofCredential)) throw error;
      const message = `${title} cannot use its own credentials; its owner finds more in its condition Ready`;
      throw new CallError(error.outcome, error.reason, message, error);
    }
  };
}
