/** What `{{names}}` stand for in one call. */
export interface Values {
  readonly texts: Readonly<Record<string, string | undefined>>;
  /** What a text of a JSON body becomes that is such a name and nothing else. */
  readonly wholes?: Readonly<Record<string, unknown>>;
}

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** The names in a text, as they are written. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/** The name that a text is, where it is one and nothing else. */
export function wholeName(text: string): string | undefined {
  const [name, ...more] = namesIn(text);
  return name !== undefined && more.length === 0 && text === `{{${name}}}` ? name : undefined;
}

/** A name that a request needs has no value in this call. */
export class ValueMissingError extends Error {
  override readonly name = 'ValueMissingError';
  readonly missing: string;

  constructor(missing: string) {
    super(`{{${missing}}} has no value`);
    this.missing = missing;
  }
}

/** A value that cannot stand where the declaration puts it. It is not shown: it may be anything. */
export class UnfitValueError extends Error {
  override readonly name = 'UnfitValueError';
}

/** The text with its names replaced, each value once and by `encode`: what a value holds is never read as a name. */
export function fill(text: string, { texts }: Values, encode: (value: string) => string = (value) => value): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(texts, name) ? texts[name] : undefined;
    if (value === undefined) throw new ValueMissingError(name);
    return encode(value);
  });
}

/**
 * A JSON value with the names in its texts, and in what its members are called, replaced. Values stay texts: none of them can end one and
 * begin another. Throws UnfitValueError where two members of an object come to have one name.
 */
export function fillJson(template: unknown, values: Values): unknown {
  if (typeof template === 'string') {
    const name = wholeName(template);
    if (name !== undefined && values.wholes && Object.hasOwn(values.wholes, name)) return values.wholes[name];
    return fill(template, values);
  }
  if (Array.isArray(template)) return template.map((item) => fillJson(item, values));
  if (typeof template !== 'object' || template === null) return template;
  const members = Object.entries(template).map(([member, value]) => [fill(member, values), fillJson(value, values)]);
  const filled = Object.fromEntries(members);
  // A value that is called as what stands beside it would take its place.
  if (Object.keys(filled).length === members.length) return filled;
  throw new UnfitValueError('two members of its body would have one name');
}
