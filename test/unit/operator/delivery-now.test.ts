import { expect, test } from 'vitest';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { type Issuer, type KeyRecord, PendingError } from '../../../src/issuers/port.ts';
import { formatAttemptId } from '../../../src/key/attempt-id.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createDelivery, type DeliveryContext } from '../../../src/operator/rotation/act/delivery.ts';
import { createEffects } from '../../../src/operator/rotation/act/effects.ts';

const ATTEMPT = { installation: 'inst', uid: 'uid-1', revision: 2, attempt: 1 };
const KEY = { environment: 'Live', permissions: ['payments:read'] };
const RECORD: KeyRecord = { ...KEY, keyID: 'k2', status: 'Active', label: formatAttemptId(ATTEMPT) };
const CONFIRMED: ApiKeyRotation = {
  metadata: { name: 'apio', annotations: { confirmed: 'k2' } },
  spec: { issuerRef: { name: 'desk' }, key: KEY, targets: [] },
};
const unexpected = () => Promise.reject(new Error('not asked in this story'));

/** People issue and revoke the keys; the key that they gave does not verify. */
function scene() {
  const dead: string[] = [];
  const issuer: Issuer = {
    capabilities: { replay: 'ID', list: true, expectedWithinMs: 1_000 },
    origin: 'support:Live',
    issue: async () => ({ type: 'Issued', record: RECORD, key: new SecretValue('the text of the new key') }),
    verify: async () => undefined,
    async revoke(keyID, revocation) {
      if (!revocation?.isConfirmed) throw new PendingError('RevocationRequested', { text: 'Please revoke' });
      dead.push(keyID);
    },
    list: unexpected,
    get: unexpected,
    usage: unexpected,
    updatePermissions: unexpected,
    check: unexpected,
  };
  const observers = { audit: { record() {} }, keyIssued() {}, keyRevoked() {}, leadership: { holds: () => true } };
  const requester = { namespace: 'payments', name: 'apio' };
  const context = (object?: ApiKeyRotation): DeliveryContext => ({
    attempt: ATTEMPT,
    plan: { issuer: { kind: 'ApiKeyIssuer', name: 'desk', uid: 'u', origin: issuer.origin }, key: KEY, targets: [] },
    issuerOf: () => issuer,
    assertTaken() {},
    storeOf: () => expect.fail('nothing is written in this story'),
    effects: createEffects(observers, 'payments/apio', undefined),
    oldKey: undefined,
    knownKeys: [],
    recordedAt: () => [],
    requester,
    revocationOf: (keyID, live = object) => ({
      ...requester,
      isConfirmed: live?.metadata.annotations?.confirmed === keyID,
      findKey: async () => undefined,
    }),
    consumers: [],
  });
  return { dead, context };
}

test('a key is given back by what people say when that is done, not by what they had said when it was begun', async () => {
  const { dead, context } = scene();
  const delivery = createDelivery(context());
  for (let tries = 1; tries < 5; tries += 1)
    await expect(delivery.run(context(), [])).rejects.toMatchObject({ reason: 'KeyNotUsableYet' });
  const holding = await delivery.run(context(CONFIRMED), []);
  expect(holding).toEqual({ type: 'VerificationFailed', message: 'new key k2 does not verify: the issuer rejects it' });
  expect(dead).toEqual(['k2']);
});

test('a key whose attempt is over is given back by what the object says then', async () => {
  const { dead, context } = scene();
  const delivery = createDelivery(context());
  await expect(delivery.run(context(), [])).rejects.toMatchObject({ reason: 'KeyNotUsableYet' });
  await expect(delivery.discard()).rejects.toMatchObject({ reason: 'RevocationRequested' });
  expect(dead).toEqual([]);
  await delivery.discard(CONFIRMED);
  expect(dead).toEqual(['k2']);
});
