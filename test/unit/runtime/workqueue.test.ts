import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WorkqueueOptions } from '../../../src/runtime/workqueue.ts';
import { createWorkqueue, STALLED_AFTER_MS } from '../../../src/runtime/workqueue.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const DAY = 86_400_000;
const namespaceOf = (key: string) => key.split('/')[0] ?? '';

/** A queue whose items take as long as the test says; records when each one started and how many ran at a time. */
function setUp(options: Partial<WorkqueueOptions> & { takesMs?: number } = {}) {
  const clock = new VirtualClock();
  const started: string[] = [];
  const running = new Map<string, number>();
  let most = 0;
  const release: (() => void)[] = [];
  const queue = createWorkqueue({
    clock,
    entropy: { uuid: () => '', random: () => 1 },
    concurrency: 1,
    async process(key) {
      started.push(`${key}@${clock.monotonic()}`);
      running.set(key, (running.get(key) ?? 0) + 1);
      most = Math.max(
        most,
        [...running.values()].reduce((sum, count) => sum + count, 0),
      );
      if ((running.get(key) ?? 0) > 1) throw new Error('one key twice at a time');
      await new Promise<void>((resolve) => {
        if (options.takesMs === undefined) release.push(resolve);
        else clock.schedule(options.takesMs, resolve);
      });
      running.set(key, (running.get(key) ?? 0) - 1);
    },
    ...options,
  });
  const releaseAll = () => {
    for (const resolve of release.splice(0)) resolve();
  };
  return { clock, queue, started, releaseAll, most: () => most };
}

test('a key added many times is worked on once', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0 });
  for (let i = 0; i < 5; i++) queue.add('a');
  queue.start();
  await clock.advance(1_000);
  expect(started).toEqual(['a@0']);
});

test('a key added while it is worked on comes once more, after it', async () => {
  const { clock, queue, started, releaseAll } = setUp({ concurrency: 2 });
  queue.start();
  queue.add('a');
  await clock.idle();
  queue.add('a');
  queue.add('a');
  await clock.advance(5);
  expect(started).toEqual(['a@0']);
  releaseAll();
  await clock.idle();
  expect(started).toEqual(['a@0', 'a@5']);
  releaseAll();
  await clock.advance(DAY);
  expect(started).toHaveLength(2);
});

test('no more keys run at a time than allowed, and all get their turn', async () => {
  const { clock, queue, started, most } = setUp({ concurrency: 3, takesMs: 10 });
  for (let i = 0; i < 20; i++) queue.add(`k${i}`);
  queue.start();
  await clock.advance(1_000);
  expect({ most: most(), count: started.length }).toEqual({ most: 3, count: 20 });
});

