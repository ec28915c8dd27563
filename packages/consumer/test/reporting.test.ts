import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createConsumer, type ReportOptions } from '../src/consumer.ts';
import type { ConsumerError } from '../src/errors.ts';
import type { LoadedKey } from '../src/loader.ts';
import { fingerprintOf, proofOf } from '../src/proof.ts';
import type { ReportAnswer } from '../src/report-client.ts';
import { type Answer, type Seen, startStub } from './stub.ts';
import { createTimers } from './timers.ts';

const OLD: LoadedKey = { key: 'apio_live_the_old_key_0001', rotationUID: 'uid-1', revision: 1 };
const NEW: LoadedKey = { key: 'apio_live_the_new_key_0002', rotationUID: 'uid-1', revision: 2 };
const POLL_MS = 9_000;
const INTERVAL_MS = 270_000;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const migrated: Answer = {
  status: 200,
  body: { uid: 'uid-1', revision: 1, consumer: 'api', fingerprint: fingerprintOf(OLD.key), state: 'Migrated' },
};

const failed = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: { error: { code: 'No', message: 'not yet' } },
});

async function create(
  answer: (seen: Seen, count: number) => Answer,
  report: Partial<ReportOptions> = {},
  first: LoadedKey = OLD,
) {
  const stub = await startStub(answer);
  closing.push(stub.close);
  const timers = createTimers();
  const errors: ConsumerError[] = [];
  const answers: ReportAnswer[] = [];
  const store = { loaded: first };
  const consumer = createConsumer({
    load: () => store.loaded,
    report: {
      url: stub.url,
      namespace: 'team',
      rotation: 'payments',
      consumer: 'api',
      onAnswer: (one) => answers.push(one),
      ...report,
    },
    clock: timers.clock,
    onError: (error) => errors.push(error),
  });
  closing.push(consumer.close);
  return { stub, timers, errors, answers, store, consumer };
}

async function tokenFile(text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'consumer-'));
  closing.push(() => rm(directory, { recursive: true }));
  const path = join(directory, 'token');
  await writeFile(path, text);
  return path;
}

describe('a consumer reports', () => {
  it('at start, with a proof by what is stored beside the key', async () => {
    const { stub, answers, errors } = await create(() => migrated);
    await vi.waitUntil(() => answers.length === 1);
    expect(stub.seen).toEqual([
      {
        method: 'POST',
        url: '/v1/namespaces/team/rotations/payments/reports',
        authorization: undefined,
        body: {
          consumer: 'api',
          fingerprint: fingerprintOf(OLD.key),
          proof: proofOf(OLD.key, { uid: 'uid-1', revision: 1, consumer: 'api' }),
        },
      },
    ]);
    expect(errors).toEqual([]);
  });

  it.each<[string, LoadedKey]>([
    ['the key', NEW],
    ['the revision alone', { ...OLD, revision: 2 }],
  ])('at each change of %s', async (_what, next) => {
    const { stub, timers, answers, store } = await create(() => migrated);
    await vi.waitUntil(() => answers.length === 1);
    store.loaded = next;
    await vi.waitUntil(() => timers.fire(POLL_MS));
    await vi.waitUntil(() => answers.length === 2);
    expect(stub.seen[1]?.body.proof).toBe(proofOf(next.key, { uid: 'uid-1', revision: 2, consumer: 'api' }));
  });

  it('every five minutes when nothing changes', async () => {
    const { timers, answers } = await create(() => migrated);
    await vi.waitUntil(() => timers.fire(INTERVAL_MS) && answers.length >= 1);
    await vi.waitUntil(() => answers.length >= 2);
  });

  it('not before the last call with the old key has ended', async () => {
    const { stub, timers, answers, store, consumer } = await create(() => migrated);
    await vi.waitUntil(() => answers.length === 1);
    let end = () => {};
    const call = consumer.use(() => new Promise<void>((resolve) => (end = resolve)));
    await vi.waitUntil(() => timers.delays().includes(INTERVAL_MS));
    store.loaded = NEW;
    timers.fire(POLL_MS);
    await vi.waitUntil(() => timers.delays().includes(60_000));
    expect(stub.seen).toHaveLength(1);
    end();
    await call;
    await vi.waitUntil(() => answers.length === 2);
    expect(stub.seen[1]?.body.fingerprint).toBe(fingerprintOf(NEW.key));
  });

  it('although a call with the old key does not end, after the time for that', async () => {
    const { timers, answers, store, consumer } = await create(() => migrated);
    await vi.waitUntil(() => answers.length === 1);
    let end = () => {};
    const call = consumer.use(() => new Promise<void>((resolve) => (end = resolve)));
    await vi.waitUntil(() => timers.delays().includes(INTERVAL_MS));
    store.loaded = NEW;
    timers.fire(POLL_MS);
    await vi.waitUntil(() => timers.fire(60_000));
    await vi.waitUntil(() => answers.length === 2);
    end();
    await call;
  });
});

