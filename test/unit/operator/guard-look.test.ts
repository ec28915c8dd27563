import { describe, expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { createGuardLook } from '../../../src/operator/rotation/gather/guard-look.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';
import { admissionPolicies } from '../../../src/runtime/kube/resources.ts';
import { reportPolicy } from '../../doubles/report-policy.ts';
import { factsOf, migrating } from '../rotation/facts.ts';

const MADE = '2030-01-01T10:00:00Z';
const { object: waiting } = factsOf({ spec: { consumers: [{ name: 'board', evidence: [{ type: 'Approval' }] }] } });

/** Looks twice, `apart` milliseconds from each other; answers the guard and how often the API server was asked for the policy. */
async function look(get: (plural: string) => unknown, { object = waiting, apart = 0, startedAt = 0 } = {}) {
  let [now, asked] = [startedAt, 0];
  const kube = {
    get: async ({ resource }: Parameters<KubeApi['get']>[0]) => {
      if (resource === admissionPolicies) asked += 1;
      return get(resource.plural);
    },
  } as Pick<KubeApi, 'get'>;
  const { cached } = createGuardLook({
    kube,
    clock: { monotonic: () => now },
    serverTime: { upperBound: () => Date.parse(MADE) + now },
  });
  const session = {};
  await cached(object, session);
  now += apart;
  return { guard: await cached(object, session), asked };
}

const answered = (plural: string) => reportPolicy(MADE)[plural === admissionPolicies.plural ? 'policy' : 'binding'];
const refused = (status: number) => () => {
  throw new CallError('refused', 'Refused', 'refused', { status });
};

describe('whether approvals are guarded', () => {
  test('is asked once in ten minutes where they are', async () => {
    const guard = { type: 'InForce', since: Date.parse(MADE) };
    expect(await look(answered, { apart: 599_999 })).toEqual({ guard, asked: 1 });
    expect(await look(answered, { apart: 600_000 })).toEqual({ guard, asked: 2 });
  });

  test('is asked once a minute where they are not', async () => {
    const guard = { type: 'Missing', why: 'there is no ValidatingAdmissionPolicy apikeyrotation-reports' };
    expect(await look(() => undefined, { apart: 59_999 })).toEqual({ guard, asked: 1 });
    expect(await look(() => undefined, { apart: 60_000 })).toEqual({ guard, asked: 2 });
  });

  test('is not asked where nobody waits for an approval', async () => {
    expect(await look(answered, { object: factsOf().object })).toEqual({ guard: undefined, asked: 0 });
  });

  test('is denied by an API server that knows no such kind, before Kubernetes 1.30', async () => {
    expect((await look(refused(404))).guard).toMatchObject({
      type: 'Missing',
      why: expect.stringContaining('there is no'),
    });
  });

  test('cannot be told where the operator may not look, which says what it needs', async () => {
    expect((await look(refused(403))).guard).toMatchObject({
      type: 'Missing',
      why: 'the operator may not look at it, as ClusterRole apikey-rotation-policy of docs/operator-rights.md lets it',
    });
  });

  test('is no matter of an API server that does not answer: it is asked again', async () => {
    await expect(look(refused(503))).rejects.toMatchObject({ status: 503 });
  });
});

describe('a policy that was changed and restored', () => {
  const since = (ms: number, generation = 3) => ({
    type: 'InForce',
    since: Date.parse(MADE) + ms,
    generations: `p/${generation} b/${generation}`,
  });
  const at = (generation: number) => (plural: string) => {
    const found = answered(plural);
    const uid = plural === admissionPolicies.plural ? 'p' : 'b';
    return { ...found, metadata: { ...found.metadata, uid, generation } };
  };
  /** A rotation whose status tells what was seen before this process. */
  const recording = (generations: string, seenAt: string) => {
    const consumers = [{ name: 'board', state: 'Pending' as const, approvalPolicy: { generations, seenAt } }];
    return { ...waiting, status: migrating({ consumers }) };
  };

  test('counts from when it was first seen so, again and again', async () => {
    expect((await look(at(3), { apart: 600_000 })).guard).toEqual(since(0));
    let generation = 3;
    const changing = (plural: string) => {
      const answer = at(generation)(plural);
      if (plural !== admissionPolicies.plural) generation = 5;
      return answer;
    };
    expect((await look(changing, { apart: 600_000 })).guard).toEqual(since(600_000, 5));
  });

  test.each([
    ['from when a process before saw it so, as status tells', 'p/3 b/3', '2030-01-01T10:00:07Z', 7_000],
    ['from now on, where it was another one then', 'p/3 b/2', '2030-01-01T10:00:07Z', 60_000],
    ['from now on, where nobody can read when that was', 'p/3 b/3', 'yesterday', 60_000],
    ['from now on, where that is said to be later', 'p/3 b/3', '2031-01-01T00:00:00Z', 60_000],
    ['at the earliest from when it was made, whatever status tells', 'p/3 b/3', '2020-01-01T00:00:00Z', 0],
  ])('counts %s', async (_when, generations, seenAt, wanted) => {
    const object = recording(generations, seenAt);
    expect((await look(at(3), { object, startedAt: 60_000 })).guard).toEqual(since(wanted));
  });
});
