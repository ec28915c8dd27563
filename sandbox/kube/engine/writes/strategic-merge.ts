import { asArray, clone, equal, isObject, type Json, type JsonObject } from '../json.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';
import { badRequest } from '../status.ts';

type Identity = (item: Json) => Json | undefined;

function directive(patch: JsonObject, prefix: string, name: string): Json[] | undefined {
  const value = patch[`$${prefix}/${name}`];
  return Array.isArray(value) ? value : undefined;
}

/** Interleaves what a patch orders with what only the server has, near to the order that the server had. */
function inOrder(merged: Json[], order: Json[], server: Json[], identity: Identity): Json[] {
  const place = (list: Json[], item: Json) => list.findIndex((other) => equal(identity(other), identity(item)));
  const isOrdered = (item: Json) => place(order, item) >= 0;
  const left = merged.filter((item) => !isOrdered(item));
  const right = merged.filter(isOrdered).sort((a, b) => place(order, a) - place(order, b));
  const result: Json[] = [];
  while (left.length > 0 && right.length > 0) {
    const [l, r] = [place(server, left[0] ?? null), place(server, right[0] ?? null)];
    const next = l >= 0 && r >= 0 && l < r ? left.shift() : right.shift();
    result.push(next ?? null);
  }
  return [...result, ...left, ...right];
}

function mergeObjects(target: Json[], patch: Json[], key: string, schema: Schema): Json[] {
  const items = patch.filter(isObject);
  if (items.some((item) => item.$patch === 'replace')) return items.filter((item) => item.$patch === undefined);
  const result = [...target];
  for (const item of items) {
    if (item[key] === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    }
    const index = result.findIndex((old) => isObject(old) && equal(old[key], item[key]));
    if (item.$patch === 'delete') result.splice(index, index < 0 ? 0 : 1);
    else if (index < 0) result.push(strategicMerge({}, item, schema));
    else result[index] = strategicMerge(result[index], item, schema);
  }
  return result;
}

function mergeList(target: Json[], patch: JsonObject, name: string, schema: Schema): Json[] {
  const key = schema['x-kubernetes-patch-merge-key'];
  const identity: Identity = (item) => (key && isObject(item) ? item[key] : item);
  const removed = directive(patch, 'deleteFromPrimitiveList', name) ?? [];
  const added = asArray(patch[name]);
  const merged = key
    ? mergeObjects(target, added, key, schema.items ?? {})
    : [...target, ...added.filter((item) => !target.includes(item))].filter((item) => !removed.includes(item));
  return inOrder(merged, directive(patch, 'setElementOrder', name) ?? added, target, identity);
}

/** The members that a patch is about: those it names itself, and those it names in directives only. */
function membersOf(patch: JsonObject): Set<string> {
  return new Set(Object.keys(patch).flatMap((key) => (key.startsWith('$') ? key.split('/').slice(1) : [key])));
}

/**
 * Strategic merge patch: objects merge, null deletes, lists merge where their type has a merge strategy. Knows the
 * directives $patch, $retainKeys, $setElementOrder and $deleteFromPrimitiveList. Throws 400.
 */
export function strategicMerge(target: Json | undefined, patch: Json, schema: Schema): Json {
  if (!isObject(patch)) return clone(patch);
  if (patch.$patch === 'delete') return {};
  const retained = patch.$retainKeys;
  const result: JsonObject = isObject(target) && patch.$patch !== 'replace' ? { ...target } : {};
  if (Array.isArray(retained)) {
    for (const name of Object.keys(result)) if (!retained.includes(name)) delete result[name];
  }
  for (const name of membersOf(patch)) {
    const value = patch[name];
    const member = memberSchema(schema, name) ?? {};
    const merges = member['x-kubernetes-patch-strategy']?.split(',').includes('merge');
    if (value === null) delete result[name];
    else if (merges && (value === undefined || Array.isArray(value))) {
      if (value !== undefined || result[name] !== undefined)
        result[name] = mergeList(asArray(result[name]), patch, name, member);
    } else if (value !== undefined) result[name] = strategicMerge(result[name], value, member);
  }
  return result;
}
