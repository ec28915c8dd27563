/** Longer ones are messages of their own, hardly ever equal. */
const LONGEST = 256;

/**
 * Makes equal strings among these values, which come fresh from a JSON parser, one string in memory, and equal small objects and lists
 * that hold no others one object: a parser makes one of each, and a list of rotations repeats the same conditions, references, schedules
 * and names thousands of times. Changes the values in place, and not what they say.
 */
export function shareValues(values: readonly object[]): void {
  const strings = new Map<string, string>();
  const objects = new Map<string, object>();

  function shared(value: unknown): unknown {
    if (typeof value === 'string') return value.length > LONGEST ? value : firstOf(strings, value, value);
    if (typeof value !== 'object' || value === null) return value;
    if (!share(value as Record<string, unknown>)) return value;
    const text = JSON.stringify(value);
    return text.length > LONGEST ? value : firstOf(objects, text, value);
  }

  /** Tells whether there are neither objects nor lists in it. */
  function share(value: Record<string, unknown>): boolean {
    let isFlat = true;
    for (const key in value) {
      const member = value[key];
      if (typeof member === 'object' && member !== null) isFlat = false;
      value[key] = shared(member);
    }
    return isFlat;
  }
  for (const value of values) share(value as Record<string, unknown>);
}

function firstOf<T>(known: Map<string, T>, text: string, value: T): T {
  const first = known.get(text);
  if (first === undefined) known.set(text, value);
  return first ?? value;
}
