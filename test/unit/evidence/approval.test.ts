import { describe, expect, it, test } from 'vitest';
import type { MigrationReport } from '../../../src/api/types.ts';
import { type ApprovalGuard, guardOf } from '../../../src/evidence/approval-policy.ts';
import { assessConsumers } from '../../../src/evidence/assess-consumers.ts';
import { type GuardObject, reportPolicy } from '../../doubles/report-policy.ts';

const IN_FORCE: ApprovalGuard = { type: 'InForce', since: Date.parse('2030-01-01T10:00:00Z') };

const unseen = () => Number.POSITIVE_INFINITY;

function approval(change: Partial<MigrationReport['spec']> = {}, creationTimestamp = '2030-01-01T11:00:00Z') {
  return {
    apiVersion: 'apikeyrotation.io/v1alpha1',
    kind: 'MigrationReport',
    metadata: { name: 'payments-x', namespace: 'team', creationTimestamp },
    spec: {
      rotationRef: { name: 'payments', uid: 'uid-1' },
      revision: 2,
      consumer: 'board',
      type: 'Approval',
      fingerprint: 'aaaaaaaaaaaaaaaa',
      reporter: { username: 'alice' },
      ...change,
    },
  } as MigrationReport;
}

function assess(
  reports: readonly MigrationReport[],
  guard: ApprovalGuard | 'nobody looked' = IN_FORCE,
  others: object = {},
) {
  const [assessment] = assessConsumers({
    namespace: 'team',
    rotationName: 'payments',
    uid: 'uid-1',
    revision: 2,
    fingerprint: 'aaaaaaaaaaaaaaaa',
    publishedAt: '2030-01-01T10:30:00Z',
    consumers: [{ name: 'board', evidence: [{ type: 'Approval' }], ...others }],
    statuses: [],
    reports,
    pods: [],
    usage: undefined,
    rollouts: new Map(),
    guard: guard === 'nobody looked' ? undefined : guard,
  });
  return assessment;
}

const WAITING =
  'waiting until somebody who may approve revision 2, key fingerprint aaaaaaaaaaaaaaaa, does so; status.rotation.consumers has the command';

describe('evidence Approval', () => {
  it('is complete when a person has approved this key in this revision', () => {
    expect(assess([approval()])).toEqual({
      name: 'board',
      state: 'Migrated',
      missingPods: [],
      message: 'approved by alice',
    });
  });

  it('tells the whole command while it is waited for', () => {
    const [sentence, command] = assess([])?.message.split('\n') ?? [];
    expect(sentence).toBe(WAITING);
    expect(command).toBe(
      `kubectl auth whoami -o go-template='{"apiVersion":"apikeyrotation.io/v1alpha1","kind":"MigrationReport",` +
        `"metadata":{"namespace":"team","generateName":"payments-","labels":{"apikeyrotation.io/rotation-uid":"uid-1","apikeyrotation.io/consumer":"board"}},` +
        `"spec":{"rotationRef":{"name":"payments","uid":"uid-1"},"revision":2,"consumer":"board","type":"Approval","fingerprint":"aaaaaaaaaaaaaaaa",` +
        `"reporter":{"username":{{printf "%q" .status.userInfo.username}}}}}' | kubectl create -f -`,
    );
  });

  it('leaves a command out that does not fit, rather than cut it', () => {
    const evidence = [{ type: 'Approval' }, { type: 'Proof' }];
    expect(assess([], IN_FORCE, { name: 'b'.repeat(400), evidence })?.message).not.toContain('kubectl');
  });

  test.each<[string, MigrationReport]>([
    ['an earlier revision', approval({ revision: 1 })],
    ['another key', approval({ fingerprint: 'bbbbbbbbbbbbbbbb' })],
    ['another consumer', approval({ consumer: 'api' })],
    ['another object of that name', approval({ rotationRef: { name: 'payments', uid: 'uid-0' } })],
    [
      'this object under the name of one for which the writer may approve',
      approval({ rotationRef: { name: 'other', uid: 'uid-1' } }),
    ],
    ['nobody', approval({ reporter: {} })],
    ['a report of a pod', approval({ type: 'Report' })],
  ])('one of %s counts for nothing', (_what, report) => {
    expect(assess([report])).toMatchObject({ state: 'Pending', message: expect.stringContaining(WAITING) });
  });

  test.each([
    ['before the policy', '2030-01-01T09:00:00Z'],
    ['while the policy did not take effect yet', '2030-01-01T10:00:30Z'],
    ['at a time that cannot be read', 'yesterday'],
  ])('one that was made %s may be anybody’s', (_when, time) => {
    expect(assess([approval({}, time)])?.message).toContain(
      'does so; one that was made before the policy was in force does not count; ',
    );
  });

  it('counts for nothing where the policy is missing, and says what helps', () => {
    expect(assess([approval()], { type: 'Missing', why: 'there is no such policy' })).toMatchObject({
      state: 'Pending',
      reason: 'PolicyMissing',
      message:
        "approvals count only while ValidatingAdmissionPolicy apikeyrotation-reports guards them: there is no such policy; kubectl apply -f config/report-policy.yaml with the operator's account in it, or helm upgrade; then approve again",
    });
  });

  it('has status keep which policy it was, where that was changed since it was made, approved or not', () => {
    const changed: ApprovalGuard = {
      type: 'InForce',
      since: Date.parse('2030-01-01T10:00:00.001Z'),
      generations: 'p/3 b/1',
    };
    const approvalPolicy = { generations: 'p/3 b/1', seenAt: '2030-01-01T10:00:01Z' };
    expect(assess([], changed)).toMatchObject({ state: 'Pending', approvalPolicy });
    expect(assess([approval()], changed)).toMatchObject({ state: 'Migrated', approvalPolicy });
    expect(assess([])).not.toHaveProperty('approvalPolicy');
  });

  it('counts for nothing where nobody has looked for the policy', () => {
    expect(assess([approval()], 'nobody looked')?.state).toBe('Pending');
  });
});

