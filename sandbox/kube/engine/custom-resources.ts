import { type FieldError, invalid, notSupported, required } from './field-error.ts';
import { asArray, asObject, asString, clone, dig, equal, isObject, type Json, type JsonObject } from './json.ts';
import { type KubeObject, timestamp } from './object.ts';
import { defineResource, type PrinterColumn, type ResourceDefinition } from './resource.ts';
import type { CelRules } from './schema/cel-rules.ts';
import type { Schema } from './schema/schema.ts';
import { checkSchema, unknownFormats } from './schema/structural.ts';

/** The name under which the engine knows the resource of custom resource definitions. */
export const definitionsKey = 'customresourcedefinitions.apiextensions.k8s.io';

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
    served: version.served !== false,
    subresources: dig(version, 'subresources', 'status') ? ['status'] : [],
    counted: true,
    unconditionalUpdate: false,
    fieldSelectors: asArray(version.selectableFields).map((field) => asString(dig(field, 'jsonPath')).slice(1)),
    schema: asObject(dig(version, 'schema', 'openAPIV3Schema')) as Schema,
    columns: asArray(version.additionalPrinterColumns).filter(isObject) as (JsonObject & PrinterColumn)[],
  });
}

function completeNames(crd: KubeObject): void {
  const spec = asObject(crd.spec);
  const names = asObject(spec.names);
  const kind = asString(names.kind);
  if (kind !== '') {
    names.singular ??= kind.toLowerCase();
    names.listKind ??= `${kind}List`;
  }
  spec.conversion ??= { strategy: 'None' };
  const stored = asString(storageVersion(crd).name);
  const storedVersions = stored === '' ? null : [stored];
  crd.status ??= { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions };
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

/** The versions of a definition as Go prints its internal type; the one schema of all versions lies elsewhere in it. */
function printedVersions(crd: KubeObject): Json {
  return asArray(dig(crd, 'spec', 'versions')).map((version) => ({
    Name: dig(version, 'name') ?? '',
    Served: dig(version, 'served') === true,
    Storage: dig(version, 'storage') === true,
    Deprecated: dig(version, 'deprecated') === true,
    DeprecationWarning: dig(version, 'deprecationWarning') ?? null,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  }));
}

function checkNames(crd: KubeObject, old: KubeObject | undefined): FieldError[] {
  const { resource, group } = customResource(crd);
  const names = ['kind', 'listKind', 'singular'].filter((name) => !dig(crd, 'spec', 'names', name));
  const errors = names.map((name) => required(`spec.names.${name}`));
  if (!old) {
    const why = 'must be spec.names.plural+"."+spec.group';
    const { name } = crd.metadata;
    return name === `${resource}.${group}` ? errors : [...errors, invalid('metadata.name', name, why)];
  }
  const fixed = ['group', 'scope', 'names.plural', 'names.kind'].filter(
    (path) => !equal(dig(crd, 'spec', ...path.split('.')), dig(old, 'spec', ...path.split('.'))),
  );
  const changed = fixed.map((path) => {
    const value = dig(crd, 'spec', ...path.split('.')) ?? '';
    return invalid(`spec.${path}`, value, 'field is immutable');
  });
  return [...errors, ...changed];
}

const labelRule =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

function checkVersions(crd: KubeObject): FieldError[] {
  const versions = asArray(dig(crd, 'spec', 'versions'));
  const errors = versions.flatMap((version, index) => {
    const [name, at] = [asString(dig(version, 'name')), `spec.versions[${index}]`];
    const isNamed = /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name);
    // The first version stands in the internal type as well.
    const fields = [`${at}.name`, ...(index === 0 ? ['spec.version'] : [])];
    const wrong = isNamed ? [] : fields.map((field) => invalid(field, name, labelRule));
    const hasSchema = dig(version, 'schema', 'openAPIV3Schema') !== undefined;
    return hasSchema ? wrong : [...wrong, required(`${at}.schema.openAPIV3Schema`)];
  });
  if (asString(storageVersion(crd).name) !== '') return errors;
  const why = 'must have exactly one version marked as storage version';
  const stored = invalid('status.storedVersions', null, 'must have at least one stored version');
  return [...errors, invalid('spec.versions', printedVersions(crd), why), stored];
}

function checkDefinition(
  crd: KubeObject,
  old: KubeObject | undefined,
  compileError: CelRules['compileError'],
): FieldError[] {
  const scope = dig(crd, 'spec', 'scope') ?? '';
  const errors = [...checkNames(crd, old), ...checkVersions(crd)];
  if (scope !== 'Cluster' && scope !== 'Namespaced') {
    errors.push(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  }
  const schema = dig(storageVersion(crd), 'schema', 'openAPIV3Schema');
  if (!isObject(schema)) return errors;
  return [...errors, ...checkSchema(schema as Schema, 'spec.validation.openAPIV3Schema', compileError)];
}

/** The resource `customresourcedefinitions`. */
export function definitionsResource(compileError: CelRules['compileError']): ResourceDefinition {
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
    complete: completeNames,
    check: (crd, old) => checkDefinition(crd, old, compileError),
    warnings: (crd) => unknownFormats(customResource(crd).schema).map((name) => `unrecognized format "${name}"`),
  });
}
