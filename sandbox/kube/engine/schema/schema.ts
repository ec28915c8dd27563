import { entries, isObject, type Json, type JsonObject } from '../json.ts';

/** One entry of `x-kubernetes-validations`. */
export interface ValidationRule extends JsonObject {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

/** A structural schema: OpenAPI v3.0 as CustomResourceDefinitions allow it. */
export interface Schema extends JsonObject {
  type?: string;
  format?: string;
  properties?: { [name: string]: Schema };
  additionalProperties?: boolean | Schema;
  items?: Schema;
  required?: string[];
  enum?: Json[];
  default?: Json;
  nullable?: boolean;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  not?: Schema;
  'x-kubernetes-validations'?: ValidationRule[];
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  uniqueItems?: boolean;
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-patch-merge-key'?: string;
}

/** Members that an object has beside its schema: those of the root and of embedded resources. */
export function isTypeMember(name: string, schema: Schema, isRoot: boolean): boolean {
  return (isRoot || schema['x-kubernetes-embedded-resource'] === true) && /^(apiVersion|kind|metadata)$/.test(name);
}

/** The schema of a member: a property, else the one of map values. */
export function memberSchema(schema: Schema, name: string): Schema | undefined {
  const property = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined;
  if (property) return property;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** The schemas of members, with the path that definitions name them by. */
export function subschemas(schema: Schema, path = ''): [Schema, string][] {
  const properties = entries(schema.properties ?? {}).map(([name, sub]): [Json, string] => [
    sub,
    `${path}.properties[${name}]`,
  ]);
  const others = (['items', 'additionalProperties'] as const).map((name): [Json, string] => [
    schema[name] ?? null,
    `${path}.${name}`,
  ]);
  return [...properties, ...others].filter((entry): entry is [Schema, string] => isObject(entry[0]));
}

const ruled = new WeakMap<Schema, boolean>();

/** Whether a schema has rules anywhere. */
export function hasRules(schema: Schema): boolean {
  const known = ruled.get(schema);
  if (known !== undefined) return known;
  const found = schema['x-kubernetes-validations'] !== undefined || subschemas(schema).some(([sub]) => hasRules(sub));
  ruled.set(schema, found);
  return found;
}

/** `spec.a` within `spec`; the root has the empty path. */
export function child(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** The item of the old list that a list-map item continues; undefined for other lists, as their items have no identity. */
export function oldItem(item: Json, old: Json | undefined, schema: Schema): Json | undefined {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return undefined;
  const identity = mapKey(item, schema);
  return old.find((candidate) => mapKey(candidate, schema) === identity);
}

/** Identity of a list-map item as JSON text of its key fields. */
export function mapKey(item: Json, schema: Schema): string {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const members = typeof item === 'object' && item !== null && !Array.isArray(item) ? item : {};
  return JSON.stringify(Object.fromEntries(keys.map((key) => [key, members[key]])));
}
