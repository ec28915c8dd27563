import type { Json, JsonObject } from './json.ts';

/** ObjectMeta as far as the server knows it. Times are RFC 3339 with seconds. */
export interface ObjectMeta extends JsonObject {
  name: string;
  namespace?: string | undefined;
  generateName?: string | undefined;
  uid?: string | undefined;
  resourceVersion?: string | undefined;
  generation?: number | undefined;
  creationTimestamp?: string | undefined;
  deletionTimestamp?: string | undefined;
  deletionGracePeriodSeconds?: number | undefined;
  labels?: { [key: string]: string } | undefined;
  annotations?: { [key: string]: string } | undefined;
  finalizers?: string[] | undefined;
}

/** Any Kubernetes object. */
export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** A list answer; `metadata.resourceVersion` is that of the snapshot. */
export interface KubeList extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  items: KubeObject[];
}

/** What a watch delivers. BOOKMARK objects carry only `metadata.resourceVersion` and annotations. */
export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: KubeObject;
}

/** Addresses a collection: `secrets`, `leases.coordination.k8s.io`; no namespace means cluster scope or all namespaces. */
export interface CollectionKey {
  resource: string;
  namespace?: string | undefined;
}

/** Addresses one object or its subresource. */
export interface ObjectKey extends CollectionKey {
  name: string;
  subresource?: string | undefined;
}

/** Who asks; decides SelfSubjectAccessReview and, with RBAC on, what is allowed. */
export interface UserInfo {
  username: string;
  uid?: string;
  groups: string[];
  extra?: { [key: string]: string[] };
}

/** `apps/v1` of group `apps`, `v1` of the core group. */
export function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** RFC 3339 with seconds, as metav1.Time prints. @param millis since the epoch */
export function timestamp(millis: number): string {
  return new Date(millis).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Metadata of what has no name: bookmarks, reviews. */
export function withoutName({ name: _name, ...rest }: ObjectMeta): ObjectMeta {
  return rest as ObjectMeta;
}

/** The object of a user, read leniently: whatever has the wrong shape becomes absent and is reported by validation. */
export function toObject(body: Json): KubeObject | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const { apiVersion, kind, metadata } = body;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const meta = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) ? metadata : {};
  return { ...body, apiVersion, kind, metadata: { ...meta, name: typeof meta.name === 'string' ? meta.name : '' } };
}
