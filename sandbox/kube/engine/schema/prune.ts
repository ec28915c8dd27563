import { clone, entries, isObject, type Json, type JsonObject } from '../json.ts';
import { child, isTypeMember, memberSchema, type Schema } from './schema.ts';

function keepsUnknown(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
}

/** Drops, in place, what the schema does not know. Returns the paths of what was dropped, for strict decoding. */
export function prune(value: Json | undefined, schema: Schema, path = ''): string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, index) => prune(item, items, `${path}[${index}]`)) : [];
  }
  if (!isObject(value)) return [];
  return entries(value).flatMap(([name, member]) => {
    const at = child(path, name);
    const known = memberSchema(schema, name);
    if (isTypeMember(name, schema, path === '')) return [];
    if (known) return prune(member, known, at);
    if (keepsUnknown(schema)) return [];
    delete value[name];
    return [at];
  });
}

function dropNulls(value: JsonObject, schema: Schema): void {
  for (const [name, member] of entries(value)) {
    const known = memberSchema(schema, name);
    if (member === null && known && known.nullable !== true) delete value[name];
  }
}

function applyOwnDefaults(value: JsonObject, schema: Schema): void {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (value[name] === undefined && property.default !== undefined) value[name] = clone(property.default);
  }
}

/** Drops, in place, nulls that are not allowed, then fills what is absent and has a default in the schema. */
export function applyDefaults(value: Json | undefined, schema: Schema): void {
  if (Array.isArray(value)) {
    for (const item of value) applyDefaults(item, schema.items ?? {});
  }
  if (!isObject(value)) return;
  dropNulls(value, schema);
  applyOwnDefaults(value, schema);
  for (const [name, member] of entries(value)) applyDefaults(member, memberSchema(schema, name) ?? {});
}
