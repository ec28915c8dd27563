import { describe, expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { createRevoking } from '../../../src/issuers/support/revoking.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';

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
    change: async (_label, more) => {
      written.push(more(ENTRY as never));
      return undefined;
    },
    stamp: () => '2030-01-02T00:00:00Z',
    monotonic: () => 0,
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

describe('a key that the probe rejects', () => {
  /** What the probe says at these seconds, and what comes of it: that it is believed, or how it is waited for. */
  async function revoking(looks: readonly (readonly [seconds: number, works: boolean])[], isConfirmed = false) {
    let [now, accepts, entry] = [0, true, { ...ENTRY, deliveredAt: ENTRY.requestedAt, fingerprint: 'f' } as object];
    const asked: string[] = [];
    const revoke = createRevoking({
      probe: async () => accepts,
      tell: async ({ requestID }) => void asked.push(requestID),
      change: async (_label, more) => {
        entry = { ...entry, ...more(entry as never) };
        return entry as never;
      },
      stamp: () => '2030-01-02T00:00:00Z',
      monotonic: () => now * 1_000,
    });
    const ended: string[] = [];
    for ([now, accepts] of looks) {
      const look = revoke(entry as never, {
        ...ENTRY.requester,
        isConfirmed,
        findKey: async () => new SecretValue('k'),
      });
      ended.push(
        await look.then(
          () => 'dead',
          ({ reason }) => reason,
        ),
      );
    }
    return { ended, asked: asked.length };
  }

  test.each<[string, Parameters<typeof revoking>[0], string[], number]>([
    [
      'is dead when it does so for half a minute, and nobody is asked',
      [
        [0, false],
        [29, false],
        [30, false],
      ],
      ['RevocationPending', 'RevocationPending', 'dead'],
      0,
    ],
    [
      'for a moment lives, and people are asked',
      [
        [0, false],
        [10, true],
        [40, false],
        [69, false],
        [70, false],
      ],
      ['RevocationPending', 'RevocationRequested', 'RevocationRequested', 'RevocationRequested', 'dead'],
      3,
    ],
  ])('%s', async (_words, looks, ended, asked) => {
    expect(await revoking(looks)).toEqual({ ended, asked });
  });

  test('and of which a person says that it is revoked is dead at once', async () => {
    expect(await revoking([[0, false]], true)).toEqual({ ended: ['dead'], asked: 0 });
  });
});

test('people whom another process has told meanwhile are not told again, and that they were is not forgotten', async () => {
  const told = { askedAt: '2030-01-01T00:00:00Z', told: true };
  let entry: object = { ...ENTRY, revocation: told };
  const revoke = createRevoking({
    probe: undefined,
    // As the messenger does for what nobody was told of yet.
    tell: async (_message, _isUrgent, before) => (before.told ? undefined : expect.fail('people were told again')),
    change: async (_label, more) => {
      entry = { ...entry, ...more(entry as never) };
      return entry as never;
    },
    stamp: () => '2030-01-02T00:00:00Z',
    monotonic: () => 0,
  });
  const asking = revoke(ENTRY as never, { ...ENTRY.requester, isConfirmed: false, findKey: async () => undefined });
  await expect(asking).rejects.toMatchObject({ reason: 'RevocationRequested' });
  expect(entry).toMatchObject({ revocation: told });
});
