import { asObject, clone, isObject, type Json, type JsonObject } from '../../../sandbox/kube/engine/json.ts';

/** What saved answers and the namespace are called in a case. */
export type Names = ReadonlyMap<string, Json>;

/**
 * Walks `a.b.0.c`, or the JSON pointer `/a/b.c/0`, inwards; undefined as soon as a member is missing. In a pointer
 * `metadata.name=x` is the item of a list that has this.
 */
export function at(value: Json | undefined, path: string): Json | undefined {
  const names = path.startsWith('/')
    ? path
        .slice(1)
        .split('/')
        .map((name) => name.replaceAll('~1', '/'))
    : path.split('.');
  return names.reduce<Json | undefined>((inner, name) => {
    const [key = '', value] = name.split('=');
    if (Array.isArray(inner))
      return value === undefined ? inner[Number(name)] : inner.find((item) => at(item, key) === value);
    return isObject(inner) ? inner[name] : undefined;
  }, value);
}

/** The text with every `$(name)` and `$(name.path)` replaced. Throws where there is no such thing, since the case is wrong. */
export function resolveText(text: string, names: Names): string {
  return text.replace(/\$\(([\w-]+)(?:\.([^)]+))?\)/g, (reference, name: string, path?: string) => {
    const value = path === undefined ? names.get(name) : at(names.get(name), path);
    if (typeof value !== 'string') throw new Error(`${reference} is no text: ${JSON.stringify(value)}`);
    return value;
  });
}

/** A body with its references replaced. */
export function resolveBody(body: Json, names: Names): Json {
  if (typeof body === 'string') return resolveText(body, names);
  if (Array.isArray(body)) return body.map((item) => resolveBody(item, names));
  if (!isObject(body)) return body;
  const { $from: from, ...members } = body;
  const resolved = Object.fromEntries(
    Object.entries(members).map(([key, value]) => [key, value === undefined ? value : resolveBody(value, names)]),
  );
  return typeof from === 'string' ? merged(clone(asObject(names.get(from))), resolved) : resolved;
}

/** Merges changes in as RFC 7386 does: null takes a member away. */
function merged(target: JsonObject, changes: JsonObject): JsonObject {
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete target[key];
    else target[key] = isObject(value) ? merged(asObject(target[key]), value) : value;
  }
  return target;
}
