import { describe, expect, test } from 'vitest';
import { stores } from '../../../src/api/resources.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { type CheckedObject, createReadinessReconcile } from '../../../src/operator/readiness.ts';
import { alwaysLeading } from '../../../src/runtime/leader-election/leadership.ts';
import { silentLog } from '../../../src/runtime/log.ts';

const NOW = '2030-01-01T00:00:00Z';
const STORE: CheckedObject = { metadata: { namespace: 'team', name: 'vault', generation: 2 } };

/** What one look at the object writes, what it tells the log, and when it looks again. */
async function lookAt(check: () => Promise<void>, object = STORE) {
  const written: CheckedObject[] = [];
  const logged: string[] = [];
  const reconcile = createReadinessReconcile<CheckedObject>({
    kube: {
      replace: async (_ref, next) => {
        written.push(next);
        return next;
      },
    },
    leadership: alwaysLeading,
    clock: { monotonic: () => 0 },
    serverTime: { lowerBound: () => Date.parse(NOW), upperBound: () => Date.parse(NOW), observe() {} },
    objects: { get: () => object, resourceOf: () => stores },
    check,
  });
  const result = await reconcile('team/vault', { ...silentLog, error: (_fields, message) => logged.push(message) });
  return { ...result, ready: written.map(({ status }) => status?.conditions?.[0]), logged };
}

test('a check that fails unexpectedly is told as not ready, by the name of the error and never by its text', async () => {
  const found = await lookAt(async () => {
    throw new TypeError('canary: cannot read properties of the credential');
  });
  const message =
    'the check failed unexpectedly (TypeError), a defect of the operator: report it with what its log says; it is checked again';
  expect(found).toEqual({
    requeueAfterMs: 15_000,
    ready: [
      { type: 'Ready', status: 'False', reason: 'CallFailed', message, observedGeneration: 2, lastTransitionTime: NOW },
    ],
    logged: ['The check failed unexpectedly; this is a defect of the operator'],
  });
});

test('a call that failed is told in its own words, and is no defect', async () => {
  const found = await lookAt(async () => {
    throw new CallError('denied', 'AccessDenied', 'the credential is wrong');
  });
  expect(found.ready).toMatchObject([{ status: 'False', reason: 'AccessDenied', message: 'the credential is wrong' }]);
  expect(found.logged).toEqual([]);
});

test('an object that is being deleted is not looked at', async () => {
  const going = { metadata: { ...STORE.metadata, deletionTimestamp: NOW } };
  const check = () => Promise.reject(new Error('it was looked at'));
  expect(await lookAt(check, going)).toEqual({ ready: [], logged: [] });
});

describe('an other side that names a time', () => {
  const busy = new CallError('unavailable', 'TooManyRequests', 'asked too often', {
    status: 429,
    retryAfterSeconds: 40,
  });

  /** Looks at these seconds, each time at an object of this generation. @returns the seconds at which the outside was asked */
  async function asked(looks: readonly (readonly [seconds: number, generation: number])[]): Promise<number[]> {
    const seen: number[] = [];
    let [now, generation] = [0, 2];
    const reconcile = createReadinessReconcile<CheckedObject>({
      kube: { replace: async (_ref, next) => next },
      leadership: alwaysLeading,
      clock: { monotonic: () => now * 1_000 },
      serverTime: { lowerBound: () => Date.parse(NOW), upperBound: () => Date.parse(NOW), observe() {} },
      objects: { get: () => ({ metadata: { ...STORE.metadata, generation } }), resourceOf: () => stores },
      check: async () => {
        seen.push(now);
        throw busy;
      },
    });
    for ([now, generation] of looks) {
      const { requeueAfterMs = 0 } = await reconcile('team/vault', silentLog);
      expect(now * 1_000 + requeueAfterMs).toBe(((seen.at(-1) ?? 0) + 40) * 1_000);
    }
    return seen;
  }

  test('is not asked before it, whatever wakes us', async () => {
    expect(await asked([0, 1, 39, 40, 41].map((seconds) => [seconds, 2]))).toEqual([0, 40]);
  });

  test('is asked at once when a person has changed the spec', async () => {
    expect(
      await asked([
        [0, 2],
        [5, 3],
        [6, 3],
      ]),
    ).toEqual([0, 5]);
  });
});

