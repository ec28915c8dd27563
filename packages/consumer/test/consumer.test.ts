import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Consumer, type ConsumerOptions, createConsumer } from '../src/consumer.ts';
import { ConsumerError, KeyRefused } from '../src/errors.ts';
import { createTimers } from './timers.ts';

const OLD = 'apio_live_the_old_key_0001';
const NEW = 'apio_live_the_new_key_0002';
const POLL_MS = 9_000;

let open: Consumer[] = [];
afterEach(async () => {
  await Promise.all(open.map((consumer) => consumer.close()));
  open = [];
});

/** A consumer whose stored key the test changes. */
function create(options: Partial<ConsumerOptions> = {}) {
  const store = { key: OLD, loads: 0, failure: undefined as Error | undefined };
  const timers = createTimers();
  const errors: ConsumerError[] = [];
  const consumer = createConsumer({
    load: () => {
      store.loads += 1;
      if (store.failure) throw store.failure;
      return store.key;
    },
    clock: timers.clock,
    onError: (error) => errors.push(error),
    ...options,
  });
  open.push(consumer);
  return { store, timers, errors, consumer };
}

/** An API that accepts some keys. */
function createApi(...accepted: string[]) {
  const api = { accepted, used: [] as string[] };
  const call = async (key: string) => {
    api.used.push(key);
    return new Response('{}', { status: api.accepted.includes(key) ? 200 : 401 });
  };
  return Object.assign(api, { call });
}

describe('key()', () => {
  it('gives the key that is stored', async () => {
    expect(await create().consumer.key()).toBe(OLD);
  });

  it('gives the new key after the next poll', async () => {
    const { consumer, store, timers } = create();
    await consumer.key();
    store.key = NEW;
    expect(await consumer.key()).toBe(OLD);
    await vi.waitUntil(() => timers.fire(POLL_MS));
    await vi.waitUntil(async () => (await consumer.key()) === NEW);
  });

  it('gives the new key when the loader tells of a change', async () => {
    let change = () => {};
    const store = { key: OLD };
    const watch = (onChange: () => void) => {
      change = onChange;
      return () => {};
    };
    const { consumer, timers } = create({ load: { load: () => store.key, watch } });
    await consumer.key();
    store.key = NEW;
    change();
    change();
    expect(timers.fire(100)).toBe(true);
    await vi.waitUntil(async () => (await consumer.key()) === NEW);
  });

  it('rejects while there is no key, and gives it as soon as there is one', async () => {
    const store = { key: '' };
    const { consumer, errors } = create({ load: () => store.key });
    await expect(consumer.key()).rejects.toMatchObject({ name: 'ConsumerError', code: 'NoKey' });
    expect(errors.map(({ code }) => code)).toEqual(['NoKey']);
    store.key = NEW;
    expect(await consumer.key()).toBe(NEW);
  });

  it('does not wait for ever for a load that does not end', async () => {
    const { consumer } = create({ load: () => new Promise<string>(() => {}) });
    const key = consumer.key();
    const closed = consumer.close();
    await expect(key).rejects.toMatchObject({ code: 'LoadFailed' });
    await closed;
  });

  it('keeps the key while the store fails, and tells so without the text of the failure', async () => {
    const { consumer, store, timers, errors } = create();
    await consumer.key();
    store.failure = new Error(`cannot parse ${NEW}`);
    await vi.waitUntil(() => timers.fire(POLL_MS));
    await vi.waitUntil(() => errors.length === 1);
    expect(errors[0]).toBeInstanceOf(ConsumerError);
    expect(errors[0]?.message).not.toContain(NEW);
    expect(await consumer.key()).toBe(OLD);
  });

  it('survives an onError that throws', async () => {
    const { consumer, store, timers } = create({
      onError: () => {
        throw new Error('not my day');
      },
    });
    await consumer.key();
    store.failure = new Error('no');
    await vi.waitUntil(() => timers.fire(POLL_MS));
    store.failure = undefined;
    store.key = NEW;
    await vi.waitUntil(() => timers.fire(POLL_MS));
    await vi.waitUntil(async () => (await consumer.key()) === NEW);
  });

  it('rejects after close', async () => {
    const { consumer } = create();
    await consumer.close();
    await expect(consumer.key()).rejects.toMatchObject({ code: 'Closed' });
  });
});

