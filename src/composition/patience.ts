import { ISSUER_KIND, STORE_KIND, titleOf } from '../api/references.ts';
import type { ApiKeyIssuer, KeyStoreObject } from '../api/types.ts';
import { createTurnstile, type Turnstile } from '../http/turnstile.ts';
import { aroundIssuer } from '../issuers/around-issuer.ts';
import type { Issuer } from '../issuers/port.ts';
import type { Adapters } from '../operator/adapters.ts';
import type { Clock } from '../runtime/clock.ts';
import { aroundStore } from '../stores/around-store.ts';
import type { KeyStore } from '../stores/port.ts';

/** A longer time is the limit of one kind of call more often than that of all, and an emergency must not wait for it. */
const LONGEST_MS = 60_000;

/** The same adapters: once an issuer or a store has named a time, its calls fail before that without being made. */
export function createPatience(adapters: Adapters, clock: Pick<Clock, 'monotonic'>): Adapters {
  const issuers = new WeakMap<Issuer, Issuer>();
  const stores = new WeakMap<KeyStore, KeyStore>();
  /** By uid and environment: an issuer has an adapter for each set of parameters, and its limits are those of one account. */
  const turnstiles = new Map<string, Map<string, Turnstile>>();

  function turnstileOf(kind: Kind, object: ApiKeyIssuer | KeyStoreObject, environment = ''): Turnstile {
    const { uid = '' } = object.metadata;
    const known = turnstiles.get(uid) ?? new Map<string, Turnstile>();
    const turnstile = known.get(environment) ?? createTurnstile(titleOf(kind, object), clock, LONGEST_MS);
    turnstiles.set(uid, known.set(environment, turnstile));
    return turnstile;
  }

  return {
    issuer(object, environment, parameters) {
      const issuer = adapters.issuer(object, environment, parameters);
      if (!issuer) return undefined;
      const patient =
        issuers.get(issuer) ?? aroundIssuer(issuer, through(turnstileOf(ISSUER_KIND, object, environment)));
      issuers.set(issuer, patient);
      return patient;
    },
    store(object) {
      const store = adapters.store(object);
      const patient = stores.get(store) ?? aroundStore(store, through(turnstileOf(STORE_KIND, object)));
      stores.set(store, patient);
      return patient;
    },
    forget(object) {
      turnstiles.delete(object.metadata.uid ?? '');
      adapters.forget(object);
    },
  };
}

type Kind = typeof ISSUER_KIND | typeof STORE_KIND;

function through(turnstile: Turnstile) {
  return <T>(_op: string, call: () => Promise<T>): Promise<T> => turnstile(call);
}
