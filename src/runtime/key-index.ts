/** Keys by a value that they have, several of them by several values. */
export interface KeyIndex {
  add(value: string, key: string): void;
  remove(value: string, key: string): void;
  /** In the order in which they were added. */
  of(value: string): Iterable<string>;
}

/** Where each of ten thousand paths has one key, a Set each would take more than all the keys do. */
export function createKeyIndex(): KeyIndex {
  const keys = new Map<string, string | Set<string>>();

  return {
    add(value, key) {
      const found = keys.get(value);
      if (found === undefined || found === key) keys.set(value, key);
      else if (typeof found === 'string') keys.set(value, new Set([found, key]));
      else found.add(key);
    },
    remove(value, key) {
      const found = keys.get(value);
      if (found === key) keys.delete(value);
      else if (typeof found === 'object' && found.delete(key) && found.size === 0) keys.delete(value);
    },
    of(value) {
      const found = keys.get(value) ?? [];
      return typeof found === 'string' ? [found] : found;
    },
  };
}
