import type { Json, JsonObject } from '../engine/json.ts';
import type { KubeList, KubeObject } from '../engine/object.ts';
import type { ResourceDefinition } from '../engine/resource.ts';
import { columnsOf } from './built-in-columns.ts';

/** How much of each object the rows of a Table carry (`includeObject`). */
export type Inclusion = 'None' | 'Metadata' | 'Object';

/** Whether an Accept header prefers a Table. */
export function wantsTable(accept = ''): boolean {
  return /;\s*as=Table/.test(accept.split(',', 1)[0] ?? '');
}

function included(object: KubeObject, inclusion: Inclusion): JsonObject {
  if (inclusion === 'Object') return { object };
  if (inclusion === 'None') return {};
  const { metadata } = object;
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } };
}

/** A `meta.k8s.io/v1` Table of objects. @param metadata that of the list, or of the one object */
export function toTable(
  definition: ResourceDefinition,
  objects: KubeObject[],
  metadata: JsonObject,
  now: number,
  inclusion: Inclusion,
): JsonObject {
  const columns = columnsOf(definition);
  const columnDefinitions: Json[] = columns.map(({ cell: _cell, ...definition }) => definition);
  const rows: Json[] = objects.map((object) => ({
    cells: columns.map(({ cell }) => cell(object, now)),
    ...included(object, inclusion),
  }));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions, rows };
}

/** A Table of a list. */
export function listTable(
  definition: ResourceDefinition,
  list: KubeList,
  now: number,
  inclusion: Inclusion,
): JsonObject {
  return toTable(definition, list.items, list.metadata, now, inclusion);
}
