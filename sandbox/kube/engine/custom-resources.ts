import { type FieldError, invalid, required } from './field-error.ts';
import { asArray, asObject, asString, clone, dig, entries, isObject, type Json, type JsonObject } from './json.ts';
import { type KubeObject, timestamp } from './object.ts';
import { defineResource, type PrinterColumn, type ResourceDefinition } from './resource.ts';
import type { Schema } from './schema/schema.ts';

/** The name under which the engine knows the resource of custom resource definitions. */
export const definitionsKey = 'customresourcedefinitions.apiextensions.k8s.io';

type CompileError = (expression: string) => string | undefined;

function storageVersion(crd: KubeObject): JsonObject {
  const versions = asArray(dig(crd, 'spec', 'versions')).filter(isObject);
  return versions.find((version) => version.storage === true) ?? {};
}

function texts(value: Json | undefined): string[] {
  return asArray(value).map(asString);
}

/** The resource that an established CustomResourceDefinition serves: its storage version. */
export function customResource(crd: KubeObject): ResourceDefinition {
  const spec = asObject(crd.spec);
  const names = asObject(spec.names);
  const version = storageVersion(crd);
  return defineResource({
    group: asString(spec.group),
    version: asString(version.name),
    resource: asString(names.plural),
    kind: asString(names.kind),
    listKind: asString(names.listKind),
    singular: asString(names.singular),
    shortNames: texts(names.shortNames),
    categories: texts(names.categories),
    namespaced: spec.scope === 'Namespaced',
    custom: true,
    subresources: dig(version, 'subresources', 'status') ? ['status'] : [],
    counted: true,
    unconditionalUpdate: false,
    fieldSelectors: asArray(version.selectableFields).map((field) => asString(dig(field, 'jsonPath')).slice(1)),
    schema: asObject(dig(version, 'schema', 'openAPIV3Schema')) as Schema,
    columns: asArray(version.additionalPrinterColumns).filter(isObject) as (JsonObject & PrinterColumn)[],
  });
}

function completeNames(crd: KubeObject, now: () => number): void {
  const spec = asObject(crd.spec);
  const names = asObject(spec.names);
  names.singular ??= asString(names.kind).toLowerCase();
  names.listKind ??= `${asString(names.kind)}List`;
  spec.conversion ??= { strategy: 'None' };
  const condition = (type: string, reason: string): Json => ({
    type,
    status: 'True',
    lastTransitionTime: timestamp(now()),
    reason,
    message: type === 'Established' ? 'the initial names have been accepted' : 'no conflicts found',
  });
  crd.status ??= {
    conditions: [condition('NamesAccepted', 'NoConflicts'), condition('Established', 'InitialNamesAccepted')],
    acceptedNames: clone(names),
    storedVersions: [asString(storageVersion(crd).name)],
  };
}

/** Schemas of members, with the path that errors name them by. */
function subschemas(schema: Schema, path: string): [Schema, string][] {
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

function checkSchema(schema: Schema, path: string, compileError: CompileError): FieldError[] {
  const untyped = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
  const errors: FieldError[] = [];
  if (!schema.type && !untyped) errors.push(required(`${path}.type`, 'must not be empty for specified object fields'));
  for (const [index, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const why = compileError(rule.rule);
    if (why)
      errors.push(invalid(`${path}.x-kubernetes-validations[${index}].rule`, rule.rule, `compilation failed: ${why}`));
  }
  return [...errors, ...subschemas(schema, path).flatMap(([sub, at]) => checkSchema(sub, at, compileError))];
}

function checkDefinition(crd: KubeObject, compileError: CompileError): FieldError[] {
  const { resource, group, kind, version, schema } = customResource(crd);
  const errors: FieldError[] = [];
  if (crd.metadata.name !== `${resource}.${group}`) {
    errors.push(invalid('metadata.name', crd.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  }
  if (kind === '') errors.push(required('spec.names.kind'));
  if (version === '')
    errors.push(invalid('spec.versions', [], 'must have exactly one version marked as storage version'));
  return [...errors, ...checkSchema(schema, 'spec.validation.openAPIV3Schema', compileError)];
}

/** The resource `customresourcedefinitions`. */
export function definitionsResource(now: () => number, compileError: CompileError): ResourceDefinition {
  return defineResource({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    resource: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    namespaced: false,
    subresources: ['status'],
    counted: true,
    returnsDeleted: true,
    complete: (crd) => completeNames(crd, now),
    check: (crd) => checkDefinition(crd, compileError),
  });
}