describe('use()', () => {
  it('drops no call when the old key dies before anyone noticed the new one', async () => {
    const { consumer, store } = create();
    const api = createApi(OLD);
    expect((await consumer.use(api.call)).status).toBe(200);
    store.key = NEW;
    api.accepted = [NEW];
    const answers = await Promise.all(Array.from({ length: 50 }, () => consumer.use(api.call)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(store.loads).toBeLessThanOrEqual(4);
    expect((await consumer.use(api.call)).status).toBe(200);
    expect(api.used.at(-1)).toBe(NEW);
  });

  it('does not trust a load that began before the refusal, and never loads twice at a time', async () => {
    const store = { key: OLD, loading: 0, most: 0, release: () => {}, isSlow: false };
    const { consumer, timers } = create({
      load: async () => {
        const seen = store.key;
        store.most = Math.max(store.most, ++store.loading);
        if (store.isSlow) await new Promise<void>((resolve) => (store.release = resolve));
        store.loading -= 1;
        return seen;
      },
    });
    await consumer.key();
    store.isSlow = true;
    await vi.waitUntil(() => timers.fire(POLL_MS));
    await vi.waitUntil(() => store.loading === 1);
    store.key = NEW;
    store.isSlow = false;
    const api = createApi(NEW);
    const answers = Promise.all(Array.from({ length: 5 }, () => consumer.use(api.call)));
    await vi.waitUntil(() => api.used.length === 5);
    store.release();
    expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(store.most).toBe(1);
  });

  it('frees the connection of the answer that it does not give', async () => {
    const { consumer, store } = create();
    await consumer.key();
    store.key = NEW;
    const canceled: string[] = [];
    await consumer.use((key) => {
      const body = new ReadableStream({ cancel: () => void canceled.push(key) });
      return new Response(body, { status: key === NEW ? 200 : 401 });
    });
    expect(canceled).toEqual([OLD]);
  });

  it('tries once more when fn throws KeyRefused', async () => {
    const { consumer, store } = create();
    await consumer.key();
    store.key = NEW;
    const answer = await consumer.use((key) => {
      if (key === OLD) throw new KeyRefused();
      return key.length;
    });
    expect(answer).toBe(NEW.length);
  });

  it('gives the refusal when there is no newer key', async () => {
    const { consumer } = create();
    const api = createApi();
    const answer = await consumer.use(api.call);
    expect([answer.status, await answer.text(), api.used]).toEqual([401, '{}', [OLD]]);
    const refused = new KeyRefused('no');
    await expect(
      consumer.use(() => {
        throw refused;
      }),
    ).rejects.toBe(refused);
  });

  it('gives the refusal when the store cannot be read', async () => {
    const { consumer, store, errors } = create();
    await consumer.key();
    store.failure = new Error('down');
    expect((await consumer.use(createApi().call)).status).toBe(401);
    expect(errors).toHaveLength(1);
  });

  it('tries no third time', async () => {
    const { consumer, store } = create();
    await consumer.key();
    store.key = NEW;
    const api = createApi();
    expect((await consumer.use(api.call)).status).toBe(401);
    expect(api.used).toEqual([OLD, NEW]);
  });

  it('passes every other failure on at once', async () => {
    const { consumer, store } = create();
    await consumer.key();
    const failure = new Error('mine');
    await expect(consumer.use(() => Promise.reject(failure))).rejects.toBe(failure);
    expect(store.loads).toBe(1);
  });
});
