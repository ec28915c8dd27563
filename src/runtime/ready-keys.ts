/** Who stands where, and how many of one kind may be worked on at a time. */
export interface ReadyKeysOptions {
  readonly namespaceOf: (key: string) => string;
  /** Asked when a key is added; one group may have keys of several namespaces. */
  readonly groupOf: (key: string) => string;
  readonly maxPerNamespace: number;
  /** Over all namespaces. */
  readonly maxPerGroup: number;
}

/** Keys that wait for a free worker, and those that have one. */
export interface ReadyKeys {
  /** A key that waits already keeps its place. */
  add(key: string): void;
  /** The next one to be worked on, which runs from then on; undefined where there is none, or all of them must wait. */
  take(): string | undefined;
  /** Its work has ended. */
  end(key: string): void;
  isRunning(key: string): boolean;
  clear(): void;
  waiting(): number;
  running(): number;
}

/**
 * Lines of keys: namespaces take turns, and within one its groups do. So whoever makes ten thousand objects, or a hundred issuers that
 * never answer, has the others wait for one turn of his, and not for all of his work.
 */
export function createReadyKeys({ namespaceOf, groupOf, maxPerNamespace, maxPerGroup }: ReadyKeysOptions): ReadyKeys {
  /** namespace -> group -> keys in the order of adding; whose turn it is stands first. */
  const lines = new Map<string, Map<string, Set<string>>>();
  /** key -> group. */
  const running = new Map<string, string>();

  /** A key whose group changed since it was added stands in the old line; it must not stand in both. */
  function isWaiting(key: string): boolean {
    for (const keys of lines.get(namespaceOf(key))?.values() ?? []) if (keys.has(key)) return true;
    return false;
  }

  function namespaceHasRoom(namespace: string): boolean {
    return [...running.keys()].filter((key) => namespaceOf(key) === namespace).length < maxPerNamespace;
  }

  /** Whichever namespaces its keys are of: what hangs, hangs for all of them. */
  function groupHasRoom(group: string): boolean {
    return [...running.values()].filter((other) => other === group).length < maxPerGroup;
  }

  function takeOf(groups: Map<string, Set<string>>): string | undefined {
    for (const [group, keys] of groups) {
      const [key] = keys;
      if (key === undefined || !groupHasRoom(group)) continue;
      keys.delete(key);
      standLast(groups, group, keys);
      running.set(key, group);
      return key;
    }
    return undefined;
  }

  return {
    add(key) {
      if (isWaiting(key)) return;
      const [namespace, group] = [namespaceOf(key), groupOf(key)];
      const groups = lines.get(namespace) ?? new Map<string, Set<string>>();
      lines.set(namespace, groups.set(group, (groups.get(group) ?? new Set()).add(key)));
    },
    take() {
      for (const [namespace, groups] of lines) {
        const key = namespaceHasRoom(namespace) ? takeOf(groups) : undefined;
        if (key === undefined) continue;
        standLast(lines, namespace, groups);
        return key;
      }
      return undefined;
    },
    end: (key) => running.delete(key),
    isRunning: (key) => running.has(key),
    clear: () => lines.clear(),
    waiting() {
      const groups = [...lines.values()].flatMap((each) => [...each.values()]);
      return groups.reduce((count, keys) => count + keys.size, 0);
    },
    running: () => running.size,
  };
}

/** Who had a turn goes to the end of the line, and out of it where nothing is left to do. */
function standLast<T extends { readonly size: number }>(line: Map<string, T>, name: string, rest: T): void {
  line.delete(name);
  if (rest.size > 0) line.set(name, rest);
}
