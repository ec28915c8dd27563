import { describe, expect, it } from 'vitest';
import { assessConsumers } from '../../../src/evidence/assess-consumers.ts';
import type { NewKeyUse, OldKeyUse, UsageFact } from '../../../src/rotation/facts.ts';

const PUBLISHED = '2030-01-01T10:00:00Z';
const MINUTE_MS = 60_000;
const at = (time: string) => Date.parse(`2030-01-01T${time}Z`);

const old = (change: Partial<Extract<OldKeyUse, { type: 'Told' }>> = {}): OldKeyUse => ({
  type: 'Told',
  keyID: 'k1',
  asOf: at('11:02:00'),
  lastUsedAt: at('10:00:30'),
  resolutionMs: MINUTE_MS,
  ...change,
});
const used: NewKeyUse = { type: 'Used', keyID: 'k2', at: at('10:05:00') };
const unused: NewKeyUse = { type: 'Unused', keyID: 'k2', since: at('10:01:01') };
const neverUsed: OldKeyUse = { type: 'Told', keyID: 'k1', asOf: at('11:02:00'), resolutionMs: MINUTE_MS };

interface Case {
  readonly old?: OldKeyUse;
  readonly fresh?: NewKeyUse;
  readonly now?: number;
  readonly quietPeriod?: string;
  readonly publishedAt?: string;
  readonly state: 'Pending' | 'Migrated';
  readonly message: string;
}

const SINCE_PUBLISHING =
  'waiting until the old key k1 has not been used for 1h since the new one was published: at 2030-01-01T11:00:00Z at the earliest';
const SINCE_USE =
  'waiting until the old key k1 has not been used for 1h since it was used, at 2030-01-01T10:01:30Z: at 2030-01-01T11:02:30Z at the earliest';
const MOVED = 'old key k1 has not been used for 1h, new key k2 was used at 2030-01-01T10:05:00Z';

const CASES: Record<string, Case> = {
  'complete when the old key is quiet and the new one was used': { state: 'Migrated', message: MOVED },
  'the old key was used once more after publishing': {
    old: old({ lastUsedAt: at('10:01:30') }),
    state: 'Pending',
    message: SINCE_USE,
  },
  'the issuer tells uses up to a minute late: the last one counts a minute later': {
    old: old({ asOf: at('11:01:29') }),
    state: 'Pending',
    message:
      'waiting until the old key k1 has not been used for 1h since it was used, at 2030-01-01T10:00:30Z: at 2030-01-01T11:01:30Z at the earliest',
  },
  'the period counts from publishing, however long the old key was idle before': {
    old: old({ lastUsedAt: at('07:00:00') }),
    now: at('10:59:59'),
    state: 'Pending',
    message: SINCE_PUBLISHING,
  },
  'a key that nobody ever used is quiet since publishing': { old: neverUsed, state: 'Migrated', message: MOVED },
  'that it was never used says nothing of the time before the period is over': {
    old: neverUsed,
    now: at('10:30:00'),
    state: 'Pending',
    message: SINCE_PUBLISHING,
  },
  'the old key is quiet, and nobody has used the new one': {
    fresh: unused,
    state: 'Pending',
    message: 'waiting for a use of the new key k2: the issuer shows none by others later than 2030-01-01T10:01:01Z',
  },
  'both are told': {
    old: old({ lastUsedAt: at('10:01:30') }),
    fresh: unused,
    state: 'Pending',
    message: `${SINCE_USE}; waiting for a use of the new key k2: the issuer shows none by others later than 2030-01-01T10:01:01Z`,
  },
  'a dead key needs no quiet period': {
    old: { type: 'Dead', keyID: 'k1' },
    now: at('10:00:01'),
    state: 'Migrated',
    message: 'old key k1 is dead at the issuer, new key k2 was used at 2030-01-01T10:05:00Z',
  },
  'a use of the old key that lies in the future keeps it alive': {
    old: old({ lastUsedAt: at('23:00:00') }),
    state: 'Pending',
    message:
      'waiting until the old key k1 has not been used for 1h since it was used, at 2030-01-01T23:00:00Z: at 2030-01-02T00:01:00Z at the earliest',
  },
  'a time of publishing that cannot be read ends no wait': {
    publishedAt: 'yesterday',
    state: 'Pending',
    message:
      'waiting until the old key k1 has not been used for 1h since it was used, at 2030-01-01T10:00:30Z: at an unreadable time at the earliest',
  },
  'an issuer that tells nothing of the old key': {
    old: { type: 'Untold', why: 'nothing is told' },
    state: 'Pending',
    message: 'nothing is told',
  },
  'an issuer that tells nothing of the new key': {
    fresh: { type: 'Untold', why: 'nothing is told' },
    state: 'Pending',
    message: 'nothing is told',
  },
  'a quiet period within which a use need not show': {
    old: old({ resolutionMs: 2 * 60 * MINUTE_MS }),
    state: 'Pending',
    message: 'quietPeriod 1h is shorter than the 7200s after which a use shows at the issuer; lengthen it',
  },
};

function assess(usage: UsageFact | undefined, { quietPeriod = '1h', publishedAt = PUBLISHED }: Partial<Case> = {}) {
  return assessConsumers({
    namespace: 'team',
    rotationName: 'payments',
    uid: 'uid-1',
    revision: 2,
    fingerprint: 'aaaaaaaaaaaaaaaa',
    publishedAt,
    consumers: [{ name: 'legacy', evidence: [{ type: 'LastUsed', lastUsed: { quietPeriod } }] }],
    statuses: [],
    reports: [],
    pods: [],
    rollouts: new Map(),
    usage,
    guard: undefined,
  });
}

describe('evidence LastUsed', () => {
  it.each(Object.entries(CASES))('%s', (_name, given) => {
    const usage = { now: given.now ?? at('11:02:00'), old: given.old ?? old(), fresh: given.fresh ?? used };
    expect(assess(usage, given)).toEqual([
      { name: 'legacy', state: given.state, missingPods: [], message: given.message },
    ]);
  });

  it('is never complete where nobody has looked', () => {
    expect(assess(undefined)).toMatchObject([
      { state: 'Pending', message: 'nobody has asked the issuer yet when the keys were used' },
    ]);
  });
});
