/** Resolves when no promise has anything left to do: ticks come after them. Much cheaper than a turn of the event loop. */
const quiet = () => new Promise<void>((resolve) => process.nextTick(resolve));

interface Event {
  readonly due: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * Virtual time: events run in the order of their due times, equal ones in the order in which they were set; after each one
 * everything that follows from it without waiting is done before the next one runs.
 */
export class Scheduler {
  #now = 0;
  #order = 0;
  /** A binary heap, the next event first. */
  readonly #heap: Event[] = [];

  /** True milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** Runs `run` once `delayMs` from now, in whole milliseconds and never too early; the returned function takes it back. */
  after(delayMs: number, run: () => void): () => void {
    const event: Event = { due: this.#now + Math.max(0, Math.ceil(delayMs)), order: this.#order++, run };
    this.#push(event);
    return () => {
      event.run = undefined;
    };
  }

  /** Lets time pass until `condition` holds, asked after every event; false when `limitMs` pass or nothing is left before it does. */
  async runUntil(condition: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#now + limitMs;
    await quiet();
    while (!condition()) {
      const next = this.#pop();
      if (!next || next.due > end) {
        if (next) this.#push(next);
        this.#now = end;
        return false;
      }
      this.#now = next.due;
      next.run?.();
      await quiet();
    }
    return true;
  }

  #pop(): Event | undefined {
    for (let next = this.#take(); next; next = this.#take()) if (next.run) return next;
    return undefined;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || precedes(parent, event)) break;
      heap[at] = parent;
      heap[above] = event;
      at = above;
    }
  }

  #take(): Event | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || first === last) return first;
    let at = 0;
    for (;;) {
      const below = smallerChild(heap, at);
      const child = heap[below];
      if (!child || precedes(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function smallerChild(heap: readonly Event[], at: number): number {
  const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
  return left && right && precedes(right, left) ? 2 * at + 2 : 2 * at + 1;
}

function precedes(a: Event, b: Event): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
