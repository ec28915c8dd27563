import { describe, expect, test } from 'vitest';
import type { RotationStatus } from '../../../src/api/types.ts';
import { present } from '../../../src/rotation/conditions.ts';
import type { Explanation } from '../../../src/rotation/explanation.ts';
import { factsOf, type Given, idle, issuing, migrating, recorded, revoking } from './facts.ts';

type Shown = Record<string, string>;

/** Conditions as `True Reason`. */
function shown(status: RotationStatus, given: Given = {}): Shown {
  const { conditions = [] } = present(factsOf({ status, ...given }), status);
  return Object.fromEntries(conditions.map(({ type, status: value, reason }) => [type, `${value} ${reason}`]));
}

function message(status: RotationStatus, type: string, given: Given = {}): string | undefined {
  return present(factsOf({ status, ...given }), status).conditions?.find((condition) => condition.type === type)
    ?.message;
}

const calm = { Stalled: 'False Progressing' };
const PHASES: Record<string, { status: RotationStatus; shows: Shown }> = {
  'before the first key': {
    status: {},
    shows: {
      Ready: 'False NoKey',
      Rotating: 'False Settled',
      ConsumersMigrated: 'True AllMigrated',
      OldKeyRevoked: 'True NoOldKey',
      ...calm,
    },
  },
  settled: {
    status: idle(),
    shows: {
      Ready: 'True KeyPublished',
      Rotating: 'False Settled',
      ConsumersMigrated: 'True AllMigrated',
      OldKeyRevoked: 'True NoOldKey',
      ...calm,
    },
  },
  issuing: {
    status: issuing(),
    shows: {
      Ready: 'True KeyPublished',
      Rotating: 'True Issuing',
      ConsumersMigrated: 'False Pending',
      OldKeyRevoked: 'False OldKeyAlive',
      ...calm,
    },
  },
  migrating: {
    status: migrating(),
    shows: {
      Ready: 'True KeyPublished',
      Rotating: 'True Migrating',
      ConsumersMigrated: 'False Pending',
      OldKeyRevoked: 'False OldKeyAlive',
      ...calm,
    },
  },
  'migrating, all have moved': {
    status: migrating({ consumers: [{ name: 'api', state: 'Migrated' }] }),
    shows: {
      Ready: 'True KeyPublished',
      Rotating: 'True Migrating',
      ConsumersMigrated: 'True AllMigrated',
      OldKeyRevoked: 'False OldKeyAlive',
      ...calm,
    },
  },
  revoking: {
    status: revoking({ consumers: [{ name: 'api', state: 'Migrated' }] }),
    shows: {
      Ready: 'True KeyPublished',
      Rotating: 'True Revoking',
      ConsumersMigrated: 'True AllMigrated',
      OldKeyRevoked: 'False OldKeyAlive',
      ...calm,
    },
  },
};

describe('conditions by phase', () => {
  test.each(Object.entries(PHASES))('%s', (_phase, { status, shows }) => {
    expect(shown(status)).toEqual(shows);
  });

  test('an ordinary rotation does not touch Ready', () => {
    const phases = [idle(), issuing(), migrating(), revoking(), idle()];
    const before = present(factsOf({ at: '2030-01-01T00:00:00Z' }), idle());
    const readies = phases.map((status) => {
      const { conditions } = present(factsOf(), { ...status, conditions: before.conditions ?? [] });
      return conditions?.find(({ type }) => type === 'Ready');
    });
    expect(new Set(readies.map((ready) => JSON.stringify(ready))).size).toBe(1);
    expect(readies[0]).toEqual({
      type: 'Ready',
      status: 'True',
      reason: 'KeyPublished',
      message: 'every target holds a key that was verified and is alive',
      observedGeneration: 1,
      lastTransitionTime: '2030-01-01T00:00:00Z',
    });
  });
});

