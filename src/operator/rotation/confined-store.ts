import type { KeyStore } from '../../stores/port.ts';

/**
 * The same store, in which no path is read or written before `assertGranted` has let it pass; what that throws is the answer. Paths
 * come from status too, which anybody may have written: so each call asks.
 */
export function confinedStore(store: KeyStore, assertGranted: (path: string) => void): KeyStore {
  return {
    ...store,
    async read(path) {
      assertGranted(path);
      return store.read(path);
    },
    async publish(publication) {
      assertGranted(publication.path);
      return store.publish(publication);
    },
    async readReplaced(path, former) {
      assertGranted(path);
      return store.readReplaced(path, former);
    },
    async forgetReplaced(path, by) {
      assertGranted(path);
      return store.forgetReplaced(path, by);
    },
  };
}
