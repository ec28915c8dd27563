import { type FieldError, invalid, notSupported, required } from '../field-error.ts';
import { asArray, asObject, asString, dig, equal, isObject, type Json } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { defineResource, type ResourceDefinition } from '../resource.ts';
import type { CelRules } from '../schema/cel-rules.ts';
import type { Schema } from '../schema/schema.ts';
import { checkSchema, unknownFormats } from '../schema/structural.ts';
import { customResource, storageVersion } from './custom-resources.ts';

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
