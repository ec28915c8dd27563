import type { ApiKeyRotation } from '../api/types.ts';
import { createDeadline } from '../runtime/kube/deadline.ts';
import type { KubeObject } from '../runtime/kube/kube-api.ts';
import { events } from '../runtime/kube/resources.ts';
import type { Session } from './command.ts';
import { look } from './look.ts';

/** A core/v1 Event, as far as it is told. */
export interface EventObject extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
}

/** Events are written after what they tell of, and where that fails they are not written at all. */
const PATIENCE_MS = 3_000;

function selectionOf({ metadata }: ApiKeyRotation) {
  return { resource: events, namespace: metadata.namespace, fieldSelector: `involvedObject.uid=${metadata.uid}` };
}

/** What the operator has told about an object, oldest first; nothing to whoever may not see events. */
export async function eventsOf(
  { kube }: Pick<Session, 'kube'>,
  object: ApiKeyRotation,
): Promise<readonly EventObject[]> {
  const found = await look(kube.list<EventObject>(selectionOf(object)));
  if (found === 'Denied' || !found) return [];
  return found.items.toSorted((a, b) => Date.parse(a.lastTimestamp ?? '') - Date.parse(b.lastTimestamp ?? ''));
}

/** The newest event of that reason that is not among those known before; undefined where none comes within a moment. */
export async function awaitEvent(
  { kube, clock, signal }: Pick<Session, 'kube' | 'clock' | 'signal'>,
  object: ApiKeyRotation,
  reason: string,
  known: readonly EventObject[],
): Promise<EventObject | undefined> {
  const isNew = (event: EventObject) => event.reason === reason && !known.some((old) => isSame(old, event));
  const selection = selectionOf(object);
  const found = await look(kube.list<EventObject>(selection));
  if (found === 'Denied' || !found) return undefined;
  const there = found.items.find(isNew);
  if (there) return there;
  const deadline = createDeadline(clock, PATIENCE_MS, signal);
  try {
    for await (const event of kube.watch<EventObject>(
      { ...selection, resourceVersion: found.resourceVersion },
      deadline.signal,
    )) {
      if (event.type !== 'BOOKMARK' && event.type !== 'DELETED' && isNew(event.object)) return event.object;
    }
    // One that was told a moment ago is not told again: it is counted.
    return known.findLast((event) => event.reason === reason);
  } finally {
    deadline.end();
  }
}

function isSame(one: EventObject, other: EventObject): boolean {
  return one.metadata.uid === other.metadata.uid && one.count === other.count;
}