test('groups take turns, however many keys one of them has', async () => {
  const { clock, queue, started } = setUp({ takesMs: 1, groupOf: (key) => key.charAt(0) });
  for (const key of ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2']) queue.add(key);
  queue.start();
  await clock.advance(100);
  expect(started.map((entry) => entry.split('@')[0])).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
});

test('a group whose work hangs leaves room for the others', async () => {
  const clock = new VirtualClock();
  const done: string[] = [];
  const queue = createWorkqueue({
    clock,
    entropy: createSeededEntropy(1),
    concurrency: 4,
    maxPerGroup: 2,
    groupOf: (key) => key.split('/')[0] ?? '',
    process: async (key) => {
      if (key.startsWith('hole/')) await new Promise(() => {});
      done.push(key);
    },
  });
  queue.start();
  for (let i = 0; i < 10; i++) queue.add(`hole/${i}`);
  for (let i = 0; i < 10; i++) queue.add(`fine/${i}`);
  await clock.advance(2 * STALLED_AFTER_MS);
  expect(done).toHaveLength(10);
  expect(queue.depth()).toBe(8);
});

test('namespaces take turns, however many groups one of them makes', async () => {
  const { clock, queue, started } = setUp({ takesMs: 1, namespaceOf, groupOf: (key) => key.slice(0, 3) });
  for (const key of ['a/1x', 'a/2x', 'a/3x', 'a/1y', 'b/1x', 'b/1y', 'c/1x']) queue.add(key);
  queue.start();
  await clock.advance(100);
  const order = started.map((entry) => entry.split('@')[0]);
  expect(order).toEqual(['a/1x', 'b/1x', 'c/1x', 'a/2x', 'b/1y', 'a/3x', 'a/1y']);
});

test('a namespace with a hundred groups whose work hangs leaves room for the others', async () => {
  const done: string[] = [];
  const { clock, queue } = setUp({
    concurrency: 4,
    maxPerGroup: 2,
    maxPerNamespace: 3,
    namespaceOf,
    groupOf: (key) => key,
    process: async (key) => {
      if (key.startsWith('hole/')) await new Promise(() => {});
      done.push(key);
    },
  });
  queue.start();
  for (let i = 0; i < 100; i++) queue.add(`hole/${i}`);
  for (let i = 0; i < 10; i++) queue.add(`fine/${i}`);
  await clock.advance(2 * STALLED_AFTER_MS);
  expect(done).toHaveLength(10);
  expect(queue.depth()).toBe(97);
});

test('a group whose work hangs is held back over all namespaces', async () => {
  const { clock, queue, started } = setUp({ concurrency: 4, maxPerGroup: 2, namespaceOf, groupOf: () => 'hole' });
  for (const key of ['a/1', 'b/1', 'c/1']) queue.add(key);
  queue.start();
  await clock.advance(2 * STALLED_AFTER_MS);
  expect(started).toEqual(['a/1@0', 'b/1@0']);
});

test('work that hangs leaves the others room once it has hung for long, whatever it hangs at', async () => {
  const done: string[] = [];
  const { clock, queue } = setUp({
    concurrency: 2,
    process: async (key) => {
      if (key.startsWith('hole')) await new Promise(() => {});
      done.push(key);
    },
  });
  queue.start();
  for (const key of ['hole-1', 'hole-2', 'fine-1', 'fine-2']) queue.add(key);
  await clock.advance(STALLED_AFTER_MS - 1);
  expect(done).toEqual([]);
  await clock.advance(1);
  expect(done).toEqual(['fine-1', 'fine-2']);
});

test('of work that is not stalled there is never more than allowed, of all together never more than twice as much', async () => {
  const lengths = fc.oneof(fc.integer({ min: 0, max: 3 * STALLED_AFTER_MS }), fc.constant(20 * STALLED_AFTER_MS));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(lengths, { maxLength: 30 }),
      async (concurrency, tasks) => {
        const begun = new Map<string, number>();
        const ended: string[] = [];
        const most = { fresh: 0, all: 0 };
        const { clock, queue } = setUp({
          concurrency,
          async process(key) {
            begun.set(key, clock.monotonic());
            const fresh = [...begun.values()].filter((at) => clock.monotonic() - at < STALLED_AFTER_MS);
            most.fresh = Math.max(most.fresh, fresh.length);
            most.all = Math.max(most.all, begun.size);
            await new Promise<void>((resolve) => clock.schedule(tasks[Number(key)] ?? 0, resolve));
            begun.delete(key);
            ended.push(key);
          },
        });
        queue.start();
        tasks.forEach((_, at) => {
          queue.add(`${at}`);
        });
        await clock.advance(DAY);
        expect(ended).toHaveLength(tasks.length);
        expect(most.fresh).toBeLessThanOrEqual(concurrency);
        expect(most.all).toBeLessThanOrEqual(2 * concurrency);
      },
    ),
  );
});

test('of several delays the earliest wins', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0 });
  queue.start();
  queue.addAfter('a', 500);
  queue.addAfter('a', 100);
  queue.addAfter('a', 900);
  await clock.advance(2_000);
  expect(started).toEqual(['a@100']);
});

test('starting to work on a key takes its delay back', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0 });
  queue.start();
  queue.addAfter('a', 500);
  queue.add('a');
  await clock.advance(2_000);
  expect(started).toEqual(['a@0']);
});

test('a delay that is no number is none, and keeps no other key from being due', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0 });
  queue.start();
  queue.addAfter('a', Number.NaN);
  queue.addAfter('b', 100);
  await clock.advance(200);
  expect(started).toEqual(['a@0', 'b@100']);
});

test('a delay longer than a timer of Node can hold is waited for to the end', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0 });
  const asked: number[] = [];
  const schedule = clock.schedule.bind(clock);
  clock.schedule = (delayMs, callback) => {
    asked.push(delayMs);
    return schedule(delayMs, callback);
  };
  queue.start();
  queue.addAfter('a', 100 * DAY);
  await clock.advance(200 * DAY);
  expect(started).toEqual([`a@${100 * DAY}`]);
  expect(Math.max(...asked)).toBeLessThan(2 ** 31);
});

