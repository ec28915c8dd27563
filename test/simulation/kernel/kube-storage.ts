import { equal, type Json } from '../../../sandbox/kube/engine/json.ts';
import { timestamp } from '../../../sandbox/kube/engine/object.ts';
import { alreadyExists, conflict, expired, notFound, StatusError } from '../../../sandbox/kube/engine/status.ts';
import { both, fieldMatcher, labelMatcher } from '../../../sandbox/kube/engine/storage/selectors.ts';
import { mergePatch } from '../../../sandbox/kube/engine/writes/patch.ts';
import { GROUP } from '../../../src/api/names.ts';
import type {
  KubeObject,
  ObjectMeta,
  ObjectRef,
  Preconditions,
  Resource,
  Selection,
} from '../../../src/runtime/kube/kube-api.ts';
import { apiVersionOf } from '../../../src/runtime/kube/resources.ts';
import { frozen } from './frozen.ts';

/** One committed write: `before` is missing for a creation, `after` for a removal. */
export interface Change {
  readonly version: number;
  readonly resource: Resource;
  readonly before: Stored | undefined;
  readonly after: Stored | undefined;
  /** Which part was written. */
  readonly part: Part;
  /** Whether the write was a compare-and-set. */
  readonly guarded: boolean;
}

/** An object as it is kept: frozen, and complete. */
export type Stored = KubeObject & { readonly spec?: unknown; readonly status?: unknown };

/** What an update may change: the object but its status, or the status alone. */
export type Part = 'object' | 'status';

type How = Pick<Change, 'part' | 'guarded'>;

interface Deps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly uuid: () => string;
}

const UNGUARDED: How = { part: 'object', guarded: false };

/** What pods can be selected by. */
const POD_FIELDS = ['status.phase', 'spec.serviceAccountName'];

/** Kinds whose status is written apart. */
const WITH_STATUS = new Set(['apikeyrotations', 'apikeyissuers', 'keystores', 'pods', 'deployments']);

/**
 * What an API server does with objects of known good shape, without schemas and copies: compare-and-set, generations, finalizers,
 * owners, watches. That it does the same as the sandbox's whole engine is a test (`same-as-the-sandbox.test.ts`).
 */
