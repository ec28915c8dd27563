import { systemClock } from '../../../src/runtime/clock.ts';
import { systemEntropy } from '../../../src/runtime/entropy.ts';
import { createHttpKubeApi } from '../../../src/runtime/kube/http-kube-api.ts';
import type { KubeApi, KubeObject, Selection } from '../../../src/runtime/kube/kube-api.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { createTransport } from '../../../src/runtime/kube/transport.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createReflector } from '../../../src/runtime/reflector.ts';
import type { ControlPlane } from '../components/control-plane.ts';

/** Sees what happens to objects, as the administrator, whatever happens to the API server meanwhile. */
export interface Follower {
  /** Calls back with each version of each object that is seen, and once more when it is gone. */
  follow(selection: Selection, onVersion: (object: KubeObject, isGone: boolean) => void): void;
  close(): Promise<void>;
}

/** Follows nothing yet. */
export function createFollower(plane: Pick<ControlPlane, 'url' | 'ca' | 'adminToken'>): Follower {
  const ending = new AbortController();
  const running: Promise<void>[] = [];
  const headers = { authorization: `Bearer ${plane.adminToken}` };
  const transport = createTransport({
    connection: {
      server: plane.url,
      namespace: undefined,
      credentials: async () => ({ headers, tls: { ca: plane.ca } }),
    },
    clock: systemClock,
    serverTime: createServerTime(systemClock),
  });
  const kube: KubeApi = createHttpKubeApi(transport, systemEntropy);
  return {
    follow(selection, onVersion) {
      const limits = { backoff: { baseMs: 100, maxMs: 1_000 } };
      const reflector = createReflector({
        ...{ kube, selection, limits },
        clock: systemClock,
        entropy: systemEntropy,
        log: silentLog,
      });
      reflector.onChange(({ type, object }) => onVersion(object, type === 'Deleted'));
      running.push(reflector.run(ending.signal));
    },
    async close() {
      ending.abort();
      await Promise.all(running);
      await transport.close();
    },
  };
}
