import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { closeAfterAll } from '../../e2e/components/close-after-all.ts';
import type { Scene } from '../../e2e/world/scene.ts';
import { openInstalled } from '../by-chart.ts';
import { CHART } from '../helm.ts';
import { comparisonOf } from './comparison.ts';
import { played, type Story } from './played.ts';
import { approvals } from './stories/approvals.ts';
import { clusterKinds } from './stories/cluster-kinds.ts';
import { refusals } from './stories/refusals.ts';
import { rollouts } from './stories/rollouts.ts';
import { secretTargets } from './stories/secret-targets.ts';

/** What for a value gives a right, where the chart comes with it. */
const PURPOSES: Readonly<Record<string, Story>> = {
  'clusterKinds.enabled': clusterKinds,
  'policies.reports': approvals,
  'rbac.rollouts': rollouts,
  'rbac.secretTargets': secretTargets,
};

const values = parse(await readFile(join(CHART, 'values.yaml'), 'utf8'));
const isOn = (path: string) => path.split('.').reduce((value, name) => value[name], values) === true;

let scene: Scene;
beforeAll(async () => {
  scene = await openInstalled({});
});
closeAfterAll(() => scene);

test('an operator of the chart as it comes needs every permission that a namespace lends it, and no other', async () => {
  const purposes = Object.entries(PURPOSES).filter(([path]) => isOn(path));
  await played(scene, [refusals, ...purposes.map(([, story]) => story)], { login: 'Token' });
  expect(await comparisonOf(scene)).toEqual({ unused: [], redundant: [], missing: [], borrowed: [] });
}, 240_000);
