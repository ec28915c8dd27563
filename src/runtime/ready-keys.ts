import { createCounts } from './counts.ts';

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
  /** A key that waits already keeps its place, unless it is of another group by now. */
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
  /** key -> the group that it waits with. */
  const waiting = new Map<string, string>();
  /** key -> the group that it was taken from. */
  const running = new Map<string, string>();
  const [ofNamespace, ofGroup] = [createCounts(), createCounts()];
  /** All that wait were found to have no room, and nothing has changed since: ten thousand that are added then are not each compared with all. */
  let allMustWait = false;

  const namespaceHasRoom = (namespace: string) => ofNamespace.of(namespace) < maxPerNamespace;
  /** Whichever namespaces its keys are of: what hangs, hangs for all of them. */
  const groupHasRoom = (group: string) => ofGroup.of(group) < maxPerGroup;

  function leaveLine(key: string, group: string): void {
    const groups = lines.get(namespaceOf(key));
    const keys = groups?.get(group);
    waiting.delete(key);
    keys?.delete(key);
    if (keys?.size === 0) groups?.delete(group);
    if (groups?.size === 0) lines.delete(namespaceOf(key));
  }

  function takeOf(namespace: string, groups: Map<string, Set<string>>): string | undefined {
    for (const [group, keys] of groups) {
      const [key] = keys;
      if (key === undefined || !groupHasRoom(group)) continue;
      // Who has his turn goes to the end of the line.
      moveLast(lines, namespace, groups);
      moveLast(groups, group, keys);
      leaveLine(key, group);
      running.set(key, group);
      ofNamespace.add(namespace);
      ofGroup.add(group);
      return key;
    }
    return undefined;
  }

  return {
    add(key) {
      const [namespace, group] = [namespaceOf(key), groupOf(key)];
      const waitsWith = waiting.get(key);
      if (waitsWith === group) return;
      if (waitsWith !== undefined) leaveLine(key, waitsWith);
      const groups = lines.get(namespace) ?? new Map<string, Set<string>>();
      lines.set(namespace, groups.set(group, (groups.get(group) ?? new Set()).add(key)));
      waiting.set(key, group);
      allMustWait &&= !(namespaceHasRoom(namespace) && groupHasRoom(group));
    },
    take() {
      if (allMustWait) return undefined;
      for (const [namespace, groups] of lines) {
        const key = namespaceHasRoom(namespace) ? takeOf(namespace, groups) : undefined;
        if (key !== undefined) return key;
      }
      allMustWait = true;
      return undefined;
    },
    end(key) {
      const group = running.get(key);
      if (group === undefined) return;
      running.delete(key);
      ofNamespace.remove(namespaceOf(key));
      ofGroup.remove(group);
      allMustWait = false;
    },
    isRunning: (key) => running.has(key),
    clear() {
      lines.clear();
      waiting.clear();
    },
    waiting: () => waiting.size,
    running: () => running.size,
  };
}

function moveLast<T>(line: Map<string, T>, name: string, value: T): void {
  line.delete(name);
  line.set(name, value);
}