describe('a report that is not taken', () => {
  it('because it came too early is sent again after Retry-After, without a complaint', async () => {
    const { stub, timers, answers, errors } = await create((_seen, count) =>
      count === 1 ? failed(425, { 'retry-after': '2' }) : migrated,
    );
    await vi.waitUntil(() => timers.delays().includes(2_000));
    expect(stub.seen).toHaveLength(1);
    timers.fire(2_000);
    await vi.waitUntil(() => answers.length === 1);
    expect(errors).toEqual([]);
  });

  it('is sent again with growing pauses, and told each time', async () => {
    const { timers, answers, errors } = await create((_seen, count) => (count <= 3 ? failed(503) : migrated));
    for (const delayMs of [500, 1_000, 2_000]) await vi.waitUntil(() => timers.fire(delayMs));
    await vi.waitUntil(() => answers.length === 1);
    expect(errors.map(({ message }) => message)).toEqual(Array(3).fill('The reports API answered 503: not yet'));
    await vi.waitUntil(() => timers.delays().includes(INTERVAL_MS));
  });

  it('because there are too many is sent again after Retry-After at the least, and later each time', async () => {
    const { timers, answers } = await create((_seen, count) =>
      count <= 4 ? failed(429, { 'retry-after': '1' }) : migrated,
    );
    for (const delayMs of [1_000, 1_000, 2_000, 4_000]) {
      await vi.waitUntil(() => timers.delays().includes(delayMs));
      expect(timers.delays()).not.toContain(500);
      timers.fire(delayMs);
    }
    await vi.waitUntil(() => answers.length === 1);
  });

  it('that stays too early is sent with growing pauses after five tries', async () => {
    const { timers, stub } = await create(() => failed(425, { 'retry-after': '2' }));
    for (let count = 1; count <= 5; count += 1) {
      await vi.waitUntil(() => stub.seen.length === count && timers.fire(2_000));
    }
    await vi.waitUntil(() => timers.delays().includes(16_000));
    expect(stub.seen).toHaveLength(6);
  });

  it('is told to onError when it is always too early', async () => {
    const { timers, errors } = await create(() => failed(425, { 'retry-after': '2' }));
    await vi.waitUntil(() => {
      timers.fire(2_000);
      return errors.length > 0;
    });
    expect(errors[0]).toMatchObject({ code: 'ReportRefused' });
  });

  it('never puts key, proof or token into an error', async () => {
    const token = 'aaaa.bbbb.cccc';
    const { errors } = await create(
      () => ({ status: 400, body: { error: { message: `you sent ${token} and ${OLD.key}` } } }),
      { tokenFile: await tokenFile(token) },
    );
    await vi.waitUntil(() => errors.length === 1);
    expect(errors[0]?.message).toBe('The reports API answered 400: withheld');
  });

  it('says how to prove when neither a token nor uid and revision are there', async () => {
    const { store, errors, timers } = await create(() => migrated);
    store.loaded = { key: NEW.key };
    await vi.waitUntil(() => timers.fire(POLL_MS));
    await vi.waitUntil(() => errors.length === 1);
    expect(errors[0]?.message).toContain('report.tokenFile');
  });
});

describe('the token', () => {
  it('is read anew for each report', async () => {
    const path = await tokenFile('first.token.x\n');
    const { stub, timers, answers } = await create(() => migrated, { tokenFile: path });
    await vi.waitUntil(() => answers.length === 1);
    await writeFile(path, 'second.token.x\n');
    await vi.waitUntil(() => timers.fire(INTERVAL_MS));
    await vi.waitUntil(() => answers.length === 2);
    expect(stub.seen.map(({ authorization }) => authorization)).toEqual([
      'Bearer first.token.x',
      'Bearer second.token.x',
    ]);
  });

  it('that would break the header is not quoted', async () => {
    const { errors } = await create(() => migrated, { tokenFile: await tokenFile('secret\nlines') });
    await vi.waitUntil(() => errors.length === 1);
    expect(errors[0]?.message).not.toContain('secret');
  });

  it('that is missing is told, and the report waits for it', async () => {
    const { errors, stub } = await create(() => migrated, { tokenFile: '/nowhere/token' });
    await vi.waitUntil(() => errors.length === 1);
    expect(errors[0]?.message).toContain('/nowhere/token');
    expect(stub.seen).toEqual([]);
  });
});

