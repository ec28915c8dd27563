import { expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { createRevoking } from '../../../src/issuers/support/revoking.ts';

const ENTRY = {
  label: 'inst/uid-1/1.1',
  keyID: 'key_1',
  requestedAt: '2030-01-01T00:00:00Z',
  requester: { namespace: 'payments', name: 'apio' },
  spec: { environment: 'Live', permissions: ['read'] },
};

/** Has key_1 revoked, which a person confirms, while its text cannot be read because of `failure`; answers what was written down. */
async function confirmed(failure: Error): Promise<readonly object[]> {
  const written: object[] = [];
  const revoke = createRevoking({
    probe: () => expect.fail('there is no key to probe'),
    tell: async () => undefined,
    change: async (_label, more) => written.push(more),
    stamp: () => '2030-01-02T00:00:00Z',
  });
  await revoke(ENTRY as never, {
    namespace: 'payments',
    name: 'apio',
    isConfirmed: true,
    findKey: () => Promise.reject(failure),
  });
  return written;
}

test('what a person confirms counts while the store of the key is down', async () => {
  const down = new CallError('unavailable', 'VaultSealed', 'the vault is sealed');
  expect(await confirmed(down)).toEqual([{ revokedAt: '2030-01-02T00:00:00Z' }]);
});

test('a defect of ours is not taken for a store that is down', async () => {
  await expect(confirmed(new TypeError('a defect'))).rejects.toThrow('a defect');
});
