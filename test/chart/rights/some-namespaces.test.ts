import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../../e2e/components/close-after-all.ts';
import type { Scene } from '../../e2e/world/scene.ts';
import { openInstalled } from '../by-chart.ts';
import { comparisonOf } from './comparison.ts';
import { approvals } from './stories/approvals.ts';
import { certificates } from './stories/certificates.ts';
import { NAMES } from './stories/declare.ts';
import { people } from './stories/people.ts';
import { refusals } from './stories/refusals.ts';
import { reports, startReporters } from './stories/reports.ts';
import { restarts } from './stories/restarts.ts';

/** Everything by name: none but these Secrets is ever read or written. */
const EVERYTHING = {
  installation: 'charted',
  rbac: {
    namespaces: ['team', 'other'],
    credentials: [NAMES.credential],
    certificates: [NAMES.certificates],
    logins: [NAMES.login],
    targets: [NAMES.target],
    restart: true,
    workloads: {
      deployments: [NAMES.deployment],
      statefulsets: [NAMES.statefulSet],
      daemonsets: [NAMES.daemonSet],
    },
    support: { issuers: [NAMES.people], rotations: [NAMES.asked] },
  },
};

/** A KeyStore of type KubernetesSecret looks what it may write; Kubernetes' own roles let everybody ask that. */
const BY_KUBERNETES = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'].map(
  (resource) => `create ${resource}.authorization.k8s.io by ClusterRoleBinding "system:basic-user"`,
);

let scene: Scene;
beforeAll(async () => {
  scene = await openInstalled(EVERYTHING);
});
closeAfterAll(() => scene);

test('an operator of two namespaces needs every permission that the chart can give it, and no other', async () => {
  const { world } = scene;
  const service = await startReporters(scene, 'team');
  const { tenant } = service;
  await Promise.all([
    reports(scene, service),
    restarts(world, tenant),
    approvals(world, tenant),
    people(world, tenant),
    certificates(world, tenant.namespace),
    refusals(world, tenant),
  ]);
  expect(await scene.judge(tenant.namespace)).toEqual([]);
  expect(await comparisonOf(scene)).toEqual({ unused: [], missing: [], borrowed: BY_KUBERNETES });
}, 240_000);
