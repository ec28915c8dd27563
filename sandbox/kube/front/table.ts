import { asObject, type Json, type JsonObject } from '../engine/json.ts';
import type { KubeObject } from '../engine/object.ts';
import { type ResourceDefinition, typeMetaOf } from '../engine/resource.ts';
import { badRequest } from '../engine/status.ts';
import { columnsOf } from './built-in-columns.ts';

/** How much of each object the rows of a Table carry (`includeObject`). */
type Inclusion = 'None' | 'Metadata' | 'Object';

/** How a Table is made. */
export interface TableOptions {
  definition: ResourceDefinition;
  now: number;
  inclusion: Inclusion;
  /** Of the group `meta.k8s.io`. */
  version: string;
}

/** What `includeObject` says; absent means Metadata. Throws 400. */
export function inclusionOf(query: URLSearchParams): Inclusion {
  const given = query.get('includeObject') ?? '';
  if (given === 'None' || given === 'Object') return given;
  if (given === '' || given === 'Metadata') return 'Metadata';
  const why = "must be 'Metadata', 'Object', 'None', or empty";
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(given)}: ${why}`,
  );
}

/** The metadata of an object as an object of its own. */
export function partialObject({ metadata }: JsonObject, version: string): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata };
}

function included(object: KubeObject, { definition, inclusion, version }: TableOptions): JsonObject | null {
  if (inclusion === 'None') return null;
  return inclusion === 'Object' ? { ...typeMetaOf(definition), ...object } : partialObject(object, version);
}

/** A `meta.k8s.io` Table of objects. @param metadata that of the list, or of the one object */
export function toTable(objects: KubeObject[], metadata: JsonObject, options: TableOptions): JsonObject {
  const columns = columnsOf(options.definition);
  const columnDefinitions: Json[] = columns.map(({ cell: _cell, ...definition }) => definition);
  const rows: Json[] = objects.map((object) => ({
    cells: columns.map(({ cell }) => cell(object, options.now)),
    object: included(object, options),
  }));
  const isNull = rows.length === 0 && columns.some(({ type }) => type === 'date') && !options.definition.custom;
  const { resourceVersion, continue: token, remainingItemCount } = asObject(metadata);
  const shown = { resourceVersion, continue: token || undefined, remainingItemCount };
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: shown,
    columnDefinitions,
    rows: isNull ? null : rows,
  };
}
