import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../../e2e/components/close-after-all.ts';
import type { Scene } from '../../e2e/world/scene.ts';
import { openInstalled } from '../by-chart.ts';
import { comparisonOf } from './comparison.ts';
import { EVERYTHING, played } from './played.ts';
import { NAMES } from './stories/declare.ts';

/** Everything by name: none but these Secrets is ever read or written. */
const VALUES = {
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
  scene = await openInstalled(VALUES);
});
closeAfterAll(() => scene);

test('an operator of two namespaces needs every permission that the chart can give it, and no other', async () => {
  await played(scene, EVERYTHING);
  expect(await comparisonOf(scene)).toEqual({ unused: [], redundant: [], missing: [], borrowed: BY_KUBERNETES });
}, 240_000);
