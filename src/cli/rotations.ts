import { rotations } from '../api/resources.ts';
import type { ApiKeyRotation } from '../api/types.ts';
import { CallError } from '../http/call-error.ts';
import { sleep } from '../runtime/clock.ts';
import { createInactivityGuard } from '../runtime/inactivity-guard.ts';
import type { KubeObject, ObjectRef, Resource } from '../runtime/kube/kube-api.ts';
import { isExpired } from '../runtime/kube/kube-errors.ts';
import { pages } from '../runtime/kube/pages.ts';
import type { Session } from './command.ts';
import { CommandError, EXIT } from './exit.ts';

/** How a rotation of the session's namespace is named to the API. */
export function rotationRef({ namespace }: Pick<Session, 'namespace'>, name: string): ObjectRef {
  return { resource: rotations, namespace, name };
}

/** The rotation as it stands; throws CommandError where there is none. */
export async function getRotation(session: Session, name: string): Promise<ApiKeyRotation> {
  const found = await session.kube.get<ApiKeyRotation>(rotationRef(session, name));
  if (found) return found;
  throw notThere(session, name);
}

/** There is no rotation of that name, or there is none any more. */
export function notThere({ namespace }: Pick<Session, 'namespace'>, name: string): CommandError {
  const see = `kubectl apikey list -n ${namespace}`;
  return new CommandError(EXIT.notFound, `there is no ApiKeyRotation ${name} in namespace ${namespace}; see ${see}`);
}

/** All objects of a kind in a namespace, or in the whole cluster. */
export async function listAll<T extends KubeObject>(
  { kube }: Pick<Session, 'kube'>,
  resource: Resource,
  namespace: string | undefined,
  labelSelector?: string,
): Promise<T[]> {
  const found: T[] = [];
  const query = { resource, namespace, ...(labelSelector !== undefined && { labelSelector }) };
  for await (const page of pages<T>(kube, query)) found.push(...page);
  return found;
}

/** One object at one time; `object` is undefined when it is gone. */
export interface Sighting {
  readonly name: string;
  readonly namespace: string;
  readonly object: ApiKeyRotation | undefined;
}

/** A watch that breaks off is made anew after this. */
const AGAIN_AFTER_MS = 1_000;
/** Bookmarks come every minute; a watch that is silent for longer is taken for dead. */
const INACTIVITY_MS = 3 * 60_000;

/**
 * Rotations as they are and each time that they change, by a watch, until `signal` aborts. With a name, of that one alone; a list that
 * finds it missing is told as its end.
 */
export async function* followRotations(
  { kube, clock }: Pick<Session, 'kube' | 'clock'>,
  where: { readonly namespace: string | undefined; readonly name?: string },
  signal: AbortSignal,
): AsyncGenerator<Sighting> {
  const { namespace, name } = where;
  const selection = { resource: rotations, namespace, ...(name && { fieldSelector: `metadata.name=${name}` }) };
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const page = await kube.list<ApiKeyRotation>(selection).catch((error: unknown) => {
      // Who has watched for an hour goes on when the API server is back.
      if (isFirst || !isUnavailable(error)) throw error;
    });
    if (!page) {
      await sleep(clock, AGAIN_AFTER_MS, signal).catch(() => {});
      continue;
    }
    yield* page.items.map((object) => sightingOf(object));
    if (name && page.items.length === 0) yield { name, namespace: namespace ?? '', object: undefined };
    const guard = createInactivityGuard(clock, INACTIVITY_MS, signal);
    const query = { ...selection, resourceVersion: page.resourceVersion };
    try {
      for await (const event of kube.watch<ApiKeyRotation>(query, guard.signal)) {
        guard.touch();
        if (event.type !== 'BOOKMARK') yield sightingOf(event.object, event.type === 'DELETED');
      }
    } catch (error) {
      if (!isExpired(error)) await sleep(clock, AGAIN_AFTER_MS, signal).catch(() => {});
    } finally {
      guard.end();
    }
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof CallError && error.outcome === 'unavailable';
}

function sightingOf(object: ApiKeyRotation, isGone = false): Sighting {
  const { name, namespace = '' } = object.metadata;
  return { name, namespace, object: isGone ? undefined : object };
}