describe('two processes of which one does not reach the outside', () => {
  /** Both look at the object at these seconds, each at what the other one wrote. @returns what was checked and written, and when */
  async function looking(seconds: readonly number[]): Promise<string[]> {
    const story: string[] = [];
    let [now, object] = [0, STORE];
    const process = (name: string, check: () => Promise<void>) =>
      createReadinessReconcile<CheckedObject>({
        kube: {
          replace: async (_ref, next) => {
            object = next;
            story.push(`${now} ${name} writes ${object.status?.conditions?.[0]?.status}`);
            return next;
          },
        },
        leadership: alwaysLeading,
        clock: { monotonic: () => now * 1_000 },
        serverTime: { lowerBound: () => Date.parse(NOW), upperBound: () => Date.parse(NOW), observe() {} },
        objects: { get: () => object, resourceOf: () => stores },
        check: () => {
          story.push(`${now} ${name} asks`);
          return check();
        },
      });
    const cut = process('cut', async () => {
      throw new CallError('unavailable', 'ConnectionFailed', 'cannot connect');
    });
    const well = process('well', async () => {});
    for (now of seconds) {
      await cut('team/vault', silentLog);
      await well('team/vault', silentLog);
    }
    return story;
  }

  test('do not answer each other’s writes: each tells what it found once a check', async () => {
    expect(await looking([0, 1, 2, 14])).toEqual([
      '0 cut asks',
      '0 cut writes False',
      '0 well asks',
      '0 well writes True',
    ]);
    expect(await looking([0, 15, 299, 300])).toEqual([
      ...['0 cut asks', '0 cut writes False', '0 well asks', '0 well writes True'],
      ...['15 cut asks', '15 cut writes False'],
      ...['299 cut asks', '300 well asks', '300 well writes True'],
    ]);
  });
});

test('what could not be written is written by the next try, without another check', async () => {
  const answers = [new CallError('conflict', 'Conflict', 'changed meanwhile'), undefined];
  const written: CheckedObject[] = [];
  let checks = 0;
  const reconcile = createReadinessReconcile<CheckedObject>({
    kube: {
      replace: async (_ref, next) => {
        const refusal = answers.shift();
        if (refusal) throw refusal;
        written.push(next);
        return next;
      },
    },
    leadership: alwaysLeading,
    clock: { monotonic: () => 0 },
    serverTime: { lowerBound: () => Date.parse(NOW), upperBound: () => Date.parse(NOW), observe() {} },
    objects: { get: () => STORE, resourceOf: () => stores },
    check: async () => {
      checks += 1;
    },
  });
  await expect(reconcile('team/vault', silentLog)).rejects.toThrow('changed meanwhile');
  await reconcile('team/vault', silentLog);
  await reconcile('team/vault', silentLog);
  expect(written).toMatchObject([{ status: { conditions: [{ reason: 'Checked' }] } }]);
  expect(checks).toBe(1);
});

test('what another replica told meanwhile is corrected by one that leads again', async () => {
  let follow: (leads: boolean) => void = () => {};
  let object = STORE;
  const reconcile = createReadinessReconcile<CheckedObject>({
    kube: {
      replace: async (_ref, next) => {
        object = { ...STORE, ...next };
        return next;
      },
    },
    leadership: { onChange: (listener) => (follow = listener) },
    clock: { monotonic: () => 0 },
    serverTime: { lowerBound: () => Date.parse(NOW), upperBound: () => Date.parse(NOW), observe() {} },
    objects: { get: () => object, resourceOf: () => stores },
    check: async () => {},
  });
  const readyAfterLook = async () => {
    await reconcile('team/vault', silentLog);
    return object.status?.conditions?.[0]?.status;
  };
  follow(true);
  expect(await readyAfterLook()).toBe('True');
  follow(false);
  const other = {
    type: 'Ready',
    status: 'False',
    reason: 'AccessDenied',
    message: 'not from there',
    observedGeneration: 2,
    lastTransitionTime: NOW,
  } as const;
  object = { ...STORE, status: { observedGeneration: 2, conditions: [other] } };
  follow(true);
  expect(await readyAfterLook()).toBe('True');
});
