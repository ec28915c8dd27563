import { expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import type { Issuer, KeyRecord } from '../../../src/issuers/port.ts';
import { formatAttemptId } from '../../../src/key/attempt-id.ts';
import { createDelivery, type DeliveryContext } from '../../../src/operator/rotation/act/delivery.ts';
import { createEffects } from '../../../src/operator/rotation/act/effects.ts';
import type { Holding } from '../../../src/rotation/facts.ts';

const NOBODY = { namespace: 'payments', name: 'apio' };
const ATTEMPT = { installation: 'inst', uid: 'uid-1', revision: 2, attempt: 1 };
const KEY = { environment: 'Live', permissions: ['payments:read'] };
const LABEL = formatAttemptId(ATTEMPT);
const PROBLEM = 'key short of apio has fewer than 20 characters';

/** Delivers from an issuer whose keys are too short; answers what came of it, and which keys died. */
async function deliver(label: string, revoke: () => Promise<void>): Promise<{ holding: Holding; dead: string[] }> {
  const dead: string[] = [];
  const record: KeyRecord = { ...KEY, keyID: 'short', status: 'Active', label };
  const unexpected = () => Promise.reject(new Error('not asked in this story'));
  const issuer: Issuer = {
    capabilities: { replay: 'None', list: false },
    origin: 'https://issuer.test',
    issue: async () => ({ type: 'Unusable', record, problem: PROBLEM }),
    revoke: (keyID) => revoke().then(() => void dead.push(keyID)),
    list: unexpected,
    verify: unexpected,
    get: unexpected,
    usage: unexpected,
    updatePermissions: unexpected,
    check: unexpected,
  };
  const observers = { audit: { record() {} }, keyIssued() {}, keyRevoked() {}, leadership: { holds: () => true } };
  const context: DeliveryContext = {
    attempt: ATTEMPT,
    plan: { issuer: { kind: 'ApiKeyIssuer', name: 'apio', uid: 'u', origin: issuer.origin }, key: KEY, targets: [] },
    issuerOf: () => issuer,
    assertTaken() {},
    storeOf: () => {
      throw new Error('nothing is written in this story');
    },
    effects: createEffects(observers, 'payments/apio', undefined),
    oldKey: undefined,
    knownKeys: [],
    recordedAt: () => [],
    requester: NOBODY,
    revocationOf: () => ({ ...NOBODY, isConfirmed: false, findKey: async () => undefined }),
    consumers: [],
  };
  const delivery = createDelivery(context);
  return { holding: await delivery.run(context, []), dead };
}

test('a key that must not be used is given back at once, and named', async () => {
  const { holding, dead } = await deliver(LABEL, async () => {});
  expect(holding).toEqual({ type: 'VerificationFailed', message: PROBLEM });
  expect(dead).toEqual(['short']);
});

test('where that is not certain it is handed on by its id, to be listed and revoked later', async () => {
  const lost = () => Promise.reject(new CallError('unknown', 'RequestTimedOut', 'no answer'));
  const { holding } = await deliver(LABEL, lost);
  expect(holding).toEqual({ type: 'VerificationFailed', message: PROBLEM, keyID: 'short' });
});

test('one that the issuer made for another attempt stays alive', async () => {
  const { dead } = await deliver(formatAttemptId({ ...ATTEMPT, revision: 1 }), async () => {});
  expect(dead).toEqual([]);
});
