/** A key, and when it is due, on whatever clock its owner goes by. */
export interface DueKey {
  readonly key: string;
  readonly due: number;
}

/** Keys in the order in which they are due, each at most once; of those due at the same time, what was put in first comes first. */
export interface DueKeys {
  get(key: string): DueKey | undefined;
  /** The one that is due first. */
  first(): DueKey | undefined;
  /** Without regard to when the key was due before. */
  set(key: string, due: number): void;
  delete(key: string): void;
  clear(): void;
}

/** `at`: where it stands in the heap; `turn` grows from one to the next. */
interface Entry extends DueKey {
  readonly turn: number;
  at: number;
}

/** A binary heap, in which ten thousand keys take a few objects each and no timers. */
export function createDueKeys(): DueKeys {
  const known = new Map<string, Entry>();
  /** Each before those at twice its place + 1 and + 2. */
  const heap: Entry[] = [];
  let turns = 0;

  function place(entry: Entry, at: number): void {
    heap[at] = entry;
    entry.at = at;
  }

  /** Puts an entry where `at` is free: higher up while it is before its parent. */
  function rise(entry: Entry, at: number): void {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent && isBefore(entry, parent)) {
      place(parent, at);
      rise(entry, above);
    } else place(entry, at);
  }

  /** Puts an entry where `at` is free: further down while a child is before it. */
  function sink(entry: Entry, at: number): void {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    const child = left && right && isBefore(right, left) ? right : left;
    if (child && isBefore(child, entry)) {
      const below = child.at;
      place(child, at);
      sink(entry, below);
    } else place(entry, at);
  }

  function remove(key: string): void {
    const entry = known.get(key);
    const last = entry && heap.pop();
    known.delete(key);
    if (!entry || !last || last === entry) return;
    // Into the gap, and from there to wherever it belongs.
    if (isBefore(last, entry)) rise(last, entry.at);
    else sink(last, entry.at);
  }

  return {
    get: (key) => known.get(key),
    first: () => heap[0],
    set(key, due) {
      remove(key);
      const entry: Entry = { key, due, turn: turns, at: heap.length };
      turns += 1;
      known.set(key, entry);
      rise(entry, heap.length);
    },
    delete: remove,
    clear() {
      known.clear();
      heap.length = 0;
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.turn < b.turn);
}
