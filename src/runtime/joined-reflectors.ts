import type { Cache } from './cache.ts';
import { splitKey } from './object-key.ts';
import type { Reflector } from './reflector.ts';

/**
 * Reflectors of one resource, by the namespace that each follows, as one: where rights are given namespace by namespace, nobody may
 * list them all at once. It is as far in step, and as healthy, as the one of them that is worst off.
 */
export function joinReflectors<T>(parts: ReadonlyMap<string, Reflector<T>>): Reflector<T> {
  const all = [...parts.values()];
  return {
    cache: joinCaches(parts),
    synced: Promise.all(all.map(({ synced }) => synced)).then(() => {}),
    answered: Promise.all(all.map(({ answered }) => answered)).then(() => {}),
    obstacles: () => all.flatMap((each) => each.obstacles()),
    onChange(handler) {
      const stops = all.map((each) => each.onChange(handler));
      return () => {
        for (const stop of stops) stop();
      };
    },
    async run(signal) {
      await Promise.all(all.map((each) => each.run(signal)));
    },
    healthy: () => all.every((each) => each.healthy()),
  };
}

function joinCaches<T>(parts: ReadonlyMap<string, Reflector<T>>): Cache<T> {
  const caches = [...parts.values()].map(({ cache }) => cache);
  return {
    get: (key) => parts.get(splitKey(key).namespace ?? '')?.cache.get(key),
    list: () => caches.values().flatMap((cache) => cache.list()),
    size: () => caches.reduce((sum, cache) => sum + cache.size(), 0),
    byIndex: (index, value) => caches.flatMap((cache) => cache.byIndex(index, value)),
  };
}
