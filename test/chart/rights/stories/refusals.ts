import { until } from '../../../e2e/components/until.ts';
import type { Tenant } from '../../../e2e/world/tenant.ts';
import type { World } from '../../../e2e/world/world.ts';
import { requestsOf } from '../asked.ts';
import { declare } from './declare.ts';

const ROTATION = 'resting';

/** What is refused again and again makes one event, which is counted on once a minute. */
export async function refusals(world: World, tenant: Tenant): Promise<void> {
  await declare(world, tenant, ROTATION, {});
  await tenant.settled(ROTATION, 1);
  let asked = 0;
  const isCountedOn = async () => {
    asked += 1;
    const annotations = { 'apikeyrotation.io/drop-target': `${asked}/nothing` };
    await world.cluster.patch(tenant.path(ROTATION), { metadata: { annotations } });
    return requestsOf(await world.auditLog()).some(({ verb, resource }) => verb === 'patch' && resource === 'events');
  };
  await until(isCountedOn, { what: 'an event to be counted on', timeoutMs: 120_000, everyMs: 3_000 });
}