test('retries wait twice as long each time up to a bound, until the key is forgotten', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0, backoff: { baseMs: 100, maxMs: 500 } });
  queue.start();
  const delays: number[] = [];
  for (let i = 0; i < 5; i++) {
    const from = clock.monotonic();
    queue.retry('a');
    await clock.runUntil(() => started.length === i + 1);
    delays.push(clock.monotonic() - from);
  }
  expect(delays).toEqual([100, 200, 400, 500, 500]);
  queue.forget('a');
  expect(queue.failures('a')).toBe(0);
});

test('jitter spreads retries between half of the delay and all of it', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const clock = new VirtualClock();
      const queue = createWorkqueue({
        clock,
        entropy: createSeededEntropy(seed),
        process: async () => {},
        concurrency: 1,
        backoff: { baseMs: 1_000, maxMs: 8_000 },
      });
      queue.start();
      queue.retry('a');
      expect(clock.nextDelayMs).toBeGreaterThanOrEqual(500);
      expect(clock.nextDelayMs).toBeLessThanOrEqual(1_000);
    }),
  );
});

test('a retry is not earlier than the other side asked for', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0, backoff: { baseMs: 100, maxMs: 500 } });
  queue.start();
  queue.retry('a', { atLeastMs: 30_000 });
  await clock.advance(60_000);
  expect(started).toEqual(['a@30000']);
});

test('a change is worked on long before the other side would be asked again', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0, backoff: { baseMs: 100, maxMs: 500 } });
  queue.start();
  queue.retry('a', { atLeastMs: 3_600_000, holdMs: 10_000 });
  await clock.advance(20_000);
  queue.add('a');
  await clock.advance(1_000);
  expect(started).toEqual(['a@20000']);
});

test('the traces of a failure do not cause the next try, but a change some seconds later does', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0, backoff: { baseMs: 240_000, maxMs: 240_000 } });
  queue.start();
  queue.retry('a', { holdMs: 10_000 });
  queue.add('a');
  await clock.advance(9_000);
  expect(started).toEqual([]);
  await clock.advance(10_000);
  expect(started).toEqual(['a@10000']);
});

test('a success takes back what held a key', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0, backoff: { baseMs: 240_000, maxMs: 240_000 } });
  queue.start();
  queue.retry('a', { holdMs: 10_000 });
  queue.forget('a');
  queue.add('a');
  await clock.advance(1_000);
  expect(started).toEqual(['a@0']);
});

test('a rejected item is tried again and the others go on', async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const queue = createWorkqueue({
    clock,
    entropy: createSeededEntropy(1),
    concurrency: 1,
    process: async (key) => {
      seen.push(key);
      if (key === 'poison' && seen.length === 1) throw new Error('poison');
    },
  });
  queue.start();
  queue.add('poison');
  queue.add('fine');
  await clock.advance(10_000);
  expect(seen).toEqual(['poison', 'fine', 'poison']);
});

test('stop lets what runs end and starts nothing more', async () => {
  const { clock, queue, started, releaseAll } = setUp();
  queue.start();
  queue.add('running');
  queue.add('waiting');
  queue.addAfter('later', 10);
  await clock.idle();
  let stopped = false;
  void queue.stop().then(() => {
    stopped = true;
  });
  queue.add('new');
  queue.retry('running');
  await clock.advance(DAY);
  expect(stopped).toBe(false);
  releaseAll();
  await clock.advance(DAY);
  expect({ stopped, started }).toEqual({ stopped: true, started: ['running@0'] });
});

test('an idle queue stops at once', async () => {
  const { queue } = setUp();
  await queue.stop();
});

test('a paused queue begins nothing and loses nothing: what was added, delayed or retried meanwhile comes when it goes on', async () => {
  const { clock, queue, started } = setUp({ takesMs: 10, concurrency: 2 });
  queue.start();
  queue.add('before');
  await clock.advance(5);
  queue.pause();
  queue.add('added');
  queue.addAfter('delayed', 1_000);
  queue.retry('retried');
  await clock.advance(60_000);
  expect(started).toEqual(['before@0']);
  expect(queue.depth()).toBe(3);
  queue.start();
  await clock.advance(1_000);
  expect(started.map((entry) => entry.split('@')[0])).toEqual(['before', 'added', 'retried', 'delayed']);
});

test('a stopped queue is neither paused nor started again', async () => {
  const { clock, queue, started } = setUp({ takesMs: 0 });
  void queue.stop();
  queue.pause();
  queue.start();
  queue.add('a');
  await clock.advance(1_000);
  expect(started).toEqual([]);
});