export class KubeStorage {
  readonly changes: Change[] = [];
  readonly #deps: Deps;
  readonly #objects = new Map<string, Map<string, Stored>>();
  /** Objects whose status is the schema's default, which is shown and not stored: their first update is always a write. */
  readonly #unstated = new WeakSet<Stored>();
  readonly #watchers = new Set<(change: Change) => void>();
  readonly #ends = new Set<() => void>();
  #version = 1;
  #compacted = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get version(): number {
    return this.#version;
  }

  /** Called with every change, within the write. Returns how to stop it. */
  follow(watcher: (change: Change) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Changes after this version; throws 410 where they are forgotten. */
  since(version: number): Change[] {
    if (version < this.#compacted) throw expired(`too old resource version: ${version} (${this.#compacted})`);
    return this.changes.filter((change) => change.version > version);
  }

  /** Called before everything goes back to an earlier state: no watch lives through that. Returns how to stop it. */
  whenRewound(end: () => void): () => void {
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  /**
   * Puts objects back to where they were at this version, as etcd is restored: each as it was, with the version that it had, while
   * versions go on from where they are; all watches end, and who watches from before must list.
   */
  rewind(version: number, concerns: (change: Change) => boolean = () => true): void {
    const undone = this.changes.filter((change) => change.version > version && concerns(change));
    for (const end of [...this.#ends]) end();
    for (const { resource, before, after } of undone.toReversed()) this.#putBack(resource, before, after);
    this.#compacted = this.#version;
  }

  #putBack(resource: Resource, before: Stored | undefined, after: Stored | undefined): void {
    this.#version += 1;
    if (before) this.#collection(resource).set(keyOf(before), before);
    else if (after) this.#collection(resource).delete(keyOf(after));
    this.#commit({ version: this.#version, resource, before: after, after: before, part: 'status', guarded: false });
  }

  find({ resource, namespace = '', name }: ObjectRef): Stored | undefined {
    return this.#objects.get(resource.plural)?.get(`${namespace}/${name}`);
  }

  list(selection: Selection): Stored[] {
    const { resource, namespace, labelSelector, fieldSelector } = selection;
    const matches = both(labelMatcher(labelSelector), fieldMatcher(fieldSelector, POD_FIELDS, false));
    const isPlain = labelSelector === undefined && fieldSelector === undefined;
    return [...(this.#objects.get(resource.plural)?.values() ?? [])].filter(
      (object) =>
        (namespace === undefined || object.metadata.namespace === namespace) &&
        (isPlain || matches(object as Parameters<typeof matches>[0])),
    );
  }

  create(resource: Resource, namespace: string | undefined, body: object): Stored {
    const { metadata = { name: '' }, ...rest } = body as Partial<Stored>;
    const ref = { resource, namespace, name: metadata.name };
    if (this.find(ref)) throw alreadyExists(subjectOf(ref), false);
    const { status: _, ...unstated } = rest;
    const hasStatus = WITH_STATUS.has(resource.plural);
    const created = this.#put(resource, undefined, UNGUARDED, {
      ...identity(resource),
      ...(hasStatus ? unstated : rest),
      ...(hasStatus && isCustom(resource) && { status: { observedGeneration: -1 } }),
      metadata: {
        ...metadata,
        ...(namespace === undefined ? {} : { namespace }),
        uid: this.#deps.uuid(),
        creationTimestamp: timestamp(this.#deps.now()),
        ...((isCustom(resource) || resource.group === 'apps') && { generation: 1 }),
      },
    });
    if (hasStatus && isCustom(resource)) this.#unstated.add(created);
    return created;
  }

  /** Replaces one part; a compare-and-set when `metadata.resourceVersion` is given, as it must be for custom resources. */
  replace(ref: ObjectRef, body: Partial<Stored>, part: Part): Stored {
    const { resourceVersion } = body.metadata ?? {};
    const old = this.#existing(ref);
    if (resourceVersion === undefined && isCustom(ref.resource)) throw needsVersion(ref);
    return this.#write(ref, old, body, part, resourceVersion);
  }

  /** A compare-and-set when the patch has `metadata.resourceVersion`. */
  mergePatch(ref: ObjectRef, patch: object, part: Part): Stored {
    const old = this.#existing(ref);
    const { resourceVersion } = (patch as Partial<Stored>).metadata ?? {};
    return this.#write(
      ref,
      old,
      mergePatch(old as Json & Stored, patch as Json) as Json & Stored,
      part,
      resourceVersion,
    );
  }

  delete(ref: ObjectRef, { uid, resourceVersion }: Preconditions = {}): void {
    const old = this.#existing(ref);
    const isOther =
      (uid !== undefined && uid !== old.metadata.uid) ||
      (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion);
    if (isOther) throw conflict(subjectOf(ref));
    if (!old.metadata.finalizers?.length) this.#remove(ref.resource, old);
    else if (!old.metadata.deletionTimestamp) this.#markDeleted(ref.resource, old);
  }

  /** Puts an earlier state of an object back, as a backup that is restored does. */
  restore(ref: ObjectRef, object: Stored): void {
    const { resourceVersion: _, ...metadata } = object.metadata;
    this.#put(ref.resource, this.find(ref), { part: 'status', guarded: false }, { ...object, metadata });
  }

  #markDeleted(resource: Resource, old: Stored): void {
    const { generation } = old.metadata;
    const next = generation === undefined ? {} : { generation: generation + 1 };
    const metadata = { ...old.metadata, ...next, deletionTimestamp: timestamp(this.#deps.now()) };
    this.#put(resource, old, UNGUARDED, { ...old, metadata });
  }

  #write(ref: ObjectRef, old: Stored, body: Partial<Stored>, part: Part, version: string | undefined): Stored {
    const guarded = version !== undefined;
    if (guarded && version !== old.metadata.resourceVersion) throw conflict(subjectOf(ref));
    return this.#change(ref.resource, old, body, { part, guarded });
  }

  #change(resource: Resource, old: Stored, body: Partial<Stored>, how: How): Stored {
    const { status: _, ...withoutStatus } = old;
    const kept = WITH_STATUS.has(resource.plural) && old.status !== undefined ? { status: old.status } : {};
    const next: Stored =
      how.part === 'status'
        ? { ...withoutStatus, ...(body.status === undefined ? {} : { status: body.status }) }
        : { ...withoutStatusOf(resource, body), ...kept, metadata: this.#metadata(old, body) };
    if (equal(next as Json & Stored, old as Json & Stored) && !this.#unstated.has(old)) return old;
    if (next.metadata.deletionTimestamp && !next.metadata.finalizers?.length) {
      this.#remove(resource, next);
      return next;
    }
    return this.#put(resource, old, how, next);
  }

  #metadata(old: Stored, body: Partial<Stored>): ObjectMeta {
    const { uid, creationTimestamp, deletionTimestamp, generation, resourceVersion } = old.metadata;
    const specChanged = !equal(body.spec as Json, old.spec as Json);
    const { finalizers, annotations, labels, ...given } = body.metadata ?? { name: old.metadata.name };
    return {
      ...given,
      ...(uid && { uid }),
      ...(creationTimestamp && { creationTimestamp }),
      ...(deletionTimestamp && { deletionTimestamp }),
      ...(resourceVersion && { resourceVersion }),
      ...(finalizers?.length && { finalizers }),
      ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
      ...(labels && Object.keys(labels).length > 0 && { labels }),
      ...(generation !== undefined && { generation: specChanged ? generation + 1 : generation }),
    };
  }

  #put(resource: Resource, before: Stored | undefined, how: How, object: Stored): Stored {
    this.#version += 1;
    const after = frozen({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } });
    this.#collection(resource).set(keyOf(after), after);
    this.#commit({ version: this.#version, resource, before, after, ...how });
    return after;
  }

  #remove(resource: Resource, object: Stored): void {
    this.#version += 1;
    this.#collection(resource).delete(keyOf(object));
    this.#commit({ version: this.#version, resource, before: frozen(object), after: undefined, ...UNGUARDED });
    for (const [plural, objects] of this.#objects) {
      for (const owned of [...objects.values()]) {
        const isOwned = owned.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid);
        const known = this.changes.find((change) => change.resource.plural === plural)?.resource;
        if (isOwned && known) this.#remove(known, owned);
      }
    }
  }

  #commit(change: Change): void {
    this.changes.push(change);
    for (const watcher of this.#watchers) watcher(change);
  }

  #collection({ plural }: Resource): Map<string, Stored> {
    const known = this.#objects.get(plural) ?? new Map<string, Stored>();
    this.#objects.set(plural, known);
    return known;
  }

  #existing(ref: ObjectRef): Stored {
    const object = this.find(ref);
    if (!object) throw notFound(subjectOf(ref));
    return object;
  }
}

function isCustom({ group }: Resource): boolean {
  return group === GROUP;
}

function needsVersion(ref: ObjectRef): StatusError {
  const message = `${ref.resource.plural} "${ref.name}" is invalid: metadata.resourceVersion: must be specified for an update`;
  return new StatusError(422, 'Invalid', message);
}

function keyOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${namespace}/${name}`;
}

function subjectOf({ resource, name }: ObjectRef): {
  group: string;
  resource: string;
  name: string;
} {
  return { group: resource.group, resource: resource.plural, name };
}

function identity(resource: Resource) {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function withoutStatusOf({ plural }: Resource, body: Partial<Stored>): Partial<Stored> {
  if (!WITH_STATUS.has(plural)) return body;
  const { status: _, ...rest } = body;
  return rest;
}
