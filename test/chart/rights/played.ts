import { expect } from 'vitest';
import type { Scene } from '../../e2e/world/scene.ts';
import type { ServiceOptions } from '../../e2e/world/service.ts';
import type { Tenant } from '../../e2e/world/tenant.ts';
import type { World } from '../../e2e/world/world.ts';
import { approvals } from './stories/approvals.ts';
import { certificates } from './stories/certificates.ts';
import { people } from './stories/people.ts';
import { refusals } from './stories/refusals.ts';
import { reports, startReporters } from './stories/reports.ts';
import { restarts } from './stories/restarts.ts';

/** Something that happens in a namespace, for which the operator needs rights. */
export type Story = (world: World, tenant: Tenant) => Promise<void>;

/** All that can happen in a namespace beside reports. */
export const EVERYTHING: readonly Story[] = [
  restarts,
  approvals,
  people,
  (world, { namespace }) => certificates(world, namespace),
  refusals,
];

/** Has pods report in namespace `team`, and the stories happen there meanwhile; fails where a promise is broken. */
export async function played(
  scene: Scene,
  stories: readonly Story[],
  options?: ServiceOptions['tenant'],
): Promise<void> {
  const service = await startReporters(scene, 'team', options);
  const { tenant } = service;
  await Promise.all([reports(scene, service), ...stories.map((story) => story(scene.world, tenant))]);
  expect(await scene.judge(tenant.namespace)).toEqual([]);
}
