import { asArray, asString, clone, dig } from '../json.ts';
import type { KubeObject, ObjectKey, WatchEvent } from '../object.ts';
import { type Change, eventFor, History } from './history.ts';
import { createObjectIndex, type ObjectIndex } from './object-index.ts';
import type { Matcher } from './selectors.ts';

interface Watcher {
  resource: string;
  matches: Matcher;
  /** The last revision that this watcher has seen. */
  seen: number;
  /** Makes bookmarks, for watchers that want them. */
  mark?: (revision: number) => KubeObject;
  deliver: (event: WatchEvent) => void;
}

/** Where a name lies within its resource. */
export function storeKey({ namespace, name }: Pick<ObjectKey, 'namespace' | 'name'>): string {
  return `${namespace ?? ''}/${name}`;
}

/** Where an object lies within its resource. */
export function keyOf(object: KubeObject): string {
  return storeKey(object.metadata);
}

/** How objects are found beside by their names. */
export interface Indexes {
  readonly uid: ObjectIndex;
  readonly namespace: ObjectIndex;
  /** By the uids of their owners. */
  readonly owner: ObjectIndex;
}

/** Objects by resource, one global revision, history and watchers; knows no rules of Kubernetes objects. */
export class Store {
  readonly indexes: Indexes = {
    uid: createObjectIndex(({ metadata }) => [asString(metadata.uid)]),
    namespace: createObjectIndex(({ metadata }) => [metadata.namespace ?? '']),
    owner: createObjectIndex(({ metadata }) =>
      asArray(metadata.ownerReferences).map((owner) => asString(dig(owner, 'uid'))),
    ),
  };
  #revision = 1;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #history: History;
  readonly #watchers = new Set<Watcher>();
  readonly #undelivered: Change[] = [];
  #delivering = false;

  constructor(historyLimit: number) {
    this.#history = new History(historyLimit);
  }

  get revision(): number {
    return this.#revision;
  }

  get(resource: string, key: string): KubeObject | undefined {
    return this.#objects.get(resource)?.get(key);
  }

  /** All objects of a resource by key, now or as they were at a revision. Throws 410 when that is forgotten. */
  snapshot(resource: string, revision = this.#revision): Map<string, KubeObject> {
    const objects = new Map(this.#objects.get(resource));
    if (revision !== this.#revision) this.#history.rewind(objects, resource, revision, keyOf);
    return objects;
  }

  /** Creates or replaces an object under the next revision, which it gets as resourceVersion. */
  put(resource: string, object: KubeObject): KubeObject {
    const stored = this.#stamp(object);
    const collection = this.#objects.get(resource) ?? new Map<string, KubeObject>();
    const old = collection.get(keyOf(stored));
    this.#objects.set(resource, collection.set(keyOf(stored), stored));
    this.#index(resource, old, stored);
    this.#commit({ revision: this.#revision, resource, next: stored, ...(old && { old }) });
    return stored;
  }

  /** Removes an object; watchers see its last stored state under the next revision, as etcd tells it. */
  remove(resource: string, object: KubeObject): void {
    const key = keyOf(object);
    const old = this.get(resource, key) ?? object;
    this.#revision += 1;
    this.#objects.get(resource)?.delete(key);
    this.#index(resource, old, undefined);
    this.#commit({ revision: this.#revision, resource, old });
  }

  compact(revision: number): void {
    this.#history.compact(revision);
  }

  /** Replays the changes after a revision and goes on with later ones. Throws 410. Returns the cancel function. */
  watch(given: Omit<Watcher, 'seen'>, since: number): () => void {
    const watcher = { ...given, seen: since };
    const missed = this.#history.since(since);
    this.#watchers.add(watcher);
    for (const change of missed) this.#offer(watcher, change);
    return () => this.#watchers.delete(watcher);
  }

  /** Tells every watcher that asked for bookmarks the current revision. */
  bookmark(): void {
    for (const { mark, deliver } of [...this.#watchers]) {
      if (mark) deliver({ type: 'BOOKMARK', object: mark(this.#revision) });
    }
  }

  #index(resource: string, old: KubeObject | undefined, next: KubeObject | undefined): void {
    const shown = next ?? old;
    if (!shown) return;
    for (const index of Object.values(this.indexes)) index.replace(resource, keyOf(shown), old, next);
  }

  #stamp(object: KubeObject): KubeObject {
    const stamped = clone(object);
    this.#revision += 1;
    stamped.metadata.resourceVersion = String(this.#revision);
    return stamped;
  }

  /** A watcher may change objects while it is told of a change; the queue keeps the order for all watchers. */
  #commit(change: Change): void {
    this.#history.append(change);
    this.#undelivered.push(change);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#undelivered.shift(); next; next = this.#undelivered.shift()) {
        for (const watcher of [...this.#watchers]) this.#offer(watcher, next);
      }
    } finally {
      this.#delivering = false;
    }
  }

  #offer(watcher: Watcher, change: Change): void {
    if (change.revision <= watcher.seen || !this.#watchers.has(watcher)) return;
    watcher.seen = change.revision;
    const event = change.resource === watcher.resource ? eventFor(change, watcher.matches) : undefined;
    if (event) watcher.deliver(event);
  }
}
