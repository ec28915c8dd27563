import { expect, test } from 'vitest';
import type { MigrationReport } from '../../../src/api/types.ts';
import type { PodView } from '../../../src/evidence/pod-view.ts';
import { dropReports, vanishedReports } from '../../../src/operator/rotation/act/vanished-reports.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';

function report(name: string, podUID?: string): MigrationReport {
  return {
    metadata: { namespace: 'team', name, uid: `uid-of-${name}` },
    spec: {
      rotationRef: { name: 'payments', uid: 'uid-1' },
      revision: 1,
      consumer: 'api',
      type: 'Report',
      fingerprint: '0123456789abcdef',
      reporter: { username: 'system:serviceaccount:team:api', ...(podUID && { podName: 'p', podUID }) },
      reportedAt: '2030-01-01T00:00:00Z',
    },
  };
}

const pod = (uid: string): PodView => ({
  name: 'p',
  uid,
  phase: 'Running',
  serviceAccountName: 'api',
  labels: {},
  creationTimestamp: '2030-01-01T00:00:00Z',
});

test('a report has vanished when no pod of its uid is there, of whatever name', () => {
  const found = [report('here', 'pod-1'), report('gone', 'pod-0')];
  expect(vanishedReports(found, [pod('pod-1')])).toEqual([{ namespace: 'team', name: 'gone', uid: 'uid-of-gone' }]);
});

test('a report that no pod has made never vanishes: a proof from outside, an approval', () => {
  expect(vanishedReports([report('proof')], [])).toEqual([]);
});

test('a report without a uid cannot be named precisely and stays', () => {
  const { metadata, spec } = report('gone', 'pod-0');
  const { uid: _, ...rest } = metadata;
  expect(vanishedReports([{ metadata: rest, spec }], [])).toEqual([]);
});

test('a hundred at most go at once', () => {
  const found = Array.from({ length: 101 }, (_, index) => report(`r${index}`, `pod-${index}`));
  expect(vanishedReports(found, [])).toHaveLength(100);
});

test('each is deleted by name and uid, and one that cannot be deleted does not keep the others', async () => {
  const calls: unknown[] = [];
  const kube: Pick<KubeApi, 'delete'> = {
    async delete({ resource, namespace, name }, preconditions) {
      calls.push([resource.plural, namespace, name, preconditions]);
      if (name === 'a') throw new Error('not now');
    },
  };
  await dropReports(kube, [
    { namespace: 'team', name: 'a', uid: '1' },
    { namespace: 'team', name: 'b', uid: '2' },
  ]);
  expect(calls).toEqual([
    ['migrationreports', 'team', 'a', { uid: '1' }],
    ['migrationreports', 'team', 'b', { uid: '2' }],
  ]);
});
