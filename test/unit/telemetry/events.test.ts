import { expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import type { KubeApi, KubeObject, ObjectRef } from '../../../src/runtime/kube/kube-api.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createEventRecorder, type EventNote } from '../../../src/telemetry/events.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

interface StoredEvent extends KubeObject {
  readonly count: number;
  readonly lastTimestamp: string;
  readonly message: string;
}

const rotation: KubeObject = {
  apiVersion: 'apikeyrotation.io/v1alpha1',
  kind: 'ApiKeyRotation',
  metadata: { name: 'payments', namespace: 'ns', uid: 'u1', resourceVersion: '5', labels: { a: 'b' } },
};
const published: EventNote = { type: 'Normal', reason: 'KeyPublished', message: 'Key k_1 is published' };

/** Events as an API server keeps them; `failures` are thrown by the next calls, after storing when `storesFirst`. */
function setUp() {
  const clock = new VirtualClock();
  const stored = new Map<string, StoredEvent>();
  const failures: { readonly error: Error; readonly storesFirst?: boolean }[] = [];
  const refusing = new Set<string>();
  let calls = 0;
  const kube = {
    async create(_resource: unknown, namespace: string, body: StoredEvent) {
      calls += 1;
      if (refusing.has(namespace)) throw new CallError('denied', 'Forbidden', 'exceeded quota');
      const failure = failures.shift();
      if (failure && !failure.storesFirst) throw failure.error;
      const key = `${namespace}/${body.metadata.name}`;
      if (stored.has(key)) throw new CallError('conflict', 'AlreadyExists', 'exists', { status: 409 });
      stored.set(key, body);
      if (failure) throw failure.error;
      return body;
    },
    async mergePatch(ref: ObjectRef, patch: object) {
      calls += 1;
      const key = `${ref.namespace}/${ref.name}`;
      const present = stored.get(key);
      if (!present) throw new CallError('refused', 'NotFound', 'not found', { status: 404 });
      stored.set(key, { ...present, ...patch });
      return present;
    },
  } as Pick<KubeApi, 'create' | 'mergePatch'>;
  const entropy = createSeededEntropy(1);
  const recorder = createEventRecorder({
    kube,
    clock,
    entropy,
    log: silentLog,
    instance: 'pod-1',
    namespace: 'operators',
  });
  const refuse = (namespace: string) => refusing.add(namespace);
  return { clock, recorder, stored, failures, refuse, calls: () => calls, events: () => [...stored.values()] };
}

test('an event names its object, its reason and who says so', async () => {
  const { recorder, events } = setUp();
  recorder.record(rotation, published);
  await recorder.flush();
  expect(events()).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: expect.stringMatching(/^payments\./), namespace: 'ns' },
      involvedObject: {
        apiVersion: 'apikeyrotation.io/v1alpha1',
        kind: 'ApiKeyRotation',
        name: 'payments',
        namespace: 'ns',
        uid: 'u1',
        resourceVersion: '5',
      },
      ...published,
      count: 1,
      firstTimestamp: '2030-01-01T00:00:00Z',
      lastTimestamp: '2030-01-01T00:00:00Z',
      source: { component: 'apikey-rotation-operator' },
      reportingComponent: 'apikey-rotation-operator',
      reportingInstance: 'pod-1',
    },
  ]);
});

test('an event about a cluster-scoped object goes to the namespace of the operator', async () => {
  const { recorder, stored } = setUp();
  recorder.record({ metadata: { name: 'vault' } }, published);
  await recorder.flush();
  expect([...stored.keys()][0]).toMatch(/^operators\/vault\./);
});

test('equal events are one with a count, written at most once a minute', async () => {
  const { clock, recorder, events, calls } = setUp();
  for (let i = 0; i < 13; i++) {
    recorder.record(rotation, published);
    await clock.advance(10_000);
  }
  expect(events()).toMatchObject([{ count: 13, lastTimestamp: '2030-01-01T00:02:00Z' }]);
  expect(calls()).toBe(3);
});

test('other reasons, messages and objects are events of their own', async () => {
  const { recorder, events } = setUp();
  recorder.record(rotation, published);
  recorder.record(rotation, { ...published, reason: 'OldKeyRevoked' });
  recorder.record(rotation, { ...published, message: 'Key k_2 is published' });
  recorder.record({ metadata: { ...rotation.metadata, uid: 'u2' } }, published);
  await recorder.flush();
  expect(events()).toHaveLength(4);
});

test('an event that was cleaned away meanwhile is made anew', async () => {
  const { clock, recorder, stored, events } = setUp();
  recorder.record(rotation, published);
  await recorder.flush();
  stored.clear();
  await clock.advance(120_000);
  recorder.record(rotation, published);
  await recorder.flush();
  expect(events()).toMatchObject([{ count: 1 }]);
});

test('a failed write is tried again, and a lost answer makes no second event', async () => {
  const { clock, recorder, failures, events } = setUp();
  failures.push({ error: new CallError('unavailable', 'Http503', 'down') });
  failures.push({ error: new CallError('unknown', 'RequestTimedOut', 'no answer'), storesFirst: true });
  recorder.record(rotation, published);
  await clock.advance(120_000);
  recorder.record(rotation, published);
  await recorder.flush();
  expect(events()).toMatchObject([{ count: 2 }]);
});

test('a time that the API server names is kept, ten seconds at the most', async () => {
  const { clock, recorder, failures, events } = setUp();
  const busy = (retryAfterSeconds: number) =>
    new CallError('unavailable', 'TooManyRequests', 'busy', { status: 429, retryAfterSeconds });
  failures.push({ error: busy(7) }, { error: busy(3_600) });
  recorder.record(rotation, { type: 'Normal', reason: 'KeyPublished', message: 'published' });
  await clock.advance(6_999);
  expect(failures).toHaveLength(1);
  await clock.advance(1);
  expect(failures).toHaveLength(0);
  await clock.advance(9_999);
  expect(events()).toHaveLength(0);
  await clock.advance(1);
  expect(events()).toHaveLength(1);
});

test('an event that cannot be written is given up and the next ones are written', async () => {
  const { clock, recorder, failures, events } = setUp();
  for (let i = 0; i < 3; i++) failures.push({ error: new CallError('denied', 'Forbidden', 'no') });
  recorder.record(rotation, { ...published, message: 'lost' });
  recorder.record(rotation, published);
  await clock.advance(60_000);
  expect(events().map(({ message }) => message)).toEqual(['Key k_1 is published']);
});

test('a namespace that takes no events, and one that causes too many, hold up none of another', async () => {
  const { clock, recorder, events, refuse } = setUp();
  refuse('full');
  const noisy: KubeObject = { ...rotation, metadata: { ...rotation.metadata, namespace: 'full' } };
  for (let i = 0; i < 5_000; i++) recorder.record(noisy, { ...published, message: `Key k_${i} is published` });
  recorder.record(rotation, published);
  await clock.idle();
  expect(events().map(({ metadata }) => metadata.namespace)).toEqual(['ns']);
});
