import type { Change } from '../runtime/cache.ts';
import type { KubeObject, Resource } from '../runtime/kube/kube-api.ts';
import { splitKey } from '../runtime/object-key.ts';
import type { Reflector } from '../runtime/reflector.ts';

/** Objects of one resource, kept in step with the API server. */
export interface Followed<T> {
  readonly resource: Resource;
  readonly reflector: Reflector<T>;
}

/** Objects of one purpose that live in namespaces or belong to the cluster. */
export interface BothScopes<T> {
  /** By `namespace/name`, those of the cluster by `name`. */
  get(key: string): T | undefined;
  resourceOf(object: T): Resource;
  onChange(handler: (change: Change<T>) => void): void;
}

/** `cluster` is missing where objects of the cluster are not followed: then there are none. */
export function bothScopes<T extends KubeObject>(own: Followed<T>, cluster: Followed<T> | undefined): BothScopes<T> {
  return {
    get: (key) => (splitKey(key).namespace === undefined ? cluster : own)?.reflector.cache.get(key),
    resourceOf: ({ metadata }) => (metadata.namespace === undefined && cluster ? cluster : own).resource,
    onChange(handler) {
      own.reflector.onChange(handler);
      cluster?.reflector.onChange(handler);
    },
  };
}
