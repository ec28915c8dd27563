import { asObject, clone, equal } from '../json.ts';
import { definitionsKey } from '../kinds/custom-resources.ts';
import { type KubeObject, timestamp } from '../object.ts';
import { type ResourceDefinition, resourceKey, subjectOf } from '../resource.ts';
import { conflict, forbiddenAccess } from '../status.ts';
import { createCollector, finalizersFor, type Located, type Propagation } from './garbage-collector.ts';
import type { Entry } from './object-index.ts';
import { keyOf, type Store } from './store.ts';

/** What a DELETE may ask for. */
export interface DeleteOptions {
  preconditions?: { uid?: string | undefined; resourceVersion?: string | undefined } | undefined;
  /** What becomes of what the object owns; Background when absent, unless a finalizer of the object says otherwise. */
  propagationPolicy?: Propagation | undefined;
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

/** Creates the deletion rules over one store. */
export function createDeletion({ now, store, resources }: DeletionDeps): Deletion {
  const located = (entries: Entry[]): Located[] =>
    entries.flatMap(({ resource, object }) => {
      const definition = resources.get(resource);
      return definition ? [{ definition, object }] : [];
    });

  /** The objects that a namespace or a custom resource definition contains. */
  const contents = ({ kind, metadata }: KubeObject): Located[] => {
    if (kind === 'Namespace') return located(store.indexes.namespace.find(metadata.name));
    if (kind !== 'CustomResourceDefinition') return [];
    const objects = [...store.snapshot(metadata.name).values()];
    return located(objects.map((object) => ({ resource: metadata.name, object })));
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
    const finalizers = finalizersFor(old, options.propagationPolicy);
    const wanted = {
      ...old,
      metadata: { ...old.metadata, finalizers: finalizers.length > 0 ? finalizers : undefined },
    };
    if (!isHeld(wanted)) return { object: options.dryRun ? old : remove(definition, wanted), removed: true };
    const next = marked(definition, old, finalizers);
    if (options.dryRun) return { object: next, removed: false };
    const object = next === old ? old : store.put(resourceKey(definition), next);
    deleteAll(contents(object));
    collector.marked({ definition, object });
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
  const deleteAll = (items: Located[]): void => {
    for (const { definition, object } of items) {
      const live = store.get(resourceKey(definition), keyOf(object));
      if (live) request(definition, live, {});
    }
  };

  const settle: Deletion['settle'] = (definition, object) => {
    const resource = resourceKey(definition);
    if (!isFree(object)) {
      return collector.marked({ definition, object: store.put(resource, object) });
    }
    store.remove(resource, object);
    if (resource === definitionsKey) resources.delete(object.metadata.name);
    collector.removed(object);
    releaseContainer('namespaces', object.metadata.namespace);
    releaseContainer(definitionsKey, resource);
    return object;
  };

  /** A removal may have been the last thing that a terminating namespace or definition waited for. */
  const releaseContainer = (resource: string, name: string | undefined): void => {
    const container = name === undefined ? undefined : store.get(resource, `/${name}`);
    const definition = resources.get(resource);
    if (container?.metadata.deletionTimestamp && definition && isFree(container)) settle(definition, container);
  };

  const collector = createCollector({ store, located, settle, request: (kind, object) => request(kind, object, {}) });

  return { request, settle };
}
