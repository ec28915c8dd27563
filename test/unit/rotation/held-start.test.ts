import { describe, expect, test } from 'vitest';
import type { ApiKeyRotation, RotationStatus } from '../../../src/api/types.ts';
import { dueTrigger, heldStart } from '../../../src/rotation/trigger.ts';
import { factsOf, type Given, idle, recorded } from './facts.ts';

const ROTATE = { 'apikeyrotation.io/rotate': 'a' };
const AFTER = { after: { rotationRef: { name: 'test-twin' }, soak: '24h' } };
const condition = (type: string, status: 'True' | 'False', reason: string) => ({
  type,
  status,
  reason,
  message: '',
  lastTransitionTime: '',
});
const WELL = [condition('Ready', 'True', 'KeyPublished'), condition('Stalled', 'False', 'Progressing')];
const ROTATED: RotationStatus = {
  observedGeneration: 3,
  conditions: WELL,
  current: recorded('t2', { issuedAt: '2030-01-05T00:00:00Z' }),
  lastRotationTime: '2030-01-05T12:00:00Z',
};
const OURS = idle({ current: recorded('k1', { issuedAt: '2030-01-01T00:00:00Z' }) });

function twin(change: RotationStatus = {}): Pick<Required<Given>, 'after'> {
  const object = { metadata: { name: 'test-twin', generation: 3 }, spec: {}, status: { ...ROTATED, ...change } };
  return { after: { twin: object as unknown as ApiKeyRotation } };
}

const published = (keyID: string, publishedAt: string) => ({
  revision: 2,
  trigger: 'Scheduled',
  result: 'Revoked',
  keyID,
  publishedAt,
});
const NOT_TOLD: RotationStatus = { current: recorded('t2'), history: [published('t2', '2030-01-05T00:00:00Z')] };

type Twin = ReturnType<typeof twin>;
const suspendedTwin = ({ after }: Twin) => ({ ...after.twin, spec: { suspend: true } }) as unknown as ApiKeyRotation;
const deletedTwin = ({ after }: Twin) =>
  ({
    ...after.twin,
    metadata: { name: 'test-twin', generation: 3, deletionTimestamp: '2030-01-08T00:00:00Z' },
  }) as unknown as ApiKeyRotation;

/** What holds back a rotation that somebody has asked for. */
function held(given: Given): string | undefined {
  const facts = factsOf({ annotations: ROTATE, spec: AFTER, status: OURS, at: '2030-01-08T00:00:00Z', ...given });
  const hold = heldStart(facts);
  expect(dueTrigger(facts) === undefined).toBe(hold !== undefined);
  return hold?.message.replace(/; this rotation begins after that, or when spec.after is removed$/, '');
}

describe('a rotation begins after its twin', () => {
  const name = 'spec.after: ApiKeyRotation test-twin';
  test.each<[string, Given, string | undefined]>([
    ['that has rotated and been well for the soak', twin(), undefined],
    [
      'not at its back while the soak lasts',
      { ...twin(), at: '2030-01-06T11:59:59Z' },
      `${name} has rotated at 2030-01-05T12:00:00Z and must stay well until 2030-01-06T12:00:00Z`,
    ],
    ['at the end of the soak', { ...twin(), at: '2030-01-06T12:00:00Z' }, undefined],
    [
      'not when it does not exist',
      { after: { twin: undefined } },
      'spec.after: there is no ApiKeyRotation test-twin in namespace team; create it',
    ],
    [
      'not when it has rotated before this key was issued',
      twin({ current: recorded('t1', { issuedAt: '2029-12-31T00:00:00Z' }), nextRotationTime: '2030-02-01T00:00:00Z' }),
      `${name} has not rotated since key k1 was issued, it is to at 2030-02-01T00:00:00Z`,
    ],
    [
      'not when nobody can read when its key was issued',
      twin({ current: recorded('t1', { issuedAt: 'yesterday' }) }),
      `${name} has not rotated since key k1 was issued`,
    ],
    [
      'also where the issuers do not tell when they issued a key: by what was published last',
      {
        ...twin(NOT_TOLD),
        status: idle({ current: recorded('k1'), history: [published('k1', '2030-01-04T00:00:00Z')] }),
      },
      undefined,
    ],
    [
      'not where that was published before this key was',
      {
        ...twin(NOT_TOLD),
        status: idle({ current: recorded('k1'), history: [published('k1', '2030-01-06T00:00:00Z')] }),
      },
      `${name} has not rotated since key k1 was issued`,
    ],
    [
      'where nobody knows since when an adopted key has been there, when it has rotated since this rotation was made',
      { ...twin(NOT_TOLD), status: idle({ current: recorded('k1', { adopted: true }) }) },
      undefined,
    ],
    [
      'not while it can never rotate again',
      { after: { twin: suspendedTwin(twin({ current: recorded('t1', { issuedAt: '2029-12-31T00:00:00Z' }) })) } },
      `${name} has not rotated since key k1 was issued, and is suspended`,
    ],
    [
      'not when it is about to go',
      { after: { twin: deletedTwin(twin()) } },
      `${name} must be well first: it is being deleted`,
    ],
    [
      'not when nobody can read when it was done',
      twin({ lastRotationTime: 'yesterday' }),
      `${name} has rotated at yesterday and must stay well until an unreadable time`,
    ],
    [
      'not while it is stalled',
      twin({ conditions: [condition('Ready', 'True', 'KeyPublished'), condition('Stalled', 'True', 'Held')] }),
      `${name} must be well first: it is stalled (Held)`,
    ],
    [
      'not while it is not ready',
      twin({ conditions: [condition('Ready', 'False', 'IssuerNotReady')] }),
      `${name} must be well first: it is not ready (IssuerNotReady)`,
    ],
    [
      'not when it was rolled back',
      twin({ rolledBack: { revision: 2, trigger: 'Requested', generation: 3 } }),
      `${name} must be well first: its revision 2 was rolled back`,
    ],
    [
      'not while its spec was changed since',
      twin({ observedGeneration: 2 }),
      `${name} must be well first: its spec was changed and nobody has looked at it yet`,
    ],
  ])('%s', (_sentence, given, message) => {
    expect(held(given)).toBe(message);
  });

  test('an emergency does not wait', () => {
    expect(
      held({ ...twin({ lastRotationTime: 'never' }), annotations: { 'apikeyrotation.io/emergency': 'x/k1' } }),
    ).toBe(undefined);
  });

  test('a key that is about to expire waits until half of renewBefore is left', () => {
    const status = idle({ current: recorded('k1', { expiresAt: '2030-01-09T00:00:00Z' }) });
    const waiting = { after: { twin: undefined }, status, spec: { ...AFTER, renewBefore: '24h' } };
    expect(held({ ...waiting, at: '2030-01-08T11:59:59Z' })).toContain('there is no ApiKeyRotation');
    expect(held({ ...waiting, at: '2030-01-08T12:00:00Z' })).toBe(undefined);
  });
});
