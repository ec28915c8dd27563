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
import { shared } from './stories/shared.ts';

const NAMED = { certificates: [NAMES.certificates], logins: [NAMES.login] };
const EVERYTHING = {
  rbac: { ...NAMED, restart: true, support: { issuers: [NAMES.people], rotations: [NAMES.asked] } },
  clusterKinds: { ...NAMED, credentials: [NAMES.credential] },
};

/** A KeyStore of type KubernetesSecret looks whether it may write; Kubernetes' own roles let everybody ask that. */
const BY_KUBERNETES = [
  'create selfsubjectaccessreviews.authorization.k8s.io by ClusterRoleBinding "system:basic-user"',
];

let scene: Scene;
beforeAll(async () => {
  scene = await openInstalled(EVERYTHING);
});
closeAfterAll(() => scene);

test('an operator of the whole cluster needs every permission that the chart can give it, and no other', async () => {
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
  await shared(world, 'other');
  await certificates(world, undefined);
  expect(await comparisonOf(scene)).toEqual({ unused: [], missing: [], borrowed: BY_KUBERNETES });
}, 240_000);
