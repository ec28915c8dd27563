import type { IssuerObject, StoreObject } from '../api/types.ts';
import type { Issuer } from '../issuers/port.ts';
import type { KeyStore } from '../stores/port.ts';

/** Makes the adapters that the objects describe. Called often: it answers equal objects with the same adapter. */
export interface Adapters {
  /**
   * The issuer's world of one environment, for keys of these parameters; undefined where the object declares none of that name. Throws
   * CallError where the object describes nothing that can be called, or takes other parameters. Without parameters it is good for
   * `check` only.
   */
  issuer(object: IssuerObject, environment: string, parameters?: Readonly<Record<string, string>>): Issuer | undefined;
  store(object: StoreObject): KeyStore;
  /** The object is gone: what was made for it is closed. */
  forget(object: IssuerObject | StoreObject): void;
}
