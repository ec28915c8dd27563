import { describe, expect, test } from 'vitest';
import type { PlannedTarget } from '../../../src/api/types.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { Issuer, KeyRecord } from '../../../src/issuers/port.ts';
import { formatAttemptId } from '../../../src/key/attempt-id.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createDelivery, type Delivery, type DeliveryContext } from '../../../src/operator/rotation/act/delivery.ts';
import { createEffects } from '../../../src/operator/rotation/act/effects.ts';
import type { KeyStore, StoredValue } from '../../../src/stores/port.ts';

const NOBODY = { namespace: 'payments', name: 'apio' };
const ATTEMPT = { installation: 'inst', uid: 'uid-1', revision: 2, attempt: 1 };
const KEY = { environment: 'Live', permissions: ['payments:read'] };
const RECORD: KeyRecord = { ...KEY, keyID: 'k2', status: 'Active', label: formatAttemptId(ATTEMPT) };
const TEXT = new SecretValue('the text of the new key');
const SERVED: StoredValue = { version: '3', fields: { key: TEXT } };
const unexpected = () => Promise.reject(new Error('not asked in this story'));

/** The publish fails like this, `done` after all or not; or because somebody else writes this each time. */
interface Answer {
  readonly error: CallError;
  readonly done: boolean;
  readonly instead?: Omit<StoredValue, 'version'>;
  /** Reads that follow show what stood there before the publish. */
  readonly lagsBy?: number;
}

/** A store, and what it serves in the end; an error: it does not answer. */
interface Stage extends KeyStore {
  serves(now: StoredValue | CallError): void;
}

function storeThat(answer: Answer, before?: StoredValue): Stage {
  let stored = before;
  let away: CallError | undefined;
  let stale = 0;
  return {
    serves(now) {
      if (now instanceof CallError) away = now;
      else stored = now;
    },
    address: 'vault:test',
    versionsNameValues: true,
    keepsVersions: true,
    async read() {
      if (away) throw away;
      stale -= 1;
      return stale >= 0 ? before : stored;
    },
    async publish({ fields, marker }) {
      if (answer.done) stored = { version: '1', fields, marker };
      else if (answer.instead) stored = { ...answer.instead, version: `${Number(stored?.version ?? 0) + 1}` };
      stale = answer.lagsBy ?? 0;
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
function deliver(
  answer: Answer,
  replay: Issuer['capabilities']['replay'] = 'None',
): {
  readonly delivery: Delivery;
  readonly first: Stage;
  readonly run: () => Promise<string>;
  readonly dead: string[];
} {
  const dead: string[] = [];
  const issuer: Issuer = {
    capabilities: { replay, list: false },
    origin: 'https://issuer.test',
    issue: async () => ({ type: 'Issued', record: RECORD, key: TEXT }),
    revoke: async (keyID) => void dead.push(keyID),
    verify: async () => RECORD,
    list: unexpected,
    get: unexpected,
    usage: unexpected,
    updatePermissions: unexpected,
    check: unexpected,
  };
  const observers = { audit: { record() {} }, keyIssued() {}, keyRevoked() {}, leadership: { holds: () => true } };
  const targets = [target('first'), target('second')];
  const first = storeThat(answer);
  const stores = new Map([
    ['first', first],
    ['second', storeThat(answer, FOREIGN)],
  ]);
  const storeOf = ({ name }: PlannedTarget) => stores.get(name) ?? expect.fail(`there is no ${name}`);
  const context: DeliveryContext = {
    attempt: ATTEMPT,
    plan: { issuer: { kind: 'ApiKeyIssuer', name: 'apio', uid: 'u', origin: issuer.origin }, key: KEY, targets },
    issuerOf: () => issuer,
    assertTaken() {},
    storeOf,
    effects: createEffects(observers, 'payments/apio', undefined),
    oldKey: undefined,
    knownKeys: [],
    recordedAt: () => [],
    requester: NOBODY,
    revocationOf: () => ({ ...NOBODY, isConfirmed: false, findKey: async () => undefined }),
    consumers: [],
  };
  const delivery = createDelivery(context);
  const run = () =>
    delivery.run(context, []).then(
      ({ type }) => type,
      (error: CallError) => error.reason,
    );
  return { delivery, first, run, dead };
}

const conflict = new CallError('conflict', 'Conflict', 'something else stands there');
const unavailable = new CallError('unavailable', 'ServiceUnavailable', 'it is asked again later', { status: 503 });
const notSent = new CallError('unavailable', 'ConnectionFailed', 'nothing was sent');

describe('a key in hand', () => {
  test.each([
    ['that a target serves, though a conflict was answered', { error: conflict, done: true }],
    ['that a target serves, though 503 was answered', { error: unavailable, done: true }],
    ['that a target may serve, since 503 was answered', { error: unavailable, done: false }],
    ['that a target serves, though a read of the past does not show it', { error: conflict, done: true, lagsBy: 9 }],
  ])('%s, is never given back', async (_, answer) => {
    const { delivery, run, dead } = deliver(answer);
    await run();
    await run();
    await delivery.discard();
    expect(delivery.inHand()).toEqual({ keyID: 'k2', served: true });
    expect(dead).toEqual([]);
  });

  test('that nothing was sent of is given back', async () => {
    const { delivery, run, dead } = deliver({ error: notSent, done: false });
    expect(await run()).toBe('ConnectionFailed');
    await delivery.discard();
    expect(dead).toEqual(['k2']);
  });
});

const EARLIER = {
  fields: { key: new SecretValue('another text, long enough too') },
  marker: { ...ATTEMPT, revision: 1, keyID: 'k1' },
};
const refused = { error: conflict, done: false, instead: EARLIER };

describe('a key whose writes were refused, as the value that stands there shows,', () => {
  test('is given back', async () => {
    const { delivery, run, dead } = deliver(refused);
    expect(await run()).toBe('TargetContended');
    await delivery.discard();
    expect(dead).toEqual(['k2']);
  });

  test('lives where a target serves it after all when it is looked at last', async () => {
    const { delivery, first, run, dead } = deliver(refused);
    await run();
    first.serves(SERVED);
    await delivery.discard();
    expect(delivery.inHand()).toEqual({ keyID: 'k2', served: true });
    expect(dead).toEqual([]);
  });

  test('lives while a target cannot be looked at', async () => {
    const { delivery, first, run, dead } = deliver(refused);
    await run();
    first.serves(unavailable);
    await expect(delivery.discard()).rejects.toBe(unavailable);
    expect(dead).toEqual([]);
  });
});

test.each([
  ['whoever begins the attempt again gets the same text, which a target serves, lives', 'Full', []],
  ['its text is given out once, is given back without a look', 'ID', ['k2']],
] as const)('a key that was never sent, of an issuer where %s', async (_, replay, expected) => {
  const { delivery, first, run, dead } = deliver({ error: notSent, done: false }, replay);
  await run();
  first.serves(SERVED);
  await delivery.discard();
  expect(dead).toEqual(expected);
});
