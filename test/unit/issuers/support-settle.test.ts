import { expect, test } from 'vitest';
import type { CallError } from '../../../src/http/call-error.ts';
import { createSupportIssuer } from '../../../src/issuers/support/support-issuer.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { statusError } from '../../../src/runtime/kube/status-error.ts';

const ATTEMPT = { installation: 'cluster', uid: 'uid', revision: 1, attempt: 1 };
const TEXT = 'a-key-that-somebody-gave';
const TAKEN = {
  label: 'cluster/uid/1.1',
  environment: 'Live',
  permissions: [],
  askedAt: '2030-01-01T00:00:00Z',
  deliveredAt: '2030-01-01T00:00:00Z',
  keyID: 'k1',
  fingerprint: fingerprint(new SecretValue(TEXT)),
};
const encoded = (text: string) => Buffer.from(text).toString('base64');
const conflict = () => statusError({ method: 'DELETE', what: 'Secret', quotable: true }, 409, undefined);

/** The Secret in which the key was given, at each look; it is removed only in the version in which it stands. */
function handover(texts: readonly string[]) {
  const seen = { looks: 0, removed: false };
  const issuer = createSupportIssuer({
    kube: {
      async get<T>() {
        const text = texts[Math.min(seen.looks, texts.length - 1)] ?? '';
        seen.looks += 1;
        const metadata = { name: 'apio-delivered-key', uid: 'u1', resourceVersion: String(seen.looks) };
        return { metadata, data: { key: encoded(text), keyID: encoded('k1') } } as T;
      },
      async delete(_ref, { resourceVersion } = {}) {
        if (Number(resourceVersion) < texts.length) throw conflict();
        seen.removed = true;
      },
    },
    registerStore: { read: async () => [TAKEN], update: async () => [TAKEN] },
    environment: 'Live',
    name: 'ApiKeyIssuer payments/desk (Live)',
    expectedWithinMs: 3_600_000,
    probe: undefined,
    tell: undefined,
    now: () => 0,
    monotonic: () => 0,
  });
  const settle = () => issuer.settle?.(ATTEMPT, { namespace: 'payments', name: 'apio' });
  return { settle, seen };
}

test('a key that was taken is removed from the Secret in which it was given, though somebody labels that meanwhile', async () => {
  const { settle, seen } = handover([TEXT, TEXT]);
  await settle();
  expect(seen.removed).toBe(true);
});

test('what somebody has put there instead is left', async () => {
  const { settle, seen } = handover([TEXT, 'another-key-that-somebody-gave']);
  await settle();
  expect(seen).toEqual({ looks: 2, removed: false });
});

test('a Secret that changes all the time is tried again later: the key is not left in it', async () => {
  const { settle, seen } = handover(Array.from({ length: 9 }, () => TEXT));
  const error = await settle()?.catch((reason: CallError) => reason);
  expect(error).toMatchObject({ outcome: 'unavailable' });
  expect(seen.removed).toBe(false);
});
