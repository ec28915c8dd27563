import type { Cache } from './cache.ts';
import { splitKey } from './object-key.ts';
import type { Reflector } from './reflector.ts';

/**
 * Reflectors of one resource, by the namespace that each follows, as one: where rights are given namespace by namespace, nobody may
 * list them all at once. It is as healthy as the one of them that is worst off. One whose list the API server refuses counts as empty:
 * a namespace that is deleted takes its rights with it, and those who work in the others must not wait for it.
 */
export function joinReflectors<T>(parts: ReadonlyMap<string, Reflector<T>>): Reflector<T> {
  const all = [...parts.values()];
  const answered = Promise.all(all.map((each) => each.answered)).then(() => {});
  return {
    cache: joinCaches(parts),
    synced: Promise.all([answered, Promise.any(all.map(({ synced }) => synced))]).then(() => {}),
    answered,
    obstacles: () => all.flatMap((each) => each.obstacles()),
    onService(handler) {
      for (const each of all) each.onService(handler);
    },
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
