import type { KubeObject, ObjectMeta } from './kube-api.ts';

/** What is kept of an object: they are often larger than the rest of it, and nobody here reads them. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields, ...metadata }: ObjectMeta & { managedFields?: unknown } = object.metadata;
  return { ...object, metadata };
}
