import { definitionsKey } from './custom-resources.ts';
import { asObject, clone, dig } from './json.ts';
import { type KubeObject, timestamp } from './object.ts';
import { type ResourceDefinition, resourceKey } from './resource.ts';
import { conflict } from './status.ts';
import { keyOf, type Store } from './store.ts';

/** What a DELETE may ask for. */
export interface DeleteOptions {
  preconditions?: { uid?: string | undefined; resourceVersion?: string | undefined } | undefined;
  /** `Orphan` keeps what the object alone owns; anything else deletes it too. */
  propagationPolicy?: string | undefined;
  dryRun?: boolean | undefined;
}

/** Finalizers, terminating namespaces and definitions, and garbage collection. */
export interface Deletion {
  /** Begins, or completes, the deletion of an object. Returns its last state. Throws 409. */
  request(definition: ResourceDefinition, old: KubeObject, options: DeleteOptions): KubeObject;
  /** Stores an object that is being deleted, or removes it when nothing holds it any more. Returns its last state. */
  settle(definition: ResourceDefinition, object: KubeObject, options?: DeleteOptions): KubeObject;
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

/** Objects that name this uid as their only owner die with it. */
function isOwnedOnlyBy(object: KubeObject, uid: string | undefined): boolean {
  const owners = object.metadata.ownerReferences;
  return Array.isArray(owners) && owners.length > 0 && owners.every((owner) => dig(owner, 'uid') === uid);
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

  const isHeld = (object: KubeObject): boolean =>
    (object.metadata.finalizers?.length ?? 0) > 0 || contents(object).length > 0;

  const mark = (definition: ResourceDefinition, old: KubeObject): KubeObject => {
    const marked = clone(old);
    marked.metadata.deletionTimestamp = timestamp(now());
    marked.metadata.deletionGracePeriodSeconds = 0;
    if (definition.counted) marked.metadata.generation = (old.metadata.generation ?? 0) + 1;
    if (definition.kind === 'Namespace') marked.status = { ...asObject(old.status), phase: 'Terminating' };
    return store.put(resourceKey(definition), marked);
  };

  const request: Deletion['request'] = (definition, old, options) => {
    assertPreconditions(definition, old, options);
    if (options.dryRun) return old;
    if (!isHeld(old)) return settle(definition, old, options);
    const marked = old.metadata.deletionTimestamp ? old : mark(definition, old);
    deleteAll(contents(marked));
    return store.get(resourceKey(definition), keyOf(marked)) ?? marked;
  };

  /** Reads each object again, since the deletion of one may take others with it. */
  const deleteAll = (items: Located[]): void => {
    for (const { definition, object } of items) {
      const live = store.get(resourceKey(definition), keyOf(object));
      if (live) request(definition, live, {});
    }
  };

  const settle: Deletion['settle'] = (definition, object, { propagationPolicy } = {}) => {
    const resource = resourceKey(definition);
    if (isHeld(object)) return store.put(resource, object);
    store.remove(resource, object);
    if (resource === definitionsKey) resources.delete(object.metadata.name);
    if (propagationPolicy !== 'Orphan') collect(object.metadata.uid);
    releaseContainer('namespaces', object.metadata.namespace);
    releaseContainer(definitionsKey, resource);
    return object;
  };

  const collect = (uid: string | undefined): void => {
    deleteAll(select((located) => isOwnedOnlyBy(located.object, uid)));
  };

  /** A removal may have been the last thing that a terminating namespace or definition waited for. */
  const releaseContainer = (resource: string, name: string | undefined): void => {
    const container = name === undefined ? undefined : store.get(resource, `/${name}`);
    const definition = resources.get(resource);
    if (container?.metadata.deletionTimestamp && definition && !isHeld(container)) settle(definition, container);
  };

  return { request, settle };
}
