import { STORE } from '../kernel/world.ts';

/** Where the key is written in most stories, and where else it is in some. */
export const MAIN = { name: 'main', storeRef: { name: STORE }, path: 'shop-key' };
export const SECOND = {
  name: 'second',
  storeRef: { name: STORE },
  path: 'shop-key-second',
  fields: { key: 'key', keyID: 'keyID', previous: 'previousKey' },
} as const;
/** The first one, where it shows the key before beside the present one, too. */
export const SHOWING = { ...MAIN, fields: SECOND.fields };

/** Who reads there, and the ServiceAccount of its pods. */
export const CONSUMER = 'accounts';
