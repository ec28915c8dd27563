import { createHash } from 'node:crypto';
import type { KubeEngine } from '../engine/engine.ts';
import { asObject, asString, entries, isObject, type Json, type JsonObject } from '../engine/json.ts';
import { describesKind, openApiSchemas } from '../engine/kinds/built-in-schemas.ts';
import type { ResourceDefinition } from '../engine/resource.ts';

const prefix = '#/components/schemas/';
const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

/** The description that every kind gives a member of all objects. */
function shared(member: 'apiVersion' | 'kind'): Json {
  const secret = asObject(openApiSchemas['io.k8s.api.core.v1.Secret']);
  return asObject(secret.properties)[member] ?? {};
}

/** `io.apikeyrotation.v1alpha1.KeyStore`. */
function nameOf({ group, version, kind }: ResourceDefinition): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

/** What is an integer or a string says so in the words of OpenAPI as well. */
function published(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(published);
  if (!isObject(schema)) return schema;
  const members = entries(schema).map(([name, member]): [string, Json] => [name, published(member)]);
  const either = { anyOf: [{ type: 'integer' }, { type: 'string' }] };
  return { ...(schema['x-kubernetes-int-or-string'] === true && either), ...Object.fromEntries(members) };
}

/** The schema of a custom kind, with the members that all objects have. */
function customSchema(definition: ResourceDefinition): JsonObject {
  const { group, version, kind, schema } = definition;
  const description = `Standard object's metadata. More info: ${conventions}#metadata`;
  const metadata = { description, allOf: [{ $ref: prefix + objectMeta }] };
  return {
    ...schema,
    properties: {
      ...asObject(published(schema.properties ?? {})),
      apiVersion: shared('apiVersion'),
      kind: shared('kind'),
      metadata,
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  };
}

function references(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isObject(value)) return [];
  const own = asString(value.$ref);
  return [...(own === '' ? [] : [own.slice(prefix.length)]), ...Object.values(value).flatMap(references)];
}

function schemasOf(definitions: ResourceDefinition[]): JsonObject {
  const schemas: JsonObject = {};
  const add = (name: string, schema: JsonObject | undefined) => {
    if (schema === undefined || schemas[name]) return;
    schemas[name] = schema;
    for (const next of references(schema)) add(next, openApiSchemas[next]);
  };
  for (const definition of definitions) {
    if (definition.custom) add(nameOf(definition), customSchema(definition));
    for (const [name, schema] of Object.entries(openApiSchemas)) {
      if (!definition.custom && describesKind(schema, definition)) add(name, schema);
    }
  }
  return schemas;
}

const queryParameters: Json[] = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
  name,
  in: 'query',
}));

/** PATCH of a kind and its parameters: kubectl learns from it that the server validates fields and knows dry runs. */
function patchPath(definition: ResourceDefinition): [string, Json] {
  const { group, version, resource, kind, namespaced } = definition;
  const root = group === '' ? '/api' : `/apis/${group}`;
  const patch = {
    parameters: queryParameters,
    responses: {},
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
  return [`${root}/${version}/${namespaced ? 'namespaces/{namespace}/' : ''}${resource}/{name}`, { patch }];
}

function documentOf(definitions: ResourceDefinition[]): JsonObject {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.fromEntries(definitions.map(patchPath)),
    components: { schemas: schemasOf(definitions) },
  };
}

/** Clients keep a document as long as its hash is the same. */
function hashOf(definitions: ResourceDefinition[]): string {
  const text = JSON.stringify(definitions.map(({ resource, schema, custom }) => [resource, custom && schema]));
  return createHash('sha256').update(text).digest('hex').toUpperCase();
}

/** Answers `/openapi/v3` and the documents that it names, an empty text where there is none; undefined for other paths. */
export function openApi(engine: KubeEngine, path: string): JsonObject | '' | undefined {
  if (!path.startsWith('/openapi/v3')) return undefined;
  const groups = Map.groupBy(engine.resources(), ({ group, version }) =>
    group === '' ? `api/${version}` : `apis/${group}/${version}`,
  );
  const definitions = groups.get(path.slice('/openapi/v3/'.length));
  if (definitions) return documentOf(definitions);
  if (path !== '/openapi/v3') return '';
  const paths = [...groups].map(([gv, served]): [string, Json] => [
    gv,
    { serverRelativeURL: `/openapi/v3/${gv}?hash=${hashOf(served)}` },
  ]);
  return { paths: Object.fromEntries(paths) };
}