describe('a superseded key', () => {
  it('makes the consumer look for the new one at once', async () => {
    const superseded: Answer = { status: 200, body: { ...migrated.body, state: 'Superseded' } };
    const { stub, answers, store } = await create((_seen, count) => {
      store.loaded = NEW;
      return count === 1 ? superseded : migrated;
    });
    await vi.waitUntil(() => answers.length === 2);
    expect(stub.seen[1]?.body.fingerprint).toBe(fingerprintOf(NEW.key));
  });
});

describe('what the operator tells of the key', () => {
  const told = (revision: number, key: LoadedKey, state: string): Answer => ({
    status: 200,
    body: { uid: 'uid-1', revision, consumer: 'api', fingerprint: fingerprintOf(key.key), state },
  });
  const proof = proofOf(NEW.key, { uid: 'uid-1', revision: 2, consumer: 'api' });
  const done = told(2, NEW, 'Migrated');

  /** A consumer with a token and the new key alone; `post` answers its reports by their number, `get` its questions. */
  async function ask(get: () => Answer, post: (seen: Seen, count: number) => Answer) {
    let posts = 0;
    const answer = (seen: Seen) => {
      posts += seen.method === 'POST' ? 1 : 0;
      return seen.method === 'GET' ? get() : post(seen, posts);
    };
    const world = await create(answer, { tokenFile: await tokenFile('a.b.c') }, { key: NEW.key });
    return { ...world, requests: () => world.stub.seen.map(({ method, body }) => [method, body.proof]) };
  }
  /** Waits for the pause after a failed report, and ends it. */
  const retry = (timers: ReturnType<typeof createTimers>, delayMs: number) => vi.waitUntil(() => timers.fire(delayMs));

  it('only with its answer to the report is used for a proof at once', async () => {
    const { requests, answers } = await ask(
      () => told(1, OLD, 'Current'),
      () => done,
    );
    await vi.waitUntil(() => answers.length === 1);
    expect(requests()).toEqual([
      ['GET', undefined],
      ['POST', undefined],
      ['POST', proof],
    ]);
  });

  it('is kept while the report does not get through, so that trying again costs one request', async () => {
    const { requests, timers, answers } = await ask(
      () => told(2, NEW, 'Pending'),
      ({ body }, count) => (body.proof === proof && count > 3 ? done : failed(503)),
    );
    for (const delayMs of [500, 1_000, 2_000]) await retry(timers, delayMs);
    await vi.waitUntil(() => answers.length === 1);
    expect(requests().filter(([method]) => method === 'GET')).toHaveLength(1);
  });

  it('is kept too where the proof of what the report told does not get through', async () => {
    const { requests, timers, answers } = await ask(
      () => told(1, OLD, 'Current'),
      ({ body }, count) => (body.proof && count <= 3 ? failed(503) : done),
    );
    await retry(timers, 500);
    await retry(timers, 1_000);
    await vi.waitUntil(() => answers.length === 1);
    expect(requests()).toEqual([
      ['GET', undefined],
      ['POST', undefined],
      ['POST', proof],
      ['POST', proof],
      ['POST', proof],
    ]);
  });

  it.each([400, 403])(
    'is asked for anew after an answer of %d, and after a report that got through',
    async (status) => {
      const { requests, timers, answers } = await ask(
        () => told(2, NEW, 'Pending'),
        (_seen, count) => (count === 1 ? failed(status) : done),
      );
      await retry(timers, 500);
      await vi.waitUntil(() => answers.length === 1);
      await vi.waitUntil(() => timers.fire(INTERVAL_MS));
      await vi.waitUntil(() => answers.length === 2);
      expect(requests().map(([method]) => method)).toEqual(['GET', 'POST', 'GET', 'POST', 'GET', 'POST']);
    },
  );
});
