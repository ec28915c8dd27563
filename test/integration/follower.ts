import { systemClock } from '../../src/runtime/clock.ts';
import { createHttpKubeApi } from '../../src/runtime/kube/http-kube-api.ts';
import type { KubeObject, Resource } from '../../src/runtime/kube/kube-api.ts';
import { createServerTime } from '../../src/runtime/kube/server-time.ts';
import { createTransport } from '../../src/runtime/kube/transport.ts';
import { silentLog } from '../../src/runtime/log.ts';
import {
  createReflector,
  type Reflector,
  type ReflectorLimits,
  type RestartReason,
} from '../../src/runtime/reflector.ts';
import { createSeededEntropy } from '../doubles/seeded-entropy.ts';

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };

/** What of a set of objects has to be the same: `uid@resourceVersion` by name, sorted. */
export type Versions = Readonly<Record<string, string>>;

/** A reflector of ConfigMaps over HTTP, beside somebody who only hears of its changes. */
export interface Follower {
  readonly reflector: Reflector<KubeObject>;
  readonly restarts: readonly RestartReason[];
  /** What is known to who only hears of changes. */
  heard(): Versions;
  cached(): Versions;
  /** Runs the reflector; resolves when the first list is there. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** A follower of one namespace, that stands still until it is started. */
export function createFollower({
  url,
  namespace,
  limits,
}: {
  url: string;
  namespace: string;
  limits: Partial<ReflectorLimits>;
}): Follower {
  const transport = createTransport({
    connection: { server: url, namespace: undefined, credentials: async () => ({ headers: {}, tls: {} }) },
    clock: systemClock,
    serverTime: createServerTime(systemClock),
    timeoutMs: 5_000,
  });
  const restarts: RestartReason[] = [];
  const heard = new Map<string, KubeObject>();
  const stop = new AbortController();
  const reflector = createReflector<KubeObject>({
    kube: createHttpKubeApi(transport, createSeededEntropy(1)),
    clock: systemClock,
    entropy: createSeededEntropy(1),
    log: silentLog,
    selection: { resource: configMaps, namespace },
    limits,
    onRestart: (reason) => restarts.push(reason),
  });
  reflector.onChange(({ type, object }) => {
    if (type === 'Deleted') heard.delete(object.metadata.name);
    else heard.set(object.metadata.name, object);
  });
  return {
    reflector,
    restarts,
    heard: () => versionsOf(heard.values()),
    cached: () => versionsOf(reflector.cache.list()),
    start() {
      void reflector.run(stop.signal);
      return reflector.synced;
    },
    async close() {
      stop.abort();
      await transport.close();
    },
  };
}

/** The versions of these objects. */
export function versionsOf(objects: Iterable<KubeObject>): Versions {
  const entries = [...objects].map(({ metadata }): [string, string] => {
    return [metadata.name, `${metadata.uid}@${metadata.resourceVersion}`];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether both have the same objects in the same versions. */
export function isSame(left: Versions, right: Versions): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
