import { beforeEach, describe, expect, test } from 'vitest';
import type { ApiKeyIssuer, KeyStoreObject } from '../../../src/api/types.ts';
import { createPatience } from '../../../src/composition/patience.ts';
import { CallError, NotBegunError } from '../../../src/http/call-error.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import type { KeyStore } from '../../../src/stores/port.ts';

const ISSUER = { metadata: { namespace: 'team', name: 'apio', uid: 'uid-1' } } as ApiKeyIssuer;
const STORE = { metadata: { namespace: 'team', name: 'vault', uid: 'uid-2' } } as KeyStoreObject;

/** How the other side answers next; undefined: well. */
let answer: CallError | undefined;
let [seconds, calls] = [0, 0];

async function asked(): Promise<undefined> {
  calls += 1;
  if (answer) throw answer;
  return undefined;
}

function adapters() {
  const issuer = { get: asked, check: asked, revoke: asked } as Partial<Issuer> as Issuer;
  const store = { read: asked, check: asked } as Partial<KeyStore> as KeyStore;
  // As with declared issuers: parameters of its own, an adapter of its own.
  const plain = {
    issuer: (_object: ApiKeyIssuer, _world: string, parameters?: object) => (parameters ? { ...issuer } : issuer),
    store: () => store,
    forget() {},
  };
  return createPatience(plain, { monotonic: () => seconds * 1_000 });
}

function busy(retryAfterSeconds: number | undefined, outcome: CallError['outcome'] = 'unavailable'): CallError {
  return new CallError(outcome, 'TooManyRequests', 'GET /v1/api-keys/k_77: asked too often', { retryAfterSeconds });
}

beforeEach(() => {
  answer = undefined;
  [seconds, calls] = [0, 0];
});

describe('an other side that has named a time', () => {
  test('is not called before it, whatever the call, and then again', async () => {
    const { issuer } = adapters();
    answer = busy(7);
    await expect(issuer(ISSUER, 'Live')?.get('k_77')).rejects.toBe(answer);
    answer = undefined;
    seconds = 6.5;
    await expect(issuer(ISSUER, 'Live')?.revoke('k_78')).rejects.toMatchObject({ retryAfterSeconds: 0.5 });
    expect(calls).toBe(1);
    seconds = 7;
    await issuer(ISSUER, 'Live')?.revoke('k_78');
    expect(calls).toBe(2);
  });

  test('is left alone for a minute at the most: an emergency does not wait for a limit of other calls', async () => {
    const { store } = adapters();
    answer = busy(3_600);
    await expect(store(STORE).read('a')).rejects.toBe(answer);
    answer = undefined;
    seconds = 59;
    await expect(store(STORE).read('b')).rejects.toBeInstanceOf(NotBegunError);
    seconds = 60;
    await store(STORE).read('b');
    expect(calls).toBe(2);
  });

  test('is one account, whatever the parameters of a rotation are, and another one in another environment', async () => {
    const { issuer } = adapters();
    answer = busy(7);
    await expect(issuer(ISSUER, 'Live', { project: '1' })?.get('k_77')).rejects.toBe(answer);
    answer = undefined;
    await expect(issuer(ISSUER, 'Live', { project: '2' })?.get('k_78')).rejects.toBeInstanceOf(NotBegunError);
    await issuer(ISSUER, 'Test', { project: '2' })?.get('k_79');
    expect(calls).toBe(2);
  });

  test('is asked again at once when it was made anew', async () => {
    const { issuer, forget } = adapters();
    answer = busy(7);
    await expect(issuer(ISSUER, 'Live', { project: '1' })?.get('k_77')).rejects.toBe(answer);
    answer = undefined;
    forget(ISSUER);
    await issuer(ISSUER, 'Live', { project: '1' })?.get('k_77');
    expect(calls).toBe(2);
  });

  test('holds up nobody else', async () => {
    const { issuer, store } = adapters();
    answer = busy(7);
    await expect(issuer(ISSUER, 'Live')?.check()).rejects.toBe(answer);
    answer = undefined;
    await store(STORE).check();
    expect(calls).toBe(2);
  });

  test('is told of by a call that was surely not carried out, and says nothing of the call that was', async () => {
    const { issuer } = adapters();
    answer = busy(7, 'unknown');
    await expect(issuer(ISSUER, 'Live')?.get('k_77')).rejects.toBe(answer);
    const found = await issuer(ISSUER, 'Live')
      ?.check()
      .catch((error: unknown) => error);
    expect(found).toMatchObject({
      outcome: 'unavailable',
      reason: 'TooManyRequests',
      message:
        'ApiKeyIssuer team/apio asked with an answer to another call (TooManyRequests) not to be called for some time; it is called again after that',
    });
  });
});

test('whoever says that there are too many requests, and names no time, has a second', async () => {
  const { store } = adapters();
  answer = new CallError('unavailable', 'VaultRateLimited', 'asked too often', { status: 429 });
  await expect(store(STORE).read('a')).rejects.toBe(answer);
  answer = undefined;
  seconds = 0.9;
  await expect(store(STORE).read('b')).rejects.toMatchObject({ reason: 'VaultRateLimited' });
  seconds = 1;
  await store(STORE).read('b');
  expect(calls).toBe(2);
});

test('whoever names no time is called again at once', async () => {
  const { store } = adapters();
  answer = busy(undefined);
  await expect(store(STORE).read('a')).rejects.toBe(answer);
  await expect(store(STORE).read('a')).rejects.toBe(answer);
  expect(calls).toBe(2);
});
