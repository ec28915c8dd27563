import { describe, expect, test } from 'vitest';
import type { PlannedTarget } from '../../../src/api/types.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { Issuer, KeyRecord } from '../../../src/issuers/port.ts';
import { formatAttemptId } from '../../../src/key/attempt-id.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createDelivery, type Delivery } from '../../../src/operator/rotation/act/delivery.ts';
import { createEffects } from '../../../src/operator/rotation/act/effects.ts';
import type { KeyStore, StoredValue } from '../../../src/stores/port.ts';

const ATTEMPT = { installation: 'inst', uid: 'uid-1', revision: 2, attempt: 1 };
const KEY = { environment: 'Live', permissions: ['payments:read'] };
const RECORD: KeyRecord = { ...KEY, keyID: 'k2', status: 'Active', label: formatAttemptId(ATTEMPT) };
const unexpected = () => Promise.reject(new Error('not asked in this story'));

/** The publish fails like this, `done` after all or not. */
interface Answer {
  readonly error: CallError;
  readonly done: boolean;
}

function storeThat(answer: Answer, before?: StoredValue): KeyStore {
  let stored = before;
  return {
    address: 'vault:test',
    versionsNameValues: true,
    keepsVersions: true,
    read: async () => stored,
    async publish({ fields, marker }) {
      if (answer.done) stored = { version: '1', fields, marker };
      throw answer.error;
    },
    readReplaced: unexpected,
    forgetReplaced: unexpected,
    check: unexpected,
  };
}

const target = (name: string): PlannedTarget => ({
  name,
  storeName: name,
  storeUID: name,
  address: name,
  path: name,
  fields: { key: 'key' },
});
const FOREIGN: StoredValue = { version: '1', fields: { key: new SecretValue('somebody else’s, and long enough') } };

/** Publishes to the first target as its answer says; what stands at the second one is somebody else's. */
function deliver(answer: Answer): {
  readonly delivery: Delivery;
  readonly run: () => Promise<string>;
  readonly dead: string[];
} {
  const dead: string[] = [];
  const issuer: Issuer = {
    capabilities: { replay: 'None', list: false },
    origin: 'https://issuer.test',
    issue: async () => ({ type: 'Issued', record: RECORD, key: new SecretValue('the text of the new key') }),
    revoke: async (keyID) => void dead.push(keyID),
    verify: async () => RECORD,
    list: unexpected,
    get: unexpected,
    check: unexpected,
  };
  const observers = { audit: { record() {} }, keyIssued() {}, keyRevoked() {}, leadership: { holds: () => true } };
  const targets = [target('first'), target('second')];
  const stores = new Map([
    ['first', storeThat(answer)],
    ['second', storeThat(answer, FOREIGN)],
  ]);
  const storeOf = ({ name }: PlannedTarget) => stores.get(name) ?? expect.fail(`there is no ${name}`);
  const delivery = createDelivery({
    attempt: ATTEMPT,
    plan: { issuer: { kind: 'ApiKeyIssuer', name: 'apio', uid: 'u', origin: issuer.origin }, key: KEY, targets },
    issuer,
    storeOf,
    effects: createEffects(observers, 'payments/apio', undefined),
    oldKey: undefined,
    knownKeys: [],
    recordedAt: () => undefined,
    consumers: [],
  });
  const run = () =>
    delivery.run(targets, []).then(
      ({ type }) => type,
      (error: CallError) => error.reason,
    );
  return { delivery, run, dead };
}

const conflict = new CallError('conflict', 'Conflict', 'something else stands there');
const unavailable = new CallError('unavailable', 'ServiceUnavailable', 'it is asked again later', { status: 503 });
const notSent = new CallError('unavailable', 'ConnectionFailed', 'nothing was sent');

describe('a key in hand', () => {
  test.each([
    ['that a target serves, though a conflict was answered', { error: conflict, done: true }],
    ['that a target serves, though 503 was answered', { error: unavailable, done: true }],
    ['that a target may serve, since 503 was answered', { error: unavailable, done: false }],
  ])('%s, is never given back', async (_, answer) => {
    const { delivery, run, dead } = deliver(answer);
    await run();
    await run();
    await delivery.discard();
    expect(delivery.inHand).toEqual({ keyID: 'k2', served: true });
    expect(dead).toEqual([]);
  });

  test('that nothing was sent of is given back', async () => {
    const { delivery, run, dead } = deliver({ error: notSent, done: false });
    expect(await run()).toBe('ConnectionFailed');
    await delivery.discard();
    expect(dead).toEqual(['k2']);
  });
});

test('a key whose first write was refused, as the value that stands there shows, is given back', async () => {
  const { delivery, run, dead } = deliver({ error: conflict, done: false });
  expect(await run()).toBe('TargetContended');
  await delivery.discard();
  expect(dead).toEqual(['k2']);
});
