import { discloses } from '../../key/disclosure.ts';
import { fingerprint } from '../../key/fingerprint.ts';
import { isKeyID } from '../key-id.ts';
import type { Issuer } from '../port.ts';
import { examine, type Names } from './examine.ts';
import type { Probe } from './probe.ts';
import { isDelivered, isNamed, withEntry } from './register.ts';
import type { RegisterStore } from './register-store.ts';

export interface AdoptingDeps {
  readonly registerStore: RegisterStore;
  readonly probe: Probe | undefined;
  readonly environment: string;
  /** The time, for people. */
  readonly stamp: () => string;
}

const ID = 'spec.existingKey.keyID';
const NAMES: Names = { key: 'the value at the targets', keyID: ID };

/** Registers a key that was in use before anybody was asked for one. No message quotes an id that may be the key. */
export function createAdopting({
  registerStore,
  probe,
  environment,
  stamp,
}: AdoptingDeps): NonNullable<Issuer['adopt']> {
  return async (key, keyID, { organization, permissions }) => {
    if (discloses(keyID, key)) return `${ID} has the text of the key in it`;
    if (!isKeyID(keyID)) return `${ID} is no id: letters, digits, - and _ only, at most 128`;
    const wrong = await examine({ keyID, key }, { probe, environment }, NAMES);
    if (wrong !== undefined) return wrong;
    const now = stamp();
    const entry = {
      label: `adopted/${environment}/${keyID}`,
      environment,
      permissions,
      askedAt: now,
      deliveredAt: now,
      keyID,
      fingerprint: fingerprint(key),
      ...(organization === undefined ? {} : { organization }),
    };
    const register = await registerStore.update((all) =>
      all.filter(isDelivered).some((each) => isNamed(each, keyID, environment)) ? all : withEntry(all, entry),
    );
    const taken = register.find((each) => isDelivered(each) && isNamed(each, keyID, environment));
    return taken?.fingerprint === entry.fingerprint ? undefined : `key ${keyID} was given before, with another text`;
  };
}
