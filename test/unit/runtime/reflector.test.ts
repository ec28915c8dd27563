import { describe, expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { sleep } from '../../../src/runtime/clock.ts';
import type { KubeApi, KubeObject, ListQuery, ObjectList, WatchEvent } from '../../../src/runtime/kube/kube-api.ts';
import { secrets } from '../../../src/runtime/kube/resources.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createReflector, type RestartReason } from '../../../src/runtime/reflector.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

type Stream = (signal: AbortSignal, clock: VirtualClock) => AsyncIterable<WatchEvent<KubeObject>>;
type Page = ObjectList<KubeObject> | CallError;

const gone = () => new CallError('refused', 'Expired', 'too old', { status: 410 });
const broken = () => new CallError('unavailable', 'ConnectionBroken', 'reset');

function object(name: string, resourceVersion: string, uid = `uid-${name}`): KubeObject {
  return { metadata: { name, namespace: 'ns', uid, resourceVersion } };
}

const page = (resourceVersion: string, ...items: KubeObject[]): Page => ({ items, resourceVersion });
const modified = (name: string, version: string): WatchEvent<KubeObject> => ({
  type: 'MODIFIED',
  object: object(name, version),
});

/** Never ends by itself. */
async function* silence(signal: AbortSignal): AsyncGenerator<WatchEvent<KubeObject>> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}

/** Gives these events one second apart, then throws, or ends, or stays silent. */
function stream(events: WatchEvent<KubeObject>[], end: 'silent' | 'end' | CallError = 'silent'): Stream {
  return async function* (signal, clock) {
    for (const event of events) {
      await sleep(clock, 1_000);
      yield event;
    }
    await sleep(clock, 1_000);
    if (end === 'silent') yield* silence(signal);
    if (end instanceof CallError) throw end;
  };
}

/** Answers lists and watches in turn as scripted; the last entry of each is repeated. */
function setUp(script: { lists: Page[]; watches: Stream[] }, log = silentLog) {
  const clock = new VirtualClock();
  const lists: ListQuery[] = [];
  const watchedFrom: string[] = [];
  const restarts: RestartReason[] = [];
  const changes: string[] = [];
  const stop = new AbortController();
  const kube = {
    async list(query: ListQuery) {
      lists.push(query);
      const answer = script.lists[Math.min(lists.length, script.lists.length) - 1];
      if (!answer || answer instanceof CallError) throw answer;
      return answer;
    },
    watch({ resourceVersion }: { resourceVersion: string }, signal: AbortSignal) {
      watchedFrom.push(resourceVersion);
      const open = script.watches[Math.min(watchedFrom.length, script.watches.length) - 1];
      return (open ?? silence)(signal, clock);
    },
  } as Pick<KubeApi, 'list' | 'watch'>;
  const reflector = createReflector<KubeObject>({
    kube,
    clock,
    entropy: createSeededEntropy(1),
    log,
    selection: { resource: secrets, namespace: 'ns' },
    onRestart: (reason) => restarts.push(reason),
  });
  reflector.onChange(({ type, object: { metadata } }) =>
    changes.push(`${type} ${metadata.name}@${metadata.resourceVersion}`),
  );
  const ended = reflector.run(stop.signal);
  return { clock, reflector, lists, watchedFrom, restarts, changes, stop, ended };
}

