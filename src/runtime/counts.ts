/** How many there are of each name; a name of which there is none is not kept. */
export interface Counts {
  add(name: string): void;
  remove(name: string): void;
  of(name: string): number;
}

/** Of none. */
export function createCounts(): Counts {
  const counts = new Map<string, number>();
  const of = (name: string) => counts.get(name) ?? 0;
  return {
    add: (name) => counts.set(name, of(name) + 1),
    remove(name) {
      if (of(name) > 1) counts.set(name, of(name) - 1);
      else counts.delete(name);
    },
    of,
  };
}
