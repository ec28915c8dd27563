import type { KubeObject } from '../object.ts';

/** An object and the resource under which it is stored. */
export interface Entry {
  resource: string;
  object: KubeObject;
}

/** Finds stored objects by what they say, without looking at all of them. */
export interface ObjectIndex {
  find(term: string | undefined): Entry[];
  /** An object comes (`next`), changes, or goes (`old`). */
  replace(resource: string, key: string, old: KubeObject | undefined, next: KubeObject | undefined): void;
}

/** Creates an index. @param termsOf under which terms an object is to be found */
export function createObjectIndex(termsOf: (object: KubeObject) => string[]): ObjectIndex {
  const entries = new Map<string, Map<string, Entry>>();

  const drop = (term: string, place: string): void => {
    const found = entries.get(term);
    found?.delete(place);
    if (found?.size === 0) entries.delete(term);
  };

  return {
    find: (term = '') => [...(entries.get(term)?.values() ?? [])],
    replace(resource, key, old, next) {
      const place = `${resource} ${key}`;
      const terms = next ? termsOf(next) : [];
      for (const term of old ? termsOf(old) : []) if (!terms.includes(term)) drop(term, place);
      if (!next) return;
      for (const term of terms) {
        entries.set(term, (entries.get(term) ?? new Map<string, Entry>()).set(place, { resource, object: next }));
      }
    },
  };
}
