import document from './built-in-schemas.gen.json' with { type: 'json' };
import { asArray, asObject, asString, isObject, type Json, type JsonObject } from './json.ts';
import { defineResource, type ResourceDefinition } from './resource.ts';
import type { Schema } from './schema/schema.ts';

/** OpenAPI schemas of the built-in kinds by name, as a real API server publishes them; of Pod and Deployment without descriptions. */
export const openApiSchemas: { readonly [name: string]: JsonObject } = document;

const converted = new Map<string, Schema>();
/** What Kubernetes types say that holds for their JSON form as well. List types are left out: built-in kinds enforce none. */
const kept = ['type', 'default', 'x-kubernetes-patch-strategy', 'x-kubernetes-patch-merge-key'];

function convert(source: JsonObject): Schema {
  const reference = asString(source.$ref ?? asObject(asArray(source.allOf)[0]).$ref);
  const schema: Schema = reference === '' ? {} : { ...named(reference.slice('#/components/schemas/'.length)) };
  for (const name of kept) if (source[name] !== undefined) schema[name] = source[name];
  // Serialised even where it is absent.
  if (reference.endsWith('.MicroTime')) schema.nullable = true;
  if (source.format === 'int-or-string') schema['x-kubernetes-int-or-string'] = true;
  if (isObject(source.items)) schema.items = convert(source.items);
  if (isObject(source.additionalProperties)) schema.additionalProperties = convert(source.additionalProperties);
  const properties = Object.entries(asObject(source.properties));
  if (properties.length > 0) {
    schema.properties = Object.fromEntries(properties.map(([name, member]) => [name, convert(asObject(member))]));
  } else if (reference === '' && source.type === 'object' && !schema.additionalProperties) {
    schema['x-kubernetes-preserve-unknown-fields'] = true;
  }
  return schema;
}

function named(name: string): Schema {
  const schema = converted.get(name) ?? convert(openApiSchemas[name] ?? {});
  converted.set(name, schema);
  return schema;
}

/** Whether an OpenAPI schema is that of a kind. */
export function describesKind(source: Json | undefined, { group, version, kind }: ResourceDefinition): boolean {
  const kinds = asArray(asObject(source)['x-kubernetes-group-version-kind']);
  return kinds.some((of) => isObject(of) && of.group === group && of.version === version && of.kind === kind);
}

/** A built-in resource with the schema of its kind, where it is known. */
export function withBuiltInSchema(definition: ResourceDefinition): ResourceDefinition {
  const [name] = Object.entries(openApiSchemas).find(([, source]) => describesKind(source, definition)) ?? [];
  return name === undefined ? definition : defineResource({ ...definition, schema: named(name) });
}
