import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../../src/http/client.ts';
import { createHttpIssuer } from '../../../src/issuers/http/http-issuer.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { declaredApio } from '../../doubles/declared-apio.ts';

/** An issuer that has no question about one key, and lists these. */
function listing(ids: readonly string[], keyIDPattern: string) {
  const { get: _, key, ...declaration } = declaredApio('https://vendor.test');
  const data = ids.map((id) => ({ id, environment: 'Live', permissions: [], status: 'active', label: 'by hand' }));
  return createHttpIssuer({
    declaration: { ...declaration, key: { ...key, keyIDPattern } },
    environment: 'Live',
    client: {
      origin: 'https://vendor.test',
      request: async (): Promise<HttpAnswer> => ({ status: 200, body: { data } }),
    },
    name: 'the vendor',
    names: {},
    now: () => 0,
    auth: { credentials: async () => ({ bearer: new SecretValue('a-credential') }), renew: () => false },
  });
}

test('a key in the list that looks otherwise than declared is not taken for one that is gone', async () => {
  await expect(listing(['old-1', 'key_2'], 'key_[0-9]+').get('old-1')).rejects.toMatchObject({
    reason: 'UnusableAnswer',
    message: expect.stringContaining('it does not describe the key that was asked for'),
  });
  expect(await listing(['key_2'], 'key_[0-9]+').get('old-1')).toBeUndefined();
});
