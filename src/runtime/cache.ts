import { createKeyIndex } from './key-index.ts';
import type { KubeObject } from './kube/kube-api.ts';
import { objectKey } from './object-key.ts';

/** What happened to an object. A recreated object (another uid) is Deleted, then Added. */
export type Change<T> =
  | { readonly type: 'Added'; readonly object: T }
  | { readonly type: 'Updated'; readonly object: T; readonly previous: T }
  | { readonly type: 'Deleted'; readonly object: T };

/** The objects of one selection as last seen. They are shared: never modify one. */
export interface Cache<T> {
  /** By `namespace/name`. */
  get(key: string): T | undefined;
  list(): IterableIterator<T>;
  size(): number;
  /** The objects that the index function of that name gave this value. */
  byIndex(index: string, value: string): readonly T[];
}

/** The values under which an object is found in an index. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** The writing side of a Cache, for its reflector. Each method returns the changes that it made. */
export interface WritableCache<T> extends Cache<T> {
  put(object: T): readonly Change<T>[];
  /** Without effect where nothing, or an object of another uid, has this key. */
  remove(object: T): readonly Change<T>[];
  /** Makes the content exactly this. */
  replaceAll(objects: readonly T[]): readonly Change<T>[];
}

/** An empty cache with these indexes. */
export function createCache<T extends KubeObject>(
  indexes: Readonly<Record<string, IndexFunction<T>>> = {},
): WritableCache<T> {
  const objects = new Map<string, T>();
  const indexed = createIndexes(indexes);

  function put(object: T): readonly Change<T>[] {
    const key = objectKey(object);
    const previous = objects.get(key);
    if (previous) indexed.remove(key, previous);
    objects.set(key, object);
    indexed.add(key, object);
    if (!previous) return [{ type: 'Added', object }];
    if (previous.metadata.uid !== object.metadata.uid) {
      return [
        { type: 'Deleted', object: previous },
        { type: 'Added', object },
      ];
    }
    return isSameVersion(previous, object) ? [] : [{ type: 'Updated', object, previous }];
  }

  function remove(object: T): readonly Change<T>[] {
    const key = objectKey(object);
    const previous = objects.get(key);
    if (!previous || previous.metadata.uid !== object.metadata.uid) return [];
    indexed.remove(key, previous);
    objects.delete(key);
    return [{ type: 'Deleted', object }];
  }

  return {
    get: (key) => objects.get(key),
    list: () => objects.values(),
    size: () => objects.size,
    byIndex: (index, value) => [...indexed.keys(index, value)].flatMap((key) => objects.get(key) ?? []),
    put,
    remove,
    replaceAll(present) {
      const keys = new Set(present.map(objectKey));
      const gone = [...objects].filter(([key]) => !keys.has(key)).flatMap(([, object]) => remove(object));
      return [...gone, ...present.flatMap(put)];
    },
  };
}

function isSameVersion(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.resourceVersion !== undefined && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

function createIndexes<T>(functions: Readonly<Record<string, IndexFunction<T>>>) {
  const indexes = Object.entries(functions).map(([name, valuesOf]) => ({ name, valuesOf, keys: createKeyIndex() }));

  return {
    add(key: string, object: T): void {
      for (const { keys, valuesOf } of indexes) for (const value of valuesOf(object)) keys.add(value, key);
    },
    remove(key: string, object: T): void {
      for (const { keys, valuesOf } of indexes) for (const value of valuesOf(object)) keys.remove(value, key);
    },
    keys(index: string, value: string): Iterable<string> {
      const found = indexes.find(({ name }) => name === index);
      if (!found) throw new TypeError(`There is no index ${index}`);
      return found.keys.of(value);
    },
  };
}
