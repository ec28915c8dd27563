import type { KeyStore } from './port.ts';

/** The same store, where `around` has every call in its hand; `op` is the name of the call in metrics. */
export function aroundStore(store: KeyStore, around: <T>(op: string, call: () => Promise<T>) => Promise<T>): KeyStore {
  return {
    address: store.address,
    versionsNameValues: store.versionsNameValues,
    keepsVersions: store.keepsVersions,
    read: (path) => around('read', () => store.read(path)),
    publish: (publication) => around('publish', () => store.publish(publication)),
    readReplaced: (path, former) => around('read', () => store.readReplaced(path, former)),
    forgetReplaced: (path, by) => around('forget', () => store.forgetReplaced(path, by)),
    check: () => around('check', () => store.check()),
  };
}
