import type { Json, JsonObject } from '../engine/json.ts';
import type { KubeList } from '../engine/object.ts';
import type { ResourceDefinition } from '../engine/resource.ts';

/** The items of built-in lists do not say what they are, since the list does. */
export function withoutTypes({ custom }: ResourceDefinition, list: KubeList): JsonObject {
  const items: Json[] = list.items.map(({ apiVersion: _version, kind: _kind, ...item }) => item);
  return custom ? list : { ...list, items };
}
