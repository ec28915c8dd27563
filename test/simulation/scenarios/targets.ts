/** Where the key is written in most stories, and where else it is in some. */
export const MAIN = { name: 'main', storeRef: { name: 'store' }, path: 'apio' };
export const SECOND = { name: 'second', storeRef: { name: 'store' }, path: 'apio-second' };