describe('messages', () => {
  test('Issuing names attempt, its begin and trigger', () => {
    expect(message(issuing(), 'Rotating')).toBe(
      'attempt 2.1, begun at 2030-01-01T12:00:00Z, obtains and publishes a new key (trigger Requested)',
    );
  });

  test('Revoking names the key and when it was decided', () => {
    expect(message(revoking(), 'Rotating')).toBe('revoking key k1 at the issuer, as decided at 2030-01-01T12:00:00Z');
    expect(message(revoking(), 'OldKeyRevoked')).toBe('key k1 is not revoked yet');
  });

  test('at most five consumers are named', () => {
    const consumers = [1, 2, 3, 4, 5, 6, 7].map((n) => ({ name: `c${n}`, state: 'Pending' as const }));
    expect(message(migrating({ consumers }), 'ConsumersMigrated')).toBe('waiting for c1, c2, c3, c4, c5 and 2 more');
  });

  test('an old key that expires by itself is announced', () => {
    const status = migrating({ oldKey: recorded('k1', { expiresAt: '2030-01-02T00:00:00Z' }) });
    expect(message(status, 'Rotating')).toBe(
      'waiting for api, since 2030-01-01T12:00:00Z; the old key expires by itself at 2030-01-02T00:00:00Z; a consumer that no longer exists is released by removing it from spec.consumers',
    );
  });

  test('a long message is cut to what a condition can hold', () => {
    const stalled: Explanation = { reason: 'Conflict', message: 'x'.repeat(5_000) };
    const { conditions = [] } = present(factsOf(), idle(), { stalled });
    expect(conditions.find(({ type }) => type === 'Stalled')?.message).toHaveLength(4_096);
  });

  test('no message has a relative time: it says the same whenever it is looked at', () => {
    for (const status of [idle(), issuing(), migrating(), revoking()]) {
      const [now, later] = ['2030-01-01T12:00:00Z', '2030-01-01T18:00:00Z'].map(
        (at) =>
          present(factsOf({ at }), { ...status, conditions: present(factsOf(), status).conditions ?? [] }).conditions,
      );
      expect(later).toEqual(now);
    }
  });
});

describe('kstatus', () => {
  test('every condition observes the generation that was decided on, and so does the status', () => {
    const status = present(factsOf({ metadata: { generation: 7 } }), idle());
    expect(status.observedGeneration).toBe(7);
    expect(status.conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([7, 7, 7, 7, 7]);
  });

  test('lastTransitionTime moves with the status of a condition, not with its reason', () => {
    const before = present(factsOf({ at: '2030-01-01T10:00:00Z' }), issuing());
    const phase = present(factsOf({ at: '2030-01-01T11:00:00Z' }), {
      ...migrating(),
      conditions: before.conditions ?? [],
    });
    const done = present(factsOf({ at: '2030-01-01T12:00:00Z' }), { ...idle(), conditions: phase.conditions ?? [] });
    const time = (status: RotationStatus) =>
      status.conditions?.find(({ type }) => type === 'Rotating')?.lastTransitionTime;
    expect([before, phase, done].map(time)).toEqual([
      '2030-01-01T10:00:00Z',
      '2030-01-01T10:00:00Z',
      '2030-01-01T12:00:00Z',
    ]);
  });

  test('Stalled is True only when nothing moves without a human', () => {
    const stalled: Explanation = { reason: 'Held', message: 'the deadline passed' };
    const { conditions = [] } = present(factsOf(), migrating(), { stalled, rotating: stalled });
    expect(conditions.find(({ type }) => type === 'Stalled')).toMatchObject({ status: 'True', ...stalled });
    expect(conditions.find(({ type }) => type === 'Rotating')).toMatchObject({ status: 'True', ...stalled });
    expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True' });
  });
});

describe('printer columns', () => {
  test('the next rotation is the tick or the renewal, whichever comes first', () => {
    const current = recorded('k1', { expiresAt: '2030-01-11T00:00:00Z' });
    const schedule = { type: 'Valid', due: false, next: '2030-01-05T00:00:00Z' } as const;
    const next = (given: Given) => present(factsOf(given), idle({ current })).nextRotationTime;
    expect(next({})).toBeUndefined();
    expect(next({ schedule })).toBe('2030-01-05T00:00:00Z');
    expect(next({ schedule, spec: { renewBefore: '240h' } })).toBe('2030-01-01T00:00:00Z');
    expect(next({ spec: { renewBefore: '24h' } })).toBe('2030-01-10T00:00:00Z');
  });

  test('consumers are counted while there is an old key', () => {
    const consumers = [
      { name: 'a', state: 'Migrated' as const },
      { name: 'b', state: 'Pending' as const },
    ];
    expect(present(factsOf(), migrating({ consumers })).consumersSummary).toBe('1/2');
    expect(present(factsOf(), idle({ consumersSummary: '2/2' })).consumersSummary).toBeUndefined();
  });
});
