import { describe, expect, test } from 'vitest';
import type { Register } from '../../../src/issuers/support/register.ts';
import type { RegisterStore } from '../../../src/issuers/support/register-store.ts';
import { createSupportIssuer } from '../../../src/issuers/support/support-issuer.ts';
import type { KubeObject } from '../../../src/runtime/kube/kube-api.ts';

const REQUESTER = { namespace: 'payments', name: 'apio' };

/** Two worlds of one issuer, which keep one register, and the hands of the people. */
function desk() {
  let register: Register = [];
  let secret: (KubeObject & { data: Record<string, string> }) | undefined;
  const registerStore: RegisterStore = {
    read: async () => register,
    update: async (change) => (register = change(register)),
  };
  const kube = {
    get: async <T>() => secret as T | undefined,
    delete: async () => {
      secret = undefined;
    },
  };
  const world = (environment: string) => {
    const name = `ApiKeyIssuer payments/desk (${environment})`;
    const options = { kube, registerStore, environment, name, expectedWithinMs: 1, now: () => 0, monotonic: () => 0 };
    return createSupportIssuer({ ...options, probe: undefined, tell: undefined });
  };
  let made = 0;
  return {
    worlds: { Test: world('Test'), Live: world('Live') },
    give(keyID: string, key: string) {
      made += 1;
      const data = { keyID: btoa(keyID), key: btoa(key) };
      secret = { metadata: { name: 'apio-delivered-key', uid: `secret-${made}`, resourceVersion: '1' }, data };
    },
  };
}

const attempt = (uid: string, revision: number) => ({ installation: 'inst', uid, revision, attempt: 1 });

describe('two worlds of an issuer behind which people work', () => {
  test('have ids of their own: each may have its key 17', async () => {
    const { worlds, give } = desk();
    for (const environment of ['Test', 'Live'] as const) {
      const issue = () =>
        worlds[environment].issue(attempt(environment, 1), { environment, permissions: ['read'] }, REQUESTER);
      await expect(issue()).rejects.toMatchObject({ reason: 'KeyRequested' });
      give('17', `the_text_of_key_17_in_${environment}`);
      expect(await issue()).toMatchObject({ type: 'Issued', record: { keyID: '17', environment } });
      await worlds[environment].settle?.(attempt(environment, 1), REQUESTER);
    }
    await worlds.Live.revoke('17', { ...REQUESTER, isConfirmed: true, findKey: async () => undefined });
    expect([(await worlds.Test.get('17'))?.status, (await worlds.Live.get('17'))?.status]).toEqual([
      'Active',
      'Revoked',
    ]);
  });
});

describe('what is told of a key that is not taken', () => {
  const TEXT = 'the_text_of_a_key_that_is_secret';
  const rows: readonly [string, string, string, string][] = [
    ['another key', 'key_2', TEXT, 'delete this Secret, and have key key_2 revoked: nobody will use it'],
    ['the key that was taken, with another id', 'key_2', 'the_text_of_the_first_key', 'delete this Secret'],
    ['another text with the id of the key that was taken', 'key_1', TEXT, 'and have the key in it revoked'],
    ['the two fields swapped', TEXT, 'an_id_with_twenty_letters', 'and have the key in it revoked'],
  ];
  test.each(rows)('%s', async (_what, keyID, text, told) => {
    const { worlds, give } = desk();
    const issue = () => worlds.Live.issue(attempt('u', 1), { environment: 'Live', permissions: [] }, REQUESTER);
    await expect(issue()).rejects.toMatchObject({ reason: 'KeyRequested' });
    give('key_1', 'the_text_of_the_first_key');
    await issue();
    give(keyID, text);
    const problem = await issue().catch((error: Error) => error.message);
    expect(problem).toContain('key key_1 was taken for this request already; ');
    expect(problem).toContain(told);
    expect(problem).not.toContain(TEXT);
  });
});
