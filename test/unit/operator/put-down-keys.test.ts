import { expect, test } from 'vitest';
import type { RotationStatus } from '../../../src/api/types.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { Delivery } from '../../../src/operator/rotation/act/delivery.ts';
import { createPutDownKeys } from '../../../src/operator/rotation/put-down-keys.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';
import type { Log } from '../../../src/runtime/log.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const KEY = 'team/payments';
const ATTEMPT = 'cluster/uid/2.1';
const AWAY = new CallError('unavailable', 'ConnectionFailed', 'the issuer is away');
const BUSY = new CallError('unavailable', 'TooManyRequests', 'the issuer is busy', { retryAfterSeconds: 600 });

/** A key in hand whose revocation fails like this first; `dead` once it is revoked. */
function held(keyID: string, ...failures: CallError[]) {
  const told = { tries: 0, dead: false };
  const objects: unknown[] = [];
  const delivery: Delivery = {
    run: () => Promise.reject(new Error('nobody delivers here')),
    progress: () => [],
    async discard(live) {
      objects.push(live);
      const failure = failures[told.tries];
      told.tries += 1;
      if (failure) throw failure;
      told.dead = true;
    },
    attemptID: ATTEMPT,
    inHand: () => ({ keyID, served: false }),
  };
  return { delivery, told, objects };
}

/** Keys that were put down, of an object with this status, and what is logged of them. */
function scene(status?: RotationStatus) {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const log: Log = { debug() {}, info() {}, error() {}, warn: (_, line) => lines.push(line), child: () => log };
  const get = async () => status && { metadata: { name: 'payments' }, status };
  const keys = createPutDownKeys({ kube: { get } as Pick<KubeApi, 'get'>, clock, entropy: createSeededEntropy(1) });
  return { clock, lines, keys, discard: () => keys.discard(KEY, log) };
}

test('a key that was put down dies once, and no other object is asked for it', async () => {
  const { keys, discard } = scene();
  const { delivery, told } = held('k2');
  keys.add(KEY, delivery);
  expect([keys.dueIn(KEY), keys.dueIn('team/other')]).toEqual([0, undefined]);
  await discard();
  await discard();
  expect(told).toEqual({ tries: 1, dead: true });
  expect(keys.dueIn(KEY)).toBeUndefined();
});

test('one that cannot be revoked holds up no other, is told by its id, and is tried again later and later', async () => {
  const { clock, keys, lines, discard } = scene();
  const [stuck, easy] = [held('k2', AWAY, AWAY, AWAY), held('k3')];
  keys.add(KEY, stuck.delivery);
  keys.add(KEY, easy.delivery);
  const waits: number[] = [];
  while (keys.dueIn(KEY) !== undefined) {
    await discard();
    await discard();
    waits.push(keys.dueIn(KEY) ?? 0);
    await clock.advance(keys.dueIn(KEY) ?? 0);
  }
  expect([easy.told.tries, stuck.told]).toEqual([1, { tries: 4, dead: true }]);
  const [first = 0, second = 0, third = 0] = waits;
  expect(first).toBeGreaterThanOrEqual(15_000);
  expect(second).toBeGreaterThan(first);
  expect(third).toBeGreaterThan(second);
  expect(lines[0]).toBe(
    'Key k2 was never published and is still to be revoked: the issuer is away; it is tried again; it may be revoked at the issuer by hand',
  );
});

test('the time that the issuer names is waited for', async () => {
  const { clock, keys, discard } = scene();
  const { delivery, told } = held('k2', BUSY);
  keys.add(KEY, delivery);
  await discard();
  await clock.advance(599_000);
  await discard();
  expect(told.tries).toBe(1);
  await clock.advance(1_000);
  await discard();
  expect(told).toEqual({ tries: 2, dead: true });
});

const ISSUER = { kind: 'ApiKeyIssuer', name: 'apio', uid: 'u', origin: 'https://issuer.test' } as const;
const CURRENT = { keyID: 'k2', fingerprint: '0123456789abcdef', issuer: ISSUER, targets: [] };

test.each<[string, RotationStatus]>([
  ['is in use', { current: CURRENT }],
  [
    'was published by another process and replaced',
    { abandoned: [{ revision: 1, attempt: 1, keyID: 'k2', reason: 'replaced', served: true }] },
  ],
])('a key that %s, as the object says now, lives', async (_, status) => {
  const { keys, discard } = scene(status);
  const { delivery, told } = held('k2');
  keys.add(KEY, delivery);
  await discard();
  expect(told.dead).toBe(false);
  expect(keys.dueIn(KEY)).toBeUndefined();
});

test('a key of an attempt that has begun again lives until that is over, since the issuer may have given it out again', async () => {
  const begunAgain = { attemptID: ATTEMPT } as NonNullable<RotationStatus['rotation']>;
  const status: RotationStatus = { rotation: begunAgain };
  const { clock, keys, discard, lines } = scene(status);
  const { delivery, told } = held('k2');
  keys.add(KEY, delivery);
  await discard();
  expect([told.tries, lines]).toEqual([0, []]);
  delete status.rotation;
  await clock.advance(keys.dueIn(KEY) ?? 0);
  await discard();
  expect(told.dead).toBe(true);
});

test('what people say of its revocation is read from the object as it is at each try', async () => {
  const status = { revision: 3 };
  const { keys, discard } = scene(status);
  const { delivery, objects } = held('k2');
  keys.add(KEY, delivery);
  await discard();
  expect(objects).toEqual([{ metadata: { name: 'payments' }, status }]);
});
