import { ISSUER_KIND, STORE_KIND, titleOf } from '../api/references.ts';
import type { ApiKeyIssuer, KeyStoreObject } from '../api/types.ts';
import { CallError, NotBegunError } from '../http/call-error.ts';
import { aroundIssuer } from '../issuers/around-issuer.ts';
import type { Issuer } from '../issuers/port.ts';
import type { Adapters } from '../operator/adapters.ts';
import type { Clock } from '../runtime/clock.ts';
import { aroundStore } from '../stores/around-store.ts';
import type { KeyStore } from '../stores/port.ts';

/**
 * Whom we asked too often is left alone by all of our work, not by the one piece of it that was told (Retry-After). For a minute at the
 * most: a longer time is the limit of one kind of call more often than that of all, and an emergency must not wait for it. The piece
 * of work that was told rests for as long as it was told.
 */
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
    const turnstile = known.get(environment) ?? createTurnstile(titleOf(kind, object), clock);
    turnstiles.set(uid, known.set(environment, turnstile));
    return turnstile;
  }

  return {
    issuer(object, environment, parameters) {
      const issuer = adapters.issuer(object, environment, parameters);
      if (!issuer) return undefined;
      const patient = issuers.get(issuer) ?? aroundIssuer(issuer, turnstileOf(ISSUER_KIND, object, environment));
      issuers.set(issuer, patient);
      return patient;
    },
    store(object) {
      const store = adapters.store(object);
      const patient = stores.get(store) ?? aroundStore(store, turnstileOf(STORE_KIND, object));
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
type Turnstile = <T>(op: string, call: () => Promise<T>) => Promise<T>;

/** Lets calls to the other side through, but for the time that it has named. */
function createTurnstile(title: string, clock: Pick<Clock, 'monotonic'>): Turnstile {
  let told: CallError | undefined;
  let until = Number.NEGATIVE_INFINITY;

  return async function pass<T>(_op: string, call: () => Promise<T>): Promise<T> {
    const restMs = until - clock.monotonic();
    if (told && restMs > 0) throw askedToWait(title, told, restMs);
    try {
      return await call();
    } catch (error) {
      if (error instanceof CallError && error.retryAfterSeconds) {
        told = error;
        until = Math.max(until, clock.monotonic() + Math.min(error.retryAfterSeconds * 1_000, LONGEST_MS));
      }
      throw error;
    }
  };
}

/** Not that call's own error: it may tell of another object, and whether that call was carried out says nothing about this one. */
function askedToWait(title: string, { reason }: CallError, restMs: number): CallError {
  const message = `${title} asked with an answer to another call (${reason}) not to be called for some time; it is called again after that`;
  return new NotBegunError('unavailable', reason, message, { retryAfterSeconds: restMs / 1_000 });
}