describe('the policy that guards approvals', () => {
  const MADE = '2030-01-01T10:00:00Z';
  const judged = (change: (found: ReturnType<typeof reportPolicy>) => void) => {
    const found = structuredClone(reportPolicy(MADE));
    change(found);
    return guardOf(found, unseen);
  };
  const rules = ({ spec }: GuardObject) =>
    spec as { validations: { expression: string }[]; variables: { name: string; expression: string }[] };

  it('is in force as config/report-policy.yaml has it, and as the API server answers it', () => {
    expect(guardOf(reportPolicy(MADE), unseen)).toEqual({ type: 'InForce', since: Date.parse(MADE) });
    expect(
      judged(({ policy, binding }) => {
        const constraints = policy.spec.matchConstraints as { resourceRules: object[] };
        Object.assign(constraints, { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} });
        Object.assign(constraints.resourceRules[0] ?? {}, { scope: '*' });
        Object.assign(binding.spec, { matchResources: { matchPolicy: 'Equivalent', namespaceSelector: {} } });
      }),
    ).toMatchObject({ type: 'InForce' });
  });

  it('is in force for an operator under another account', () => {
    expect(
      judged(({ policy }) => {
        const [isOperator] = rules(policy).variables;
        if (isOperator) isOperator.expression = "request.userInfo.username == 'system:serviceaccount:keys:operator'";
      }),
    ).toMatchObject({ type: 'InForce' });
  });

  it('counts from when it was first seen so, where it was changed since it was made', () => {
    for (const changed of ['policy', 'binding'] as const) {
      const found = structuredClone(reportPolicy(MADE));
      found[changed].metadata.generation = 3;
      Object.assign(found.policy.metadata, { uid: 'p' });
      Object.assign(found.binding.metadata, { uid: 'b' });
      const generations = changed === 'policy' ? 'p/3 b/1' : 'p/1 b/3';
      const seenAt = Date.parse(MADE) + 1;
      const firstSeen = (name: string) => (name === generations ? seenAt : expect.fail(name));
      expect(guardOf(found, firstSeen)).toEqual({ type: 'InForce', since: seenAt, generations });
      expect(guardOf(found, () => 0)).toMatchObject({ since: Date.parse(MADE) });
    }
  });

  it('counts from the younger of the two on', () => {
    const later = '2030-01-01T12:00:00Z';
    const since = judged(({ binding }) => {
      binding.metadata.creationTimestamp = later;
    });
    expect(since).toEqual({ type: 'InForce', since: Date.parse(later) });
  });

  test.each<[string, (found: ReturnType<typeof reportPolicy>) => void]>([
    ['that warns only', ({ binding }) => Object.assign(binding.spec, { validationActions: ['Warn'] })],
    [
      'that is bound to some namespaces only',
      ({ binding }) =>
        Object.assign(binding.spec, { matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } } }),
    ],
    ['whose binding is for another policy', ({ binding }) => Object.assign(binding.spec, { policyName: 'other' })],
    ['that lets pass what it cannot judge', ({ policy }) => Object.assign(policy.spec, { failurePolicy: 'Ignore' })],
    [
      'with a condition',
      ({ policy }) => Object.assign(policy.spec, { matchConditions: [{ name: 'x', expression: 'false' }] }),
    ],
    [
      'that leaves updates out',
      ({ policy }) =>
        Object.assign(policy.spec, {
          matchConstraints: {
            resourceRules: [
              {
                apiGroups: ['apikeyrotation.io'],
                apiVersions: ['*'],
                operations: ['CREATE'],
                resources: ['migrationreports'],
              },
            ],
          },
        }),
    ],
    [
      'that leaves some objects out',
      ({ policy }) =>
        Object.assign(policy.spec.matchConstraints as object, { objectSelector: { matchLabels: { a: 'b' } } }),
    ],
    [
      'with a variable of another meaning',
      ({ policy }) => Object.assign(rules(policy).variables[1] ?? {}, { expression: 'false' }),
    ],
    ['that is being deleted', ({ policy }) => Object.assign(policy.metadata, { deletionTimestamp: MADE })],
    [
      'that does not say when it was made',
      ({ policy }) => Object.assign(policy.metadata, { creationTimestamp: undefined }),
    ],
  ])('is missing where there is one %s', (_what, change) => {
    expect(judged(change).type).toBe('Missing');
  });

  it('is missing where any of its rules is', () => {
    for (const index of rules(reportPolicy(MADE).policy).validations.keys()) {
      const guard = judged(({ policy }) => void rules(policy).validations.splice(index, 1));
      expect(guard).toEqual({ type: 'Missing', why: 'ValidatingAdmissionPolicy apikeyrotation-reports was changed' });
    }
  });

  test.each([
    [
      'no policy',
      { policy: undefined, binding: undefined },
      'there is no ValidatingAdmissionPolicy apikeyrotation-reports',
    ],
    [
      'no binding',
      { ...reportPolicy(MADE), binding: undefined },
      'there is no ValidatingAdmissionPolicyBinding apikeyrotation-reports',
    ],
  ])('is missing where there is %s', (_what, found, why) => {
    expect(guardOf(found, unseen)).toEqual({ type: 'Missing', why });
  });
});
