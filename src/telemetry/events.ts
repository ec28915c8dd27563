import { retryAfterMs } from '../http/call-error.ts';
import { type Clock, sleep } from '../runtime/clock.ts';
import type { Entropy } from '../runtime/entropy.ts';
import type { KubeApi, KubeObject } from '../runtime/kube/kube-api.ts';
import { isConflict, isNotFound } from '../runtime/kube/kube-errors.ts';
import { events as eventResource } from '../runtime/kube/resources.ts';
import type { Log } from '../runtime/log.ts';

/** What happened to an object, for `kubectl describe`. No secret, no relative times: equal events must have equal texts. */
export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
}

/** Creates core/v1 Events in the background. Nothing here ever blocks, fails or delays the caller. */
export interface EventRecorder {
  record(object: KubeObject, note: EventNote): void;
  /** Resolves when everything recorded so far is written or given up. */
  flush(): Promise<void>;
}

/** What a recorder needs. */
export interface EventRecorderOptions {
  readonly kube: Pick<KubeApi, 'create' | 'mergePatch'>;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** Which process this is, for `reportingInstance`. */
  readonly instance: string;
  /** Where events about cluster-scoped objects go. */
  readonly namespace: string;
}

interface Sighting {
  readonly eventName: string;
  readonly namespace: string;
  count: number;
  /** Monotonic. */
  writtenAt: number;
}

/** Events of one namespace that wait to be written. */
interface Lane {
  last: Promise<void>;
  queued: number;
}

const COMPONENT = 'apikey-rotation-operator';
/** The API server keeps events for an hour by default. */
const AGGREGATE_FOR_MS = 30 * 60_000;
/** An event that repeats is counted at once and written no more often than this. */
const REWRITE_AFTER_MS = 60_000;
const MAX_SIGHTINGS = 4_096;
const MAX_QUEUE_OF_NAMESPACE = 250;
const MAX_MESSAGE_LENGTH = 1_000;
const RETRY_DELAYS_MS = [1_000, 5_000];
/** Those who wait behind it, and the end of the process, do not wait longer. */
const LONGEST_WAIT_MS = 10_000;

/**
 * A recorder that writes one event of a namespace after the other, in the order of recording. Each namespace has a lane of its own: one
 * that takes no events (a quota, the end of it) or causes too many holds up none of another.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { kube, clock, entropy, log } = options;
  const sightings = new Map<string, Sighting>();
  const lanes = new Map<string, Lane>();

  function record(object: KubeObject, note: EventNote): void {
    const namespace = object.metadata.namespace ?? options.namespace;
    const lane = lanes.get(namespace) ?? { last: Promise.resolve(), queued: 0 };
    if (lane.queued >= MAX_QUEUE_OF_NAMESPACE) {
      log.warn({ reason: note.reason }, 'An event was dropped: too many wait to be written');
      return;
    }
    lanes.set(namespace, lane);
    lane.queued += 1;
    const eventName = `${object.metadata.name.slice(0, 200)}.${entropy.uuid()}`;
    lane.last = lane.last
      .then(() => tryToWrite(eventName, object, note))
      .finally(() => {
        lane.queued -= 1;
        if (lane.queued === 0) lanes.delete(namespace);
      });
  }

  async function tryToWrite(eventName: string, object: KubeObject, note: EventNote): Promise<void> {
    for (const delay of [...RETRY_DELAYS_MS, undefined]) {
      try {
        await write(eventName, object, note);
        return;
      } catch (err) {
        if (delay === undefined) log.warn({ err, reason: note.reason }, 'An event could not be written');
        else await sleep(clock, Math.max(delay, Math.min(retryAfterMs(err), LONGEST_WAIT_MS)));
      }
    }
  }

  async function write(eventName: string, object: KubeObject, note: EventNote): Promise<void> {
    const identity = JSON.stringify([
      object.metadata.uid ?? object.metadata.name,
      note.type,
      note.reason,
      note.message,
    ]);
    const seen = sightings.get(identity);
    if (seen && clock.monotonic() - seen.writtenAt < AGGREGATE_FOR_MS && (await repeat(seen))) return;
    const namespace = object.metadata.namespace ?? options.namespace;
    await create(eventName, namespace, object, note);
    remember(identity, { eventName, namespace, count: 1, writtenAt: clock.monotonic() });
  }

  /** Counts an equal event; false where the first one is gone. */
  async function repeat(seen: Sighting): Promise<boolean> {
    seen.count += 1;
    if (clock.monotonic() - seen.writtenAt < REWRITE_AFTER_MS) return true;
    const ref = { resource: eventResource, namespace: seen.namespace, name: seen.eventName };
    try {
      await kube.mergePatch(ref, { count: seen.count, lastTimestamp: timestamp() });
    } catch (error) {
      if (isNotFound(error)) return false;
      seen.count -= 1;
      throw error;
    }
    seen.writtenAt = clock.monotonic();
    return true;
  }

  async function create(name: string, namespace: string, object: KubeObject, note: EventNote): Promise<void> {
    const { apiVersion, kind, metadata } = object;
    const now = timestamp();
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: definedOf({ apiVersion, kind, ...identityOf(metadata) }),
      ...note,
      message: note.message.slice(0, MAX_MESSAGE_LENGTH),
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: COMPONENT },
      reportingComponent: COMPONENT,
      reportingInstance: options.instance,
    };
    try {
      await kube.create(eventResource, namespace, event);
    } catch (error) {
      // The name is ours alone: an earlier try got through although its answer was lost.
      if (!isConflict(error)) throw error;
    }
  }

  function remember(identity: string, sighting: Sighting): void {
    sightings.delete(identity);
    sightings.set(identity, sighting);
    const [oldest] = sightings.keys();
    if (sightings.size > MAX_SIGHTINGS && oldest !== undefined) sightings.delete(oldest);
  }

  function timestamp(): string {
    return `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
  }

  async function flush(): Promise<void> {
    await Promise.all([...lanes.values()].map(({ last }) => last));
  }

  return { record, flush };
}

function identityOf({ name, namespace, uid, resourceVersion }: KubeObject['metadata']): object {
  return { name, namespace, uid, resourceVersion };
}

function definedOf(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
