import { describe, expect, test } from 'vitest';
import type { Issuer, KeyRecord, KeyUsage } from '../../../src/issuers/port.ts';
import { createUsageLook, forgetUseBeforeOwn } from '../../../src/operator/rotation/gather/usage-look.ts';
import type { Session } from '../../../src/operator/rotation/session.ts';
import { factsOf, migrating } from '../rotation/facts.ts';

const DATE = 'Tue, 01 Jan 2030 12:10:00 GMT';
const at = (time: string) => Date.parse(`2030-01-01T${time}Z`);
const facts = factsOf({
  status: migrating(),
  spec: { consumers: [{ name: 'legacy', evidence: [{ type: 'LastUsed', lastUsed: { quietPeriod: '1h' } }] }] },
});

const used = (time: string, change: Partial<KeyUsage> = {}): KeyUsage => ({
  status: 'Active',
  asOf: DATE,
  lastUsedAt: `2030-01-01T${time}Z`,
  ...change,
});

interface Given {
  readonly old?: KeyUsage | undefined;
  readonly fresh?: KeyUsage | undefined;
  readonly listed?: readonly Partial<KeyRecord>[];
  readonly usageResolutionMs?: number | undefined;
}

/** A look at what issuers tell of k1, the old key, and of k2. */
function lookWith(given: Given, session: Session = {}) {
  const { old, fresh } = { old: used('11:00:00'), fresh: used('12:00:00'), ...given };
  const unasked = () => Promise.reject(new Error('nobody asks for this'));
  const resolution = 'usageResolutionMs' in given ? given.usageResolutionMs : 60_000;
  const issuer: Issuer = {
    capabilities: { replay: 'ID', list: true, ...(resolution === undefined ? {} : { usageResolutionMs: resolution }) },
    origin: 'https://apio.test',
    issue: unasked,
    list: async () => (given.listed ?? []) as readonly KeyRecord[],
    verify: unasked,
    get: unasked,
    usage: async (keyID) => (keyID === 'k1' ? old : fresh),
    updatePermissions: unasked,
    revoke: unasked,
    check: unasked,
  };
  const untouched = () => expect.fail('no store is asked, and no grant');
  const { live } = createUsageLook({
    kube: { get: async () => undefined },
    clock: { monotonic: () => 0 },
    serverTime: { lowerBound: () => at('12:10:00') },
    references: {
      issuer: () => issuer,
      store: untouched,
      assertGranted() {},
      grantedCallsPerHour: untouched,
      assertTaken: untouched,
    },
  });
  return live(facts, session);
}

describe('what issuers tell of the use of the keys', () => {
  test.each<[string, Given, object]>([
    [
      'when the old key was used',
      {},
      { old: { type: 'Told', lastUsedAt: at('11:00:00'), asOf: at('12:10:00'), resolutionMs: 60_000 } },
    ],
    [
      'that it was never used',
      { old: { status: 'Active', asOf: DATE } },
      { old: { type: 'Told', asOf: at('12:10:00') } },
    ],
    ['that it is dead', { old: used('11:00:00', { status: 'Revoked' }) }, { old: { type: 'Dead' } }],
    ['that there is no such key, nor in the list', { old: undefined }, { old: { type: 'Dead' } }],
    [
      'that there is no such key, which the list shows alive',
      { old: undefined, listed: [{ keyID: 'k1', status: 'Active' }] },
      {
        old: { type: 'Untold', why: expect.stringContaining('lists key k1 and yet answers that there is no such key') },
      },
    ],
    [
      'a time that is none',
      { old: used('', { lastUsedAt: 'recently' }) },
      { old: { type: 'Untold', why: expect.stringContaining('no readable time') } },
    ],
    [
      'the same of the new key',
      { fresh: used('', { lastUsedAt: 'recently' }) },
      { fresh: { type: 'Untold', why: expect.stringContaining('no readable time') } },
    ],
    [
      'that the new key is dead',
      { fresh: used('12:00:00', { status: 'Revoked' }) },
      { fresh: { type: 'Untold', why: expect.stringContaining('does not show key k2 to be alive') } },
    ],
    [
      'nothing',
      { usageResolutionMs: undefined },
      {
        old: { type: 'Untold' },
        fresh: { type: 'Untold', why: expect.stringContaining('does not tell when its keys were used') },
      },
    ],
  ])('may be %s', async (_what, given, expected) => expect(await lookWith(given)).toMatchObject(expected));

  test('is nothing without the time of the answer', async () => {
    const { asOf: _, ...timeless } = used('11:00:00');
    expect(await lookWith({ old: timeless })).toMatchObject({
      old: { type: 'Untold', why: expect.stringContaining('Date header') },
    });
  });
});

describe('the use of the new key by others', () => {
  const later = (asOf: string, lastUsedAt: string) => ({
    fresh: used(lastUsedAt, { asOf: `Tue, 01 Jan 2030 ${asOf} GMT` }),
  });

  test('counts when it is later than the first look by what a use may be told too late', async () => {
    const session: Session = {};
    expect(await lookWith({}, session)).toMatchObject({ fresh: { type: 'Unused', since: at('12:11:01') } });
    expect(await lookWith(later('12:20:00', '12:11:01'), session)).toMatchObject({ fresh: { type: 'Unused' } });
    expect(await lookWith(later('12:20:00', '12:11:02'), session)).toMatchObject({
      fresh: { type: 'Used', at: at('12:11:02') },
    });
  });

  test('stays true once it was seen, also after we have called with the key', async () => {
    const session: Session = {};
    await lookWith({}, session);
    await lookWith(later('12:20:00', '12:15:00'), session);
    forgetUseBeforeOwn(session);
    expect(await lookWith(later('12:30:00', '12:29:00'), session)).toMatchObject({
      fresh: { type: 'Used', at: at('12:15:00') },
    });
  });

  test('is looked for anew after we have called with the key and had seen nobody else', async () => {
    const session: Session = {};
    await lookWith({}, session);
    forgetUseBeforeOwn(session);
    expect(await lookWith(later('12:30:00', '12:29:00'), session)).toMatchObject({
      fresh: { type: 'Unused', since: at('12:31:01') },
    });
  });

  test('is none in the future', async () => {
    const session: Session = {};
    await lookWith({}, session);
    expect(await lookWith(later('12:20:00', '23:00:00'), session)).toMatchObject({ fresh: { type: 'Unused' } });
  });

  test('does not count for the next rotation', async () => {
    const session: Session = { usage: { of: 'another wait', since: 0, usedAt: 1 } };
    expect(await lookWith({}, session)).toMatchObject({ fresh: { type: 'Unused' } });
  });
});