test('it lists all pages with one page size, is synced, and watches from where the list ended', async () => {
  const first: Page = { items: [object('a', '1')], resourceVersion: '10', continue: 'more' };
  const { clock, reflector, lists, watchedFrom } = setUp({
    lists: [first, page('10', object('b', '2'))],
    watches: [silence],
  });
  let synced = false;
  void reflector.synced.then(() => {
    synced = true;
  });
  await clock.idle();
  expect(synced).toBe(true);
  expect(lists.map(({ limit, continue: token }) => ({ limit, token }))).toEqual([
    { limit: 500, token: undefined },
    { limit: 500, token: 'more' },
  ]);
  expect([...reflector.cache.list()].map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  expect(watchedFrom).toEqual(['10']);
});

test('a list that expires between two pages is read again in one piece, later ones in pages again', async () => {
  const first: Page = { items: [object('a', '1')], resourceVersion: '10', continue: 'more' };
  const { clock, reflector, lists, watchedFrom } = setUp({
    lists: [first, gone(), page('20', object('b', '15'))],
    watches: [silence],
  });
  await clock.runUntil(() => watchedFrom.length === 1);
  expect(lists.map(({ limit }) => limit)).toEqual([500, 500, undefined]);
  expect([...reflector.cache.list()].map(({ metadata }) => metadata.name)).toEqual(['b']);
  expect(watchedFrom).toEqual(['20']);
  await clock.runUntil(() => lists.length > 3);
  expect(lists[3]?.limit).toBe(500);
});

test('a list that fails is tried for ever', async () => {
  const failing = Array.from({ length: 50 }, broken);
  const { clock, reflector, lists } = setUp({ lists: [...failing, page('1', object('a', '1'))], watches: [silence] });
  await clock.runUntil(() => reflector.cache.size() === 1);
  expect(lists).toHaveLength(51);
  expect(clock.monotonic()).toBeLessThan(50 * 30_000);
});

test('a watch that breaks goes on from the last event or bookmark, without a list', async () => {
  const { clock, lists, watchedFrom, restarts } = setUp({
    lists: [page('1', object('a', '1'))],
    watches: [
      stream([modified('a', '2')], broken()),
      stream([{ type: 'BOOKMARK', resourceVersion: '7' }], 'end'),
      silence,
    ],
  });
  await clock.runUntil(() => watchedFrom.length === 3);
  expect({ watchedFrom, lists: lists.length, restarts }).toEqual({
    watchedFrom: ['1', '2', '7'],
    lists: 1,
    restarts: ['Failed', 'Ended'],
  });
});

test('a version that is gone, at connect or in the stream, means a new list', async () => {
  const { clock, changes, watchedFrom, restarts } = setUp({
    lists: [page('1', object('a', '1'), object('b', '1')), page('5', object('a', '4')), page('9', object('a', '8'))],
    watches: [stream([], gone()), stream([modified('a', '6')], gone()), silence],
  });
  await clock.runUntil(() => watchedFrom.length === 3);
  expect(restarts).toEqual(['Expired', 'Expired']);
  expect(changes).toEqual(['Added a@1', 'Added b@1', 'Deleted b@1', 'Updated a@4', 'Updated a@6', 'Updated a@8']);
});

test('a watch that stays silent is taken for dead and everything is looked at again', async () => {
  const { clock, lists, restarts, reflector } = setUp({
    lists: [page('1', object('a', '1')), page('5', object('a', '4'))],
    watches: [silence],
  });
  await clock.advance(3 * 60_000 + 1);
  expect({ lists: lists.length, restarts }).toEqual({ lists: 2, restarts: ['Inactive'] });
  expect(reflector.cache.get('ns/a')?.metadata.resourceVersion).toBe('4');
});

test('bookmarks keep a quiet watch alive', async () => {
  const bookmarks = Array.from({ length: 600 }, (_, i) => ({ type: 'BOOKMARK', resourceVersion: `${i}` }) as const);
  const { clock, restarts, reflector } = setUp({ lists: [page('1')], watches: [stream(bookmarks)] });
  await clock.advance(600_000);
  expect(restarts).toEqual([]);
  expect(reflector.healthy()).toBe(true);
});

test('a version that this server refuses again and again means a new list', async () => {
  const { clock, lists, watchedFrom } = setUp({
    lists: [page('9000'), page('3')],
    watches: [stream([], broken()), stream([], broken()), stream([], broken()), silence],
  });
  await clock.runUntil(() => watchedFrom.length === 4);
  expect({ lists: lists.length, watchedFrom }).toEqual({ lists: 2, watchedFrom: ['9000', '9000', '9000', '3'] });
});

describe('an API server that names a time', () => {
  const busy = (retryAfterSeconds: number) =>
    new CallError('unavailable', 'TooManyRequests', 'too many', { status: 429, retryAfterSeconds });

  test('is not asked for the list before that', async () => {
    const { clock, lists } = setUp({ lists: [busy(20), page('1')], watches: [silence] });
    await clock.advance(19_999);
    expect(lists).toHaveLength(1);
    await clock.advance(1);
    expect(lists).toHaveLength(2);
  });

  test('is not asked for the watch before that, nor ever for the list instead, and is alive', async () => {
    const { clock, lists, watchedFrom, reflector } = setUp({
      lists: [page('9000')],
      watches: [stream([], busy(20))],
    });
    await clock.advance(30 * 60_000);
    expect(lists).toHaveLength(1);
    expect(watchedFrom.length).toBeGreaterThan(5);
    expect(watchedFrom.length).toBeLessThanOrEqual((30 * 60) / 20);
    expect(reflector.healthy()).toBe(true);
  });

  test('is asked again after a minute, whatever it says', async () => {
    const { clock, lists } = setUp({ lists: [busy(3_600), page('1')], watches: [silence] });
    await clock.advance(60_000);
    expect(lists).toHaveLength(2);
  });
});

test('a watch that ends as soon as it begins is not asked for without pause', async () => {
  const { clock, watchedFrom } = setUp({ lists: [page('1')], watches: [async function* () {}] });
  await clock.advance(60_000);
  expect(watchedFrom.length).toBeLessThan(15);
});

test('an object that was deleted and made again is reported as both', async () => {
  const again: WatchEvent<KubeObject> = { type: 'ADDED', object: object('a', '5', 'uid-2') };
  const { clock, changes } = setUp({ lists: [page('1', object('a', '1'))], watches: [stream([again])] });
  await clock.advance(2_000);
  expect(changes).toEqual(['Added a@1', 'Deleted a@1', 'Added a@5']);
});

test('a handler that throws loses no event, for itself or for others', async () => {
  const { clock, reflector, changes, restarts } = setUp({
    lists: [page('1', object('a', '1'))],
    watches: [stream([modified('a', '2'), modified('a', '3')])],
  });
  let calls = 0;
  reflector.onChange(() => {
    calls += 1;
    throw new Error('handler');
  });
  await clock.advance(10_000);
  expect({ calls, changes, restarts }).toEqual({
    calls: 3,
    changes: ['Added a@1', 'Updated a@2', 'Updated a@3'],
    restarts: [],
  });
});

test('it is healthy while it hears from the server and not when it has not for a quarter of an hour', async () => {
  const { clock, reflector } = setUp({ lists: [page('1'), broken()], watches: [silence] });
  await clock.advance(14 * 60_000);
  expect(reflector.healthy()).toBe(true);
  await clock.advance(2 * 60_000);
  expect(reflector.healthy()).toBe(false);
});

describe('a list that is not served', () => {
  const denied = (status: number) => new CallError('denied', 'Forbidden', 'no', { status });
  const isAnswered = async ({ clock, reflector }: ReturnType<typeof setUp>) => {
    let answered = false;
    void reflector.answered.then(() => {
      answered = true;
    });
    await clock.idle();
    return answered;
  };

  test.each([403, 404])('is an answer (%i), which is told until the first list is there', async (status) => {
    const world = setUp({ lists: [denied(status), denied(status), page('1')], watches: [silence] });
    expect(await isAnswered(world)).toBe(true);
    const { clock, reflector } = world;
    expect(reflector.obstacles()).toEqual([
      { selection: { resource: secrets, namespace: 'ns' }, error: denied(status) },
    ]);
    await clock.runUntil(() => reflector.obstacles().length === 0);
    await reflector.synced;
  });

  test.each([
    ['no connection', broken()],
    ['no credential', new CallError('denied', 'Unauthorized', 'who are you', { status: 401 })],
  ])('has no answer yet where there is %s', async (_what, error) => {
    const world = setUp({ lists: [error], watches: [silence] });
    expect(await isAnswered(world)).toBe(false);
    expect(world.reflector.obstacles()).toEqual([{ selection: { resource: secrets, namespace: 'ns' }, error }]);
  });

  test('is asked for ever, by a process that no restart would help', async () => {
    const { clock, reflector, lists } = setUp({ lists: [denied(403)], watches: [silence] });
    await clock.advance(60 * 60_000);
    expect(reflector.healthy()).toBe(true);
    expect(lists.length).toBeGreaterThan(60);
  });

  test('after it was, is told, is no death, and leaves what was known, until it is served again', async () => {
    const { clock, reflector, lists } = setUp({
      lists: [page('1', object('a', '1')), ...Array.from({ length: 50 }, () => denied(403)), page('9')],
      watches: [stream([], broken())],
    });
    const told: string[] = [];
    reflector.onService(({ type }) => told.push(type));
    await clock.runUntil(() => told.length === 1);
    expect(reflector.obstacles()).toEqual([{ selection: { resource: secrets, namespace: 'ns' }, error: denied(403) }]);
    await clock.runUntil(() => lists.length === 51, 3_600_000);
    expect(reflector.healthy()).toBe(true);
    expect(reflector.cache.size()).toBe(1);
    await clock.runUntil(() => told.length === 2);
    expect(told).toEqual(['Refused', 'Served']);
    expect(reflector.obstacles()).toEqual([]);
    expect(reflector.cache.size()).toBe(0);
  });

  test('after it was, and then never answers, is dead like any other', async () => {
    const { clock, reflector } = setUp({
      lists: [page('1'), denied(403), broken()],
      watches: [stream([], broken())],
    });
    await clock.advance(30 * 60_000);
    expect(reflector.healthy()).toBe(false);
  });

  test('is told to the log once', async () => {
    const told: string[] = [];
    const log = { ...silentLog, warn: (_fields: object, message: string) => void told.push(message) };
    const { clock } = setUp({ lists: [denied(403)], watches: [silence] }, log);
    await clock.advance(60 * 60_000);
    expect(told).toEqual(['no']);
  });
});

test('it ends when told to, from a watch and from a pause', async () => {
  for (const script of [
    { lists: [page('1')], watches: [silence] },
    { lists: [broken()], watches: [silence] },
  ]) {
    const { clock, stop, ended } = setUp(script);
    await clock.idle();
    stop.abort();
    await ended;
    expect(clock.pending).toBe(0);
  }
});
