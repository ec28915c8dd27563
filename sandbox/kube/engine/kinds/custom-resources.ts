import { asArray, asObject, asString, clone, dig, equal, isObject, type Json, type JsonObject } from '../json.ts';
import { type KubeObject, timestamp } from '../object.ts';
import { defineResource, type PrinterColumn, type ResourceDefinition } from '../resource.ts';
import type { Schema } from '../schema/schema.ts';

/** The name under which the engine knows the resource of custom resource definitions. */
export const definitionsKey = 'customresourcedefinitions.apiextensions.k8s.io';

/** The version in which a custom kind is stored, and served. */
export function storageVersion(crd: KubeObject): JsonObject {
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
    served: version.served !== false,
    subresources: dig(version, 'subresources', 'status') ? ['status'] : [],
    counted: true,
    unconditionalUpdate: false,
    fieldSelectors: asArray(version.selectableFields).map((field) => asString(dig(field, 'jsonPath')).slice(1)),
    schema: asObject(dig(version, 'schema', 'openAPIV3Schema')) as Schema,
    columns: asArray(version.additionalPrinterColumns).filter(isObject) as (JsonObject & PrinterColumn)[],
  });
}

/** A definition whose names are accepted and whose kind is served; undefined where that is old news. */
export function established(crd: KubeObject, now: () => number): KubeObject | undefined {
  const names = dig(crd, 'spec', 'names') ?? null;
  if (equal(dig(crd, 'status', 'acceptedNames'), names)) return undefined;
  const condition = (type: string, reason: string, message: string): Json => ({
    type,
    status: 'True',
    lastTransitionTime: timestamp(now()),
    reason,
    message,
  });
  const conditions = [
    condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
    condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
  ];
  return { ...crd, status: { ...asObject(crd.status), conditions, acceptedNames: clone(names) } };
}
