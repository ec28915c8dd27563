/** One kind of object as the Kubernetes API names it. `group` is empty for core/v1. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What every stored object has, as JSON on the wire: all times are RFC 3339 strings. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/** The metadata that we use; `managedFields` come with no answer. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

/** An owner within the same namespace, or a cluster-scoped one. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Names one object. `namespace` is needed exactly for namespaced resources. */
export interface ObjectRef {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Selects objects: all namespaces when `namespace` is missing. Selectors in the API's own syntax. */
export interface Selection {
  readonly resource: Resource;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** One page of a consistent read; there is no way to ask for a stale one. */
export interface ListQuery extends Selection {
  readonly limit?: number | undefined;
  /** The objects are kept in memory: it is worth the time to have them take little of it. */
  readonly kept?: true;
  /** The `continue` of the page before; answers 410 (see `isExpired`) when that snapshot is gone. */
  readonly continue?: string | undefined;
}

/** A page of objects. `resourceVersion` is the collection's, fit for `watch`; `continue` is set when more pages follow. */
export interface ObjectList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue?: string | undefined;
}

/** Watches from a version that a list, an event or a bookmark gave. */
export interface WatchQuery extends Selection {
  readonly resourceVersion: string;
}

/** One change. A bookmark says how far the stream has come; the API server's ERROR event is thrown as CallError instead. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/** Which part of the object a write goes to; the object itself when missing. */
export interface WriteOptions {
  readonly subresource?: 'status' | undefined;
}

/** What must still be true for a delete to happen; anything else is a `conflict`. */
export interface Preconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/**
 * The Kubernetes API as this program uses it. Every method throws CallError: 409 `conflict` (also AlreadyExists), 401 and
 * 403 `denied`, 404 of a write `refused` (reason NotFound, see `isNotFound`), 400 and 422 `refused` with the API server's
 * message, 429 `unavailable`, 5xx and time-out of a write `unknown`, refused connection `unavailable`.
 */
export interface KubeApi {
  /** The object as it stands now; undefined where there is none. */
  get<T extends KubeObject>(ref: ObjectRef): Promise<T | undefined>;
  list<T extends KubeObject>(query: ListQuery): Promise<ObjectList<T>>;
  /** Creates and returns what the server made of it: a TokenReview comes back with its status. Adds apiVersion and kind. */
  create<T extends object>(resource: Resource, namespace: string | undefined, body: T): Promise<T>;
  /** Posts to a subresource of an existing object: `token` of a ServiceAccount. */
  createSubresource<T extends object>(ref: ObjectRef, subresource: string, body: T): Promise<T>;
  /** Replaces the whole object (apiVersion and kind are added); a compare-and-set when `body.metadata.resourceVersion` is set. */
  replace<T extends KubeObject>(ref: ObjectRef, body: T, options?: WriteOptions): Promise<T>;
  /** JSON merge patch (RFC 7386); a compare-and-set when the patch has `metadata.resourceVersion`. */
  mergePatch<T extends KubeObject>(ref: ObjectRef, patch: object, options?: WriteOptions): Promise<T>;
  /** Resolves when the server accepted it (finalizers may keep the object); an absent object is `refused` NotFound. */
  delete(ref: ObjectRef, preconditions?: Preconditions): Promise<void>;
  /** Ends normally when the server ends the stream or `signal` aborts; throws where it broke, 410 when the version is gone. */
  watch<T extends KubeObject>(query: WatchQuery, signal: AbortSignal): AsyncIterable<WatchEvent<T>>;
}
