import type { FieldError } from './field-error.ts';
import { groupVersion, type KubeObject } from './object.ts';
import type { Schema } from './schema/schema.ts';
import type { Subject } from './status.ts';
import type { NameRule } from './writes/metadata.ts';

/** A column of `kubectl get`; priority above 0 shows with `-o wide` only. */
export interface PrinterColumn {
  name: string;
  type: string;
  jsonPath: string;
  priority?: number;
  description?: string;
  format?: string;
}

/** Everything the engine needs to know about one resource. */
export interface ResourceDefinition {
  group: string;
  version: string;
  resource: string;
  kind: string;
  listKind: string;
  singular: string;
  shortNames: string[];
  categories: string[];
  namespaced: boolean;
  /** False for reviews, which are answered and not stored. */
  stored: boolean;
  custom: boolean;
  /** False for a custom kind that is stored and not shown. */
  served: boolean;
  subresources: string[];
  /** The object has metadata.generation. */
  counted: boolean;
  nameRule: NameRule;
  /** PUT without a resourceVersion overwrites. */
  unconditionalUpdate: boolean;
  /** PUT of a name that does not exist creates it. */
  createOnUpdate: boolean;
  /** DELETE answers the object instead of a Status. */
  returnsDeleted: boolean;
  fieldSelectors: string[];
  schema: Schema;
  columns: PrinterColumn[];
  /** Completes, in place, what clients may leave out; `old` is there for updates. May throw 400. */
  complete?: (object: KubeObject, old: KubeObject | undefined) => void;
  /** Rules beyond the schema. */
  check?: (object: KubeObject, old: KubeObject | undefined) => FieldError[];
  /** What a write of a valid object is warned of. */
  warnings?: (object: KubeObject) => string[];
}

/** `secrets`, `leases.coordination.k8s.io`: the name under which the engine knows a resource. */
export function resourceKey(definition: Pick<ResourceDefinition, 'group' | 'resource'>): string {
  return definition.group === '' ? definition.resource : `${definition.resource}.${definition.group}`;
}

/** apiVersion and kind of the objects of a resource. */
export function typeMetaOf({ group, version, kind }: ResourceDefinition): { apiVersion: string; kind: string } {
  return { apiVersion: groupVersion(group, version), kind };
}

/** What errors about an object of this resource name. */
export function subjectOf(definition: ResourceDefinition, name: string): Subject {
  return { group: definition.group, resource: definition.resource, name };
}

/** The verbs that discovery announces. */
export function verbsOf(definition: ResourceDefinition): string[] {
  if (!definition.stored) return ['create'];
  // The order of a real server, which kubectl prints.
  if (definition.custom) return ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
  const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
  return definition.kind === 'Namespace' ? verbs.filter((verb) => verb !== 'deletecollection') : verbs;
}

/** A definition with what most resources share. */
export function defineResource(
  given: Pick<ResourceDefinition, 'group' | 'version' | 'resource' | 'kind'> & Partial<ResourceDefinition>,
): ResourceDefinition {
  return {
    listKind: `${given.kind}List`,
    singular: given.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    stored: true,
    custom: false,
    served: true,
    subresources: [],
    counted: false,
    nameRule: 'subdomain',
    unconditionalUpdate: true,
    createOnUpdate: false,
    returnsDeleted: false,
    fieldSelectors: [],
    schema: { 'x-kubernetes-preserve-unknown-fields': true },
    columns: [],
    ...given,
  };
}
