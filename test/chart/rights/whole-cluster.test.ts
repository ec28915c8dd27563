import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../../e2e/components/close-after-all.ts';
import type { Scene } from '../../e2e/world/scene.ts';
import { openInstalled } from '../by-chart.ts';
import { comparisonOf } from './comparison.ts';
import { EVERYTHING, played } from './played.ts';
import { certificates } from './stories/certificates.ts';
import { NAMES } from './stories/declare.ts';
import { shared } from './stories/shared.ts';

const NAMED = { certificates: [NAMES.certificates], logins: [NAMES.login] };
const VALUES = {
  rbac: {
    ...NAMED,
    secretTargets: true,
    restart: true,
    support: { issuers: [NAMES.people], rotations: [NAMES.asked] },
  },
  clusterKinds: { ...NAMED, credentials: [NAMES.credential] },
};

/** A KeyStore of type KubernetesSecret looks whether it may write; Kubernetes' own roles let everybody ask that. */
const BY_KUBERNETES = [
  'create selfsubjectaccessreviews.authorization.k8s.io by ClusterRoleBinding "system:basic-user"',
];

let scene: Scene;
beforeAll(async () => {
  scene = await openInstalled(VALUES);
});
closeAfterAll(() => scene);

test('an operator of the whole cluster needs every permission that the chart can give it, and no other', async () => {
  const { world } = scene;
  await played(scene, EVERYTHING);
  await shared(world, 'other');
  await certificates(world, undefined);
  expect(await comparisonOf(scene)).toEqual({ unused: [], redundant: [], missing: [], borrowed: BY_KUBERNETES });
}, 240_000);
