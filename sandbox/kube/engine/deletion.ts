import { definitionsKey } from './custom-resources.ts';
import { asArray, asObject, clone, equal, isObject, type Json, type JsonObject } from './json.ts';
import { type KubeObject, timestamp } from './object.ts';
import { type ResourceDefinition, resourceKey, subjectOf } from './resource.ts';
import { conflict, forbiddenAccess } from './status.ts';
import { keyOf, type Store } from './store.ts';

/** What a DELETE may ask for. */
export interface DeleteOptions {
  preconditions?: { uid?: string | undefined; resourceVersion?: string | undefined } | undefined;
  /** What becomes of what the object owns; Background when absent, unless a finalizer of the object says otherwise. */
  propagationPolicy?: 'Orphan' | 'Foreground' | 'Background' | undefined;
  dryRun?: boolean | undefined;
}

/** Finalizers, terminating namespaces and definitions, and garbage collection. */
export interface Deletion {
  /** Begins the deletion of an object, or removes it at once: `removed`. Returns the state that it left. Throws 409. */
  request(definition: ResourceDefinition, old: KubeObject, options: DeleteOptions): Deleted;
  /** Stores an object that is being deleted, or removes it when nothing holds it any more. Returns its last state. */
  settle(definition: ResourceDefinition, object: KubeObject): KubeObject;
}

/** What a DELETE answers. */
export interface Deleted {
  object: KubeObject;
  removed: boolean;
}

interface DeletionDeps {
  now: () => number;
  store: Store;
  /** By resource key; a removed definition takes its resource out. */
  resources: Map<string, ResourceDefinition>;
}

interface Located {
  definition: ResourceDefinition;
  object: KubeObject;
}

function assertPreconditions(definition: ResourceDefinition, { metadata }: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const refuse = (what: string, wanted: string, found: string | undefined, guess: string) => {
    const why = `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found})`;
    const subject = { group: definition.group, resource: definition.kind, name: metadata.name };
    throw conflict(subject, `${why}. The object might have been ${guess}`);
  };
  if (uid && uid !== metadata.uid) refuse('UID', uid, metadata.uid, 'deleted and then recreated');
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    refuse('ResourceVersion', resourceVersion, metadata.resourceVersion, 'modified');
  }
}

const immortal = ['default', 'kube-public', 'kube-system'];
const orphaning = 'orphan';
const foreground = 'foregroundDeletion';
const finalizerOf = { Orphan: [orphaning], Foreground: [foreground], Background: [] };

function ownersOf({ metadata }: KubeObject): JsonObject[] {
  return asArray(metadata.ownerReferences).filter(isObject);
}

/** The finalizers of an object whose deletion is asked for. */
function finalizersFor({ metadata }: KubeObject, { propagationPolicy }: DeleteOptions): string[] {
  const own = metadata.finalizers ?? [];
  if (propagationPolicy === undefined) return own;
  return [...own.filter((name) => name !== orphaning && name !== foreground), ...finalizerOf[propagationPolicy]];
}

