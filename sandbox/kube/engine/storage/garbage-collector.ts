import { asArray, asString, isObject, type Json, type JsonObject } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { type ResourceDefinition, resourceKey } from '../resource.ts';
import type { Entry } from './object-index.ts';
import { keyOf, type Store } from './store.ts';

/** What becomes of what a deleted object owns. */
export type Propagation = 'Orphan' | 'Foreground' | 'Background';

/** An object and what it is. */
export interface Located {
  definition: ResourceDefinition;
  object: KubeObject;
}

/** What the garbage collector of a controller manager does, in one step and without time passing. */
export interface Collector {
  /** An object is being deleted: frees or deletes what it owns where its finalizers say so. Returns its last state. */
  marked(owner: Located): KubeObject;
  /** An object is gone: deletes what it alone owned, and looks after owners that waited for it. */
  removed(object: KubeObject): void;
}

interface CollectorDeps {
  store: Store;
  /** What found objects are. */
  located: (entries: Entry[]) => Located[];
  /** Deletes an object. */
  request: (definition: ResourceDefinition, object: KubeObject) => void;
  /** Stores an object that is being deleted, or removes it when nothing holds it any more. */
  settle: (definition: ResourceDefinition, object: KubeObject) => KubeObject;
}

const orphan = 'orphan';
const foreground = 'foregroundDeletion';
const finalizerOf = { Orphan: [orphan], Foreground: [foreground], Background: [] };

function withoutOwn(finalizers: string[] = []): string[] {
  return finalizers.filter((name) => name !== orphan && name !== foreground);
}

/** The finalizers of an object whose deletion is asked for; without a policy those that it has already say what to do. */
export function finalizersFor({ metadata }: KubeObject, policy: Propagation | undefined): string[] {
  if (policy === undefined) return metadata.finalizers ?? [];
  return [...withoutOwn(metadata.finalizers), ...finalizerOf[policy]];
}

function ownersOf({ metadata }: KubeObject): JsonObject[] {
  return asArray(metadata.ownerReferences).filter(isObject);
}

/** Creates the collector of one store. */
export function createCollector({ store, located, request, settle }: CollectorDeps): Collector {
  const withUid = (uid: Json | undefined) => located(store.indexes.uid.find(asString(uid)));
  const dependentsOf = ({ metadata }: KubeObject) => located(store.indexes.owner.find(metadata.uid));

  const keepOwners = ({ definition, object }: Located, owners: JsonObject[]): void => {
    const ownerReferences = owners.length > 0 ? owners : undefined;
    store.put(resourceKey(definition), { ...object, metadata: { ...object.metadata, ownerReferences } });
  };

  /** An owner that waits for its dependents does not keep them. */
  const isSolid = ({ uid }: JsonObject): boolean =>
    withUid(uid).some(({ object }) => !object.metadata.finalizers?.includes(foreground));

  /** Takes away the references to owners that are gone or about to go; whoever has no other owner goes as well. */
  const disown = ({ definition, object }: Located): void => {
    const live = store.get(resourceKey(definition), keyOf(object));
    if (!live || live.metadata.deletionTimestamp) return;
    const owners = ownersOf(live);
    const solid = owners.filter(isSolid);
    if (solid.length === 0) request(definition, live);
    else if (solid.length < owners.length) keepOwners({ definition, object: live }, solid);
  };

  const isBlocked = (owner: KubeObject): boolean =>
    dependentsOf(owner).some(({ object }) =>
      ownersOf(object).some(({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true),
    );

  const release = ({ definition, object }: Located): KubeObject => {
    const live = store.get(resourceKey(definition), keyOf(object));
    if (!live) return object;
    const finalizers = withoutOwn(live.metadata.finalizers);
    return settle(definition, { ...live, metadata: { ...live.metadata, finalizers } });
  };

  const orphanDependents = (owner: KubeObject): void => {
    for (const dependent of dependentsOf(owner)) {
      const others = ownersOf(dependent.object).filter(({ uid }) => uid !== owner.metadata.uid);
      keepOwners(dependent, others);
    }
  };

  const marked: Collector['marked'] = (owner) => {
    const { finalizers = [], deletionTimestamp } = owner.object.metadata;
    if (!deletionTimestamp) return owner.object;
    if (finalizers.includes(orphan)) orphanDependents(owner.object);
    else if (finalizers.includes(foreground)) {
      for (const dependent of dependentsOf(owner.object)) disown(dependent);
      if (isBlocked(owner.object)) return owner.object;
    } else return owner.object;
    return release(owner);
  };

  const removed: Collector['removed'] = (object) => {
    for (const dependent of dependentsOf(object)) disown(dependent);
    for (const { uid } of ownersOf(object)) for (const owner of withUid(uid)) marked(owner);
  };

  return { marked, removed };
}
