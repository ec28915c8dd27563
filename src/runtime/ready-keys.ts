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

/** The keys of one group in one namespace, in the order of adding. */
interface Line {
  readonly namespace: string;
  readonly group: string;
  readonly keys: Set<string>;
}

/**
 * Lines of keys: namespaces take turns, and within one its groups do. So whoever makes ten thousand objects, or a hundred issuers that
 * never answer, has the others wait for one turn of his, and not for all of his work.
 *
 * A line whose turn comes while its group has no room is put aside until it has: ten thousand namespaces that wait for one group are not
 * looked through again for each of the others.
 */
export function createReadyKeys({ namespaceOf, groupOf, maxPerNamespace, maxPerGroup }: ReadyKeysOptions): ReadyKeys {
  /** namespace -> group -> line; whose turn it is stands first. */
  const turns = new Map<string, Map<string, Line>>();
  /** group -> namespace -> line; in a group the longest put aside stands first, and first of all the group that has any for longest. */
  const aside = new Map<string, Map<string, Line>>();
  /** key -> where it waits. */
  const waiting = new Map<string, Line>();
  /** key -> the line that it was taken from. */
  const running = new Map<string, Line>();
  const [ofNamespace, ofGroup] = [createCounts(), createCounts()];

  const namespaceHasRoom = (namespace: string) => ofNamespace.of(namespace) < maxPerNamespace;
  /** Whichever namespaces its keys are of: what hangs, hangs for all of them. */
  const groupHasRoom = (group: string) => ofGroup.of(group) < maxPerGroup;

  function putAside(line: Line): void {
    remove(turns, line.namespace, line.group);
    put(aside, line.group, line.namespace, line);
  }

  function takeOut({ namespace, group }: Line): void {
    remove(turns, namespace, group);
    remove(aside, group, namespace);
  }

  function leave(key: string, line: Line): void {
    waiting.delete(key);
    line.keys.delete(key);
    if (line.keys.size === 0) takeOut(line);
  }

  /** Their turn has come already. */
  function firstAside(): Line | undefined {
    for (const [group, lines] of aside) {
      if (!groupHasRoom(group)) continue;
      // Few namespaces have no room: what runs is theirs.
      for (const line of lines.values()) if (namespaceHasRoom(line.namespace)) return line;
    }
    return undefined;
  }

  function firstInTurn(): Line | undefined {
    for (const [namespace, lines] of turns) {
      if (!namespaceHasRoom(namespace)) continue;
      for (const line of lines.values()) {
        if (groupHasRoom(line.group)) return line;
        putAside(line);
      }
    }
    return undefined;
  }

  /** Of the namespace and of the line. */
  function endTurn(line: Line): void {
    const { namespace, group, keys } = line;
    takeOut(line);
    if (keys.size > 0) put(turns, namespace, group, line);
    const others = turns.get(namespace);
    if (!others) return;
    turns.delete(namespace);
    turns.set(namespace, others);
  }

  return {
    add(key) {
      const [namespace, group] = [namespaceOf(key), groupOf(key)];
      const stands = waiting.get(key);
      if (stands?.group === group) return;
      if (stands) leave(key, stands);
      const line = aside.get(group)?.get(namespace) ??
        turns.get(namespace)?.get(group) ?? { namespace, group, keys: new Set() };
      if (line.keys.size === 0) put(turns, namespace, group, line);
      line.keys.add(key);
      waiting.set(key, line);
    },
    take() {
      const line = firstAside() ?? firstInTurn();
      const [key] = line?.keys ?? [];
      if (!line || key === undefined) return undefined;
      leave(key, line);
      endTurn(line);
      running.set(key, line);
      ofNamespace.add(line.namespace);
      ofGroup.add(line.group);
      return key;
    },
    end(key) {
      const line = running.get(key);
      if (!line) return;
      running.delete(key);
      ofNamespace.remove(line.namespace);
      ofGroup.remove(line.group);
    },
    isRunning: (key) => running.has(key),
    clear() {
      turns.clear();
      aside.clear();
      waiting.clear();
    },
    waiting: () => waiting.size,
    running: () => running.size,
  };
}

type LinesBy = Map<string, Map<string, Line>>;

/** At the end, where it is new. */
function put(lines: LinesBy, outer: string, inner: string, line: Line): void {
  lines.set(outer, (lines.get(outer) ?? new Map<string, Line>()).set(inner, line));
}

function remove(lines: LinesBy, outer: string, inner: string): void {
  const within = lines.get(outer);
  within?.delete(inner);
  if (within?.size === 0) lines.delete(outer);
}
