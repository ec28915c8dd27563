import { clone } from '../json.ts';
import type { KubeObject, WatchEvent } from '../object.ts';
import { expired } from '../status.ts';
import type { Matcher } from './selectors.ts';

/** One committed change: `old` is absent for a creation, `next` for a deletion. */
export interface Change {
  revision: number;
  resource: string;
  old?: KubeObject;
  next?: KubeObject;
}

/** Creates the object that a client sees. */
function event(type: WatchEvent['type'], object: KubeObject, revision: number): WatchEvent {
  const copy = clone(object);
  copy.metadata.resourceVersion = String(revision);
  return { type, object: copy };
}

/** What a watcher with this filter sees of a change: leaving the selection is DELETED, entering it ADDED. */
export function eventFor(change: Change, matches: Matcher): WatchEvent | undefined {
  const { old, next, revision } = change;
  const was = old !== undefined && matches(old);
  if (next !== undefined && matches(next)) return event(was ? 'MODIFIED' : 'ADDED', next, revision);
  return was ? event('DELETED', old, revision) : undefined;
}

/** The bounded log of all changes, the source of watches and of snapshots of the past. */
export class History {
  #changes: Change[] = [];
  #compacted = 0;
  readonly #limit: number;

  /** @param limit changes kept; older ones are compacted away */
  constructor(limit: number) {
    this.#limit = limit;
  }

  append(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length > this.#limit * 1.25) this.compact(this.#changes.at(-this.#limit)?.revision ?? 0);
  }

  /** Forgets the changes up to this revision, and with them the ability to watch from before it. */
  compact(revision: number): void {
    this.#compacted = Math.max(this.#compacted, revision);
    this.#changes = this.#changes.filter((change) => change.revision > this.#compacted);
  }

  /** The changes after a revision, oldest first. Throws 410 when some of them are forgotten. */
  since(revision: number): Change[] {
    if (revision < this.#compacted) throw expired(`too old resource version: ${revision} (${this.#compacted})`);
    return this.#changes.filter((change) => change.revision > revision);
  }

  /** Takes the changes after a revision back, giving the collection as it was then. Throws 410. */
  rewind(objects: Map<string, KubeObject>, resource: string, revision: number, keyOf: (o: KubeObject) => string): void {
    for (const change of this.since(revision).reverse()) {
      const object = change.next ?? change.old;
      if (change.resource !== resource || !object) continue;
      if (change.old) objects.set(keyOf(object), change.old);
      else objects.delete(keyOf(object));
    }
  }
}
