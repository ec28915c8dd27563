import { asArray, asObject, asString, entries, isObject, type Json, type JsonObject } from '../json.ts';
import type { ResourceDefinition } from '../resource.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';
import document from './built-in-schemas.gen.json' with { type: 'json' };

/** OpenAPI schemas of the built-in kinds by name, as a real API server publishes them; of Pod and Deployment without descriptions. */
export const openApiSchemas: { readonly [name: string]: JsonObject } = document;

const converted = new Map<string, Schema>();
/** What Kubernetes types say that holds for their JSON form as well. List types are left out: built-in kinds enforce none. */
const kept = ['type', 'default', 'x-kubernetes-patch-strategy', 'x-kubernetes-patch-merge-key'];

/** By format, else by type. */
const goTypes: { [name: string]: string } = {
  byte: '[]uint8',
  int32: 'int32',
  integer: 'int64',
  boolean: 'bool',
  string: 'string',
};

function convert(source: JsonObject, isSerialised = false): Schema {
  const reference = asString(source.$ref ?? asObject(asArray(source.allOf)[0]).$ref);
  const schema: Schema = reference === '' ? {} : { ...named(reference.slice('#/components/schemas/'.length)) };
  for (const name of kept) if (source[name] !== undefined) schema[name] = source[name];
  // Serialised even where it is absent.
  if (reference.endsWith('.MicroTime') || isSerialised) schema.nullable = true;
  const goType = goTypes[asString(source.format)] ?? goTypes[asString(source.type)];
  if (goType !== undefined) schema['x-go-type'] = goType;
  if (source.format === 'int-or-string') schema['x-kubernetes-int-or-string'] = true;
  if (isObject(source.items)) schema.items = convert(source.items);
  if (isObject(source.additionalProperties)) schema.additionalProperties = convert(source.additionalProperties);
  const properties = Object.entries(asObject(source.properties));
  if (properties.length > 0) {
    schema.properties = Object.fromEntries(
      properties.map(([name, member]) => [
        name,
        convert(asObject(member), /^((first|last)Timestamp|rules)$/.test(name)),
      ]),
    );
  } else if (reference === '' && source.type === 'object' && !schema.additionalProperties) {
    schema['x-kubernetes-preserve-unknown-fields'] = true;
  }
  return schema;
}

function named(name: string): Schema {
  const schema = converted.get(name) ?? convert(openApiSchemas[name] ?? {});
  schema['x-go-struct'] = name.split('.').at(-1);
  converted.set(name, schema);
  return schema;
}

/** Of the metadata of every object. */
export const objectMetaSchema = named('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');

/** Go leaves out lists and maps that are empty. */
function dropEmpty(value: Json, schema: Schema): void {
  if (Array.isArray(value)) for (const item of value) dropEmpty(item, schema.items ?? {});
  if (!isObject(value)) return;
  for (const [name, member] of entries(value)) {
    const known = memberSchema(schema, name) ?? {};
    const isMap = isObject(member) && known.additionalProperties !== undefined;
    const isList = Array.isArray(member) && known.items !== undefined;
    if ((isMap || isList) && Object.keys(member).length === 0) delete value[name];
    else dropEmpty(member, known);
  }
}

/** Whether an OpenAPI schema is that of a kind. */
export function describesKind(source: Json | undefined, { group, version, kind }: ResourceDefinition): boolean {
  const kinds = asArray(asObject(source)['x-kubernetes-group-version-kind']);
  return kinds.some((of) => isObject(of) && of.group === group && of.version === version && of.kind === kind);
}

/** A built-in resource with the schema of its kind, where it is known. */
export function withBuiltInSchema(definition: ResourceDefinition): ResourceDefinition {
  const [name] = Object.entries(openApiSchemas).find(([, source]) => describesKind(source, definition)) ?? [];
  if (name === undefined) return definition;
  const schema = named(name);
  const complete: ResourceDefinition['complete'] = (object, old) => {
    dropEmpty(object, schema);
    definition.complete?.(object, old);
  };
  return { ...definition, schema, complete };
}
