import type { ObjectRef, Resource, Selection } from './kube-api.ts';

/** Query parameters; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The path of a collection, of all namespaces when `namespace` is missing. */
export function collectionPath({ group, version, plural }: Resource, namespace: string | undefined): string {
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const scope = namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${plural}`;
}

/** The path of an object or of a subresource of it. Throws TypeError where the scope is not the resource's. */
export function objectPath({ resource, namespace, name }: ObjectRef, subresource?: string): string {
  if (resource.namespaced !== Boolean(namespace)) {
    throw new TypeError(`${resource.kind} ${name}: ${resource.namespaced ? 'needs a' : 'has no'} namespace`);
  }
  if (!name) throw new TypeError(`${resource.kind}: the name is empty`);
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return subresource ? `${path}/${subresource}` : path;
}

/** The query parameters of a selection. */
export function selectionQuery({ labelSelector, fieldSelector }: Selection): Query {
  return { labelSelector, fieldSelector };
}

/** `path?query`, encoded. */
export function withQuery(path: string, query: Query): string {
  const set = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return set.length > 0 ? `${path}?${set.join('&')}` : path;
}
