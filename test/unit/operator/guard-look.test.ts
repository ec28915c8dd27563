import { describe, expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { createGuardLook } from '../../../src/operator/rotation/gather/guard-look.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';
import { admissionPolicies } from '../../../src/runtime/kube/resources.ts';
import { reportPolicy } from '../../doubles/report-policy.ts';
import { factsOf } from '../rotation/facts.ts';

const MADE = '2030-01-01T10:00:00Z';
const { object: waiting } = factsOf({ spec: { consumers: [{ name: 'board', evidence: [{ type: 'Approval' }] }] } });

/** Looks twice, `apart` milliseconds from each other; answers the guard and how often the API server was asked for the policy. */
async function look(get: (plural: string) => unknown, { object = waiting, apart = 0 } = {}) {
  let [now, asked] = [0, 0];
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
      why: 'the operator may not look at it, as ClusterRole apikey-rotation-policy of docs/evidence.md lets it',
    });
  });

  test('is no matter of an API server that does not answer: it is asked again', async () => {
    await expect(look(refused(503))).rejects.toMatchObject({ status: 503 });
  });

  test('counts a policy that was changed and restored from when it was first seen so, again and again', async () => {
    let generation = 3;
    const now = (plural: string) => {
      const found = answered(plural);
      return { ...found, metadata: { ...found.metadata, generation } };
    };
    const since = (ms: number) => ({ type: 'InForce', since: Date.parse(MADE) + ms, changed: true });
    expect((await look(now, { apart: 600_000 })).guard).toEqual(since(0));
    const changing = (plural: string) => {
      const answer = now(plural);
      if (plural !== admissionPolicies.plural) generation = 5;
      return answer;
    };
    expect((await look(changing, { apart: 600_000 })).guard).toEqual(since(600_000));
  });
});
