import { beforeEach, describe, expect, test } from 'vitest';
import { type Change, createCache, type WritableCache } from '../../../src/runtime/cache.ts';
import { joinReflectors } from '../../../src/runtime/joined-reflectors.ts';
import type { KubeObject } from '../../../src/runtime/kube/kube-api.ts';
import { secrets } from '../../../src/runtime/kube/resources.ts';
import type { Obstacle, Reflector, ServiceChange } from '../../../src/runtime/reflector.ts';

/** A reflector of one namespace whose cache the test fills. */
function part() {
  const cache: WritableCache<KubeObject> = createCache({ kind: ({ metadata }) => [metadata.name.charAt(0)] });
  const handlers = new Set<(change: Change<KubeObject>) => void>();
  const serviceHandlers = new Set<(change: ServiceChange) => void>();
  const [synced, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const state = { healthy: true, obstacles: [] as Obstacle[] };
  const reflector: Reflector<KubeObject> = {
    cache,
    synced: synced.promise,
    answered: answered.promise,
    obstacles: () => state.obstacles,
    onService: (handler) => void serviceHandlers.add(handler),
    onChange(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    run: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    healthy: () => state.healthy,
  };
  const put = (object: KubeObject) => {
    for (const change of cache.put(object)) for (const handler of handlers) handler(change);
  };
  const serve = () => {
    for (const handler of serviceHandlers) handler({ type: 'Served', selection: { resource: secrets } });
  };
  return { reflector, put, serve, synced, answered, state };
}

const object = (namespace: string, name: string): KubeObject => ({
  metadata: { namespace, name, uid: `${namespace}-${name}` },
});

let [a, b] = [part(), part()];
let joined: Reflector<KubeObject>;
beforeEach(() => {
  [a, b] = [part(), part()];
  joined = joinReflectors(
    new Map([
      ['team-a', a.reflector],
      ['team-b', b.reflector],
    ]),
  );
  a.put(object('team-a', 'apio'));
  b.put(object('team-b', 'apio'));
});

describe('reflectors of several namespaces are one', () => {
  test('that finds each object under its namespace, and none of another one', () => {
    expect(joined.cache.get('team-b/apio')).toEqual(object('team-b', 'apio'));
    expect(joined.cache.get('team-c/apio')).toBeUndefined();
    expect(joined.cache.get('apio')).toBeUndefined();
  });

  test('that lists, counts and finds by index what all of them hold', () => {
    const all = [object('team-a', 'apio'), object('team-b', 'apio')];
    expect([...joined.cache.list()]).toEqual(all);
    expect(joined.cache.size()).toBe(2);
    expect(joined.cache.byIndex('kind', 'a')).toEqual(all);
  });

  test('that tells of the changes of each, until nobody wants to know', () => {
    const told: string[] = [];
    const stop = joined.onChange(({ object: { metadata } }) => told.push(`${metadata.namespace}/${metadata.name}`));
    a.put(object('team-a', 'one'));
    b.put(object('team-b', 'two'));
    stop();
    a.put(object('team-a', 'three'));
    expect(told).toEqual(['team-a/one', 'team-b/two']);
  });

  /** Whether it is in step after these have happened. */
  async function isInStepAfter(...happened: PromiseWithResolvers<void>[]): Promise<boolean> {
    let inStep = false;
    void joined.synced.then(() => {
      inStep = true;
    });
    for (const { resolve } of happened) resolve();
    await new Promise(setImmediate);
    return inStep;
  }

  test('that is in step when one of them is, and each is answered', async () => {
    expect(await isInStepAfter(a.answered, a.synced)).toBe(false);
    expect(await isInStepAfter(b.answered)).toBe(true);
  });

  test('that is not in step where all of them are refused', async () => {
    expect(await isInStepAfter(a.answered, b.answered)).toBe(false);
    expect(await isInStepAfter(b.synced)).toBe(true);
  });

  test('that tells what is served of each', () => {
    let told = 0;
    joined.onService(() => {
      told += 1;
    });
    a.serve();
    b.serve();
    expect(told).toBe(2);
  });

  test('that is answered when all of them are, and tells what hinders each', async () => {
    let isAnswered = false;
    void joined.answered.then(() => {
      isAnswered = true;
    });
    a.answered.resolve();
    await a.answered.promise;
    expect(isAnswered).toBe(false);
    b.state.obstacles.push({ selection: { resource: secrets, namespace: 'team-b' }, error: undefined });
    b.answered.resolve();
    await joined.answered;
    expect(joined.obstacles()).toEqual(b.state.obstacles);
  });

  test('that is healthy when all of them are', () => {
    expect(joined.healthy()).toBe(true);
    b.state.healthy = false;
    expect(joined.healthy()).toBe(false);
  });

  test('that runs until all of them have ended', async () => {
    const stop = new AbortController();
    const running = joined.run(stop.signal);
    stop.abort();
    await running;
  });
});
