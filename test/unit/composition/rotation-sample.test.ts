import { describe, expect, it } from 'vitest';
import type { ApiKeyRotation, RotationStatus } from '../../../src/api/types.ts';
import { rotationSample } from '../../../src/composition/rotation-sample.ts';

const [NOW, EARLY, LATE] = ['2030-01-01T00:00:00Z', '2030-01-02T00:00:00Z', '2030-02-01T00:00:00Z'];

function sampleOf(status: object) {
  const object = { metadata: { name: 'a', namespace: 'ns' }, spec: {}, status: status as RotationStatus };
  return rotationSample(object as ApiKeyRotation, Date.parse(NOW));
}

function condition(type: string, status: string, reason = 'Any') {
  return { conditions: [{ type, status, reason, message: '', lastTransitionTime: EARLY }] };
}

function rotating(reason: string, status = 'True') {
  return condition('Rotating', status, reason);
}

describe('what a scrape shows of a rotation', () => {
  it.each([
    ['ServerError', 'ServerError'],
    ['VaultPermissionDenied', 'VaultPermissionDenied'],
    ['Migrating', undefined],
    ['WindowClosed', undefined],
  ])('that waits with reason %s fails with %s', (reason, failingReason) => {
    expect(sampleOf(rotating(reason))).toMatchObject({ waitingReason: reason, failingReason });
  });

  it('that rests neither waits nor fails', () => {
    const { waitingReason, failingReason } = sampleOf(rotating('Settled', 'False'));
    expect([waitingReason, failingReason]).toEqual([undefined, undefined]);
  });

  it('that cannot begin for a call fails, although nothing of it runs yet', () => {
    const { waitingReason, failingReason } = sampleOf(rotating('ServerError', 'False'));
    expect([waitingReason, failingReason]).toEqual([undefined, 'ServerError']);
  });

  it('counts no key for an orphan that a target has served', () => {
    expect(sampleOf({ abandoned: [{ served: true }, { keyID: 'a' }, {}] }).orphanKeys).toBe(2);
  });

  it.each<[string, string | undefined, string[], number | undefined]>([
    ['of the old key while a consumer may use it', EARLY, ['Pending', 'Migrated'], Date.parse(EARLY)],
    ['of the new key when all have moved', EARLY, ['Migrated'], Date.parse(LATE)],
    ['of the new key where the old one never expires', undefined, ['Pending'], Date.parse(LATE)],
  ])('expires with the first key in use: that %s', (_what, expiresAt, states, expected) => {
    const consumers = states.map((state, at) => ({ name: `c${at}`, state }));
    const sample = sampleOf({ current: { expiresAt: LATE }, rotation: { oldKey: { expiresAt }, consumers } });
    expect(sample.expirationTime).toBe(expected);
    expect(sample.consumersPending).toBe(states.filter((state) => state === 'Pending').length);
  });

  it.each<[string, object, number | undefined]>([
    ['nothing where it rests and is due before', {}, undefined],
    ['where nothing is planned', { nextRotationTime: undefined }, Date.parse(LATE)],
    ['where the next rotation comes too late', { nextRotationTime: LATE }, Date.parse(LATE)],
    ['where the next rotation is overdue', { nextRotationTime: NOW }, Date.parse(LATE)],
    ['where it is not ready', condition('Ready', 'Unknown'), Date.parse(LATE)],
    ['where it waits for a person', condition('Stalled', 'True'), Date.parse(LATE)],
    ['where calls fail', rotating('ServerError', 'False'), Date.parse(LATE)],
    ['while it rotates', { rotation: {} }, Date.parse(LATE)],
  ])('tells when its key expires: %s', (_where, differs, expected) => {
    const sample = sampleOf({ current: { expiresAt: LATE }, nextRotationTime: EARLY, ...differs });
    expect(sample.expirationTime).toBe(expected);
  });

  it('is well unless a condition says otherwise', () => {
    const told = (status: object) => {
      const { unready, stalled } = sampleOf(status);
      return [unready, stalled];
    };
    expect(told({})).toEqual([false, false]);
    expect(told(condition('Ready', 'True'))).toEqual([false, false]);
    expect(told(condition('Ready', 'False'))).toEqual([true, false]);
    expect(told(condition('Stalled', 'True'))).toEqual([false, true]);
  });

  it('without keys has no time of expiry', () => {
    expect(sampleOf({})).toMatchObject({ expirationTime: undefined, consumersPending: 0, orphanKeys: 0 });
  });
});
