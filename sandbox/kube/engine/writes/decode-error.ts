import { asString, isObject, type Json } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';

/** The type that Go gives to what a built-in schema describes. */
function goTypeOf(schema: Schema): string {
  if (typeof schema.additionalProperties === 'object') return `map[string]${goTypeOf(schema.additionalProperties)}`;
  if (schema.items) return `[]${goTypeOf(schema.items)}`;
  const { 'x-go-struct': struct, 'x-go-type': type } = schema;
  return typeof struct === 'string' && schema.properties ? `v1.${struct}` : asString(type);
}

/** The type of a JSON value as Go names it. */
export function jsonTypeOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/**
 * What Go says of a value of another type than its field in a built-in object: the field's struct, then the way to it
 * without indexes and keys of maps. Undefined where the schema does not tell.
 * @param path as validation errors have it, `spec.containers[0].image`
 */
export function decodeError(object: KubeObject, schema: Schema, path: string): string | undefined {
  let value: Json | undefined = object;
  let inner: Schema | undefined = schema;
  let struct = schema['x-go-struct'];
  const fields: string[] = [];
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    if (inner?.properties) struct = inner['x-go-struct'];
    if (inner?.properties) fields.push(step);
    inner = Array.isArray(value) ? inner?.items : memberSchema(inner ?? {}, step);
    if (Array.isArray(value)) value = value[Number(step)];
    else value = isObject(value) ? value[step] : undefined;
  }
  if (inner === undefined || value === undefined || value === null || goTypeOf(inner) === '') return undefined;
  const field = `${asString(struct)}.${fields.join('.')}`;
  return `json: cannot unmarshal ${jsonTypeOf(value)} into Go struct field ${field} of type ${goTypeOf(inner)}`;
}