/** Creates the deletion rules over one store. */
export function createDeletion({ now, store, resources }: DeletionDeps): Deletion {
  const select = (accepts: (located: Located) => boolean): Located[] =>
    [...resources].flatMap(([key, definition]) =>
      [...store.snapshot(key).values()].map((object) => ({ definition, object })).filter(accepts),
    );

  /** The objects that a namespace or a custom resource definition contains. */
  const contents = ({ kind, metadata }: KubeObject): Located[] => {
    if (kind === 'Namespace') return select(({ object }) => object.metadata.namespace === metadata.name);
    if (kind !== 'CustomResourceDefinition') return [];
    return select(({ definition }) => resourceKey(definition) === metadata.name);
  };

  const isFree = (object: KubeObject): boolean =>
    (object.metadata.finalizers?.length ?? 0) === 0 && contents(object).length === 0;

  /** Even an empty namespace is there for a moment more. */
  const isHeld = (object: KubeObject): boolean => object.kind === 'Namespace' || !isFree(object);

  const marked = (definition: ResourceDefinition, old: KubeObject, finalizers: string[]): KubeObject => {
    const next = clone(old);
    next.metadata.finalizers = finalizers.length > 0 ? finalizers : undefined;
    if (old.metadata.deletionTimestamp) return equal(next, old) ? old : next;
    next.metadata.deletionTimestamp = timestamp(now());
    if (definition.counted) next.metadata.generation = (old.metadata.generation ?? 0) + 1;
    if (definition.kind === 'Namespace') next.status = { ...asObject(old.status), phase: 'Terminating' };
    else next.metadata.deletionGracePeriodSeconds = 0;
    return next;
  };

  const request: Deletion['request'] = (definition, old, options) => {
    assertPreconditions(definition, old, options);
    if (definition.kind === 'Namespace' && immortal.includes(old.metadata.name)) {
      throw forbiddenAccess(subjectOf(definition, old.metadata.name), 'this namespace may not be deleted');
    }
    const finalizers = finalizersFor(old, options);
    const wanted = {
      ...old,
      metadata: { ...old.metadata, finalizers: finalizers.length > 0 ? finalizers : undefined },
    };
    if (!isHeld(wanted)) return { object: options.dryRun ? old : remove(definition, wanted), removed: true };
    const next = marked(definition, old, finalizers);
    if (options.dryRun) return { object: next, removed: false };
    const object = next === old ? old : store.put(resourceKey(definition), next);
    deleteAll(contents(object));
    collect({ definition, object });
    releaseContainer(resourceKey(definition), object.metadata.name);
    return { object, removed: false };
  };

  /** The answer has the version of the deletion. */
  const remove = (definition: ResourceDefinition, object: KubeObject): KubeObject => {
    const resourceVersion = String(store.revision + 1);
    settle(definition, object);
    return { ...object, metadata: { ...object.metadata, resourceVersion } };
  };

  /** Reads each object again, since the deletion of one may take others with it. */
  const deleteAll = (items: Located[], options: DeleteOptions = {}): void => {
    for (const { definition, object } of items) {
      const live = store.get(resourceKey(definition), keyOf(object));
      if (live) request(definition, live, options);
    }
  };

  const settle: Deletion['settle'] = (definition, object) => {
    const resource = resourceKey(definition);
    if (!isFree(object)) {
      return collect({ definition, object: store.put(resource, object) });
    }
    store.remove(resource, object);
    if (resource === definitionsKey) resources.delete(object.metadata.name);
    for (const dependent of dependentsOf(object)) disown(dependent);
    for (const { uid } of ownersOf(object)) for (const owner of select(hasUid(uid))) collect(owner);
    releaseContainer('namespaces', object.metadata.namespace);
    releaseContainer(definitionsKey, resource);
    return object;
  };

  const hasUid = (uid: Json | undefined) => (located: Located) => located.object.metadata.uid === uid;

  const dependentsOf = ({ metadata }: KubeObject): Located[] =>
    select(({ object }) => ownersOf(object).some(({ uid }) => uid === metadata.uid));

  /** Takes away the references to owners that are gone or wait to go; whoever has no other owner goes as well. */
  const disown = ({ definition, object }: Located): void => {
    const live = store.get(resourceKey(definition), keyOf(object));
    if (!live) return;
    const solid = ownersOf(live).filter(({ uid }) =>
      select(hasUid(uid)).some(({ object: owner }) => !owner.metadata.finalizers?.includes(foreground)),
    );
    if (solid.length === 0) request(definition, live, {});
    else if (solid.length < ownersOf(live).length) keepOwners(definition, live, solid);
  };

  const keepOwners = (definition: ResourceDefinition, object: KubeObject, owners: JsonObject[]): void => {
    const ownerReferences = owners.length > 0 ? owners : undefined;
    store.put(resourceKey(definition), { ...object, metadata: { ...object.metadata, ownerReferences } });
  };

  /** What the garbage collector does about an owner that is being deleted; in one step, without time passing. */
  const collect = ({ definition, object }: Located): KubeObject => {
    const { finalizers = [], deletionTimestamp, uid } = object.metadata;
    if (!deletionTimestamp) return object;
    const isBlocked = () =>
      dependentsOf(object).some((located) =>
        ownersOf(located.object).some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true),
      );
    if (finalizers.includes(orphaning)) {
      for (const { definition: kind, object: dependent } of dependentsOf(object)) {
        keepOwners(
          kind,
          dependent,
          ownersOf(dependent).filter((owner) => owner.uid !== uid),
        );
      }
    } else if (finalizers.includes(foreground)) {
      for (const dependent of dependentsOf(object)) if (!dependent.object.metadata.deletionTimestamp) disown(dependent);
      if (isBlocked()) return object;
    } else return object;
    const live = store.get(resourceKey(definition), keyOf(object));
    if (!live) return object;
    const rest = finalizers.filter((name) => name !== orphaning && name !== foreground);
    return settle(definition, { ...live, metadata: { ...live.metadata, finalizers: rest } });
  };

  /** A removal may have been the last thing that a terminating namespace or definition waited for. */
  const releaseContainer = (resource: string, name: string | undefined): void => {
    const container = name === undefined ? undefined : store.get(resource, `/${name}`);
    const definition = resources.get(resource);
    if (container?.metadata.deletionTimestamp && definition && isFree(container)) settle(definition, container);
  };

  return { request, settle };
}
