/** Longer ones are messages of their own, hardly ever equal. */
const LONGEST = 256;

/**
 * Makes equal strings among these values, which come fresh from a JSON parser, one string in memory: it makes one of each, and a list
 * of rotations repeats the same reasons, messages, names and times thousands of times. Changes the values in place, and not what they say.
 */
export function shareStrings(values: readonly object[]): void {
  const known = new Map<string, string>();

  function shared(text: string): string {
    if (text.length > LONGEST) return text;
    const first = known.get(text);
    if (first === undefined) known.set(text, text);
    return first ?? text;
  }

  function share(value: Record<string, unknown>): void {
    for (const key in value) {
      const member = value[key];
      if (typeof member === 'string') value[key] = shared(member);
      else if (typeof member === 'object' && member !== null) share(member as Record<string, unknown>);
    }
  }
  for (const value of values) share(value as Record<string, unknown>);
}
