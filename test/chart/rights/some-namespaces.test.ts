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

/** Everything by name. No Secret is a target, so that none but these is ever read. */
const EVERYTHING = {
  installation: 'charted',
  rbac: {
    namespaces: ['team', 'other'],
    credentials: [NAMES.credential],
    certificates: [NAMES.certificates],
    logins: [NAMES.login],
    secretTargets: false,
    restart: true,
    support: { issuers: [NAMES.people], rotations: [NAMES.asked] },
  },
};

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
    restarts(world, tenant, 'Vault'),
    approvals(world, tenant),
    people(world, tenant),
    certificates(world, tenant.namespace),
    refusals(world, tenant),
  ]);
  expect(await scene.judge(tenant.namespace)).toEqual([]);
  expect(await comparisonOf(scene)).toEqual({ unused: [], missing: [], borrowed: [] });
}, 240_000);
