import type { ApiKeyRotation } from '../../../../src/api/types.ts';
import type { Tenant } from '../../../e2e/world/tenant.ts';
import type { World } from '../../../e2e/world/world.ts';
import { declare, NAMES } from './declare.ts';

const ROTATION = NAMES.target;

/** A key rotates that is a Secret. */
export async function secretTargets(world: World, tenant: Tenant): Promise<void> {
  await declare(world, tenant, ROTATION, { targets: [await secretTarget(world, tenant)] });
  await tenant.settled(ROTATION, 1);
  await tenant.rotate(ROTATION, 'two');
  await tenant.settled(ROTATION, 2);
}

/** The Secret that may be a target, in a store that is made for it. */
export async function secretTarget(
  { cluster }: World,
  { namespace }: Tenant,
): Promise<ApiKeyRotation['spec']['targets'][number]> {
  await cluster.apply(`
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: secrets, namespace: ${namespace}}
spec: {type: KubernetesSecret}
`);
  return { name: 'key', storeRef: { name: 'secrets' }, path: NAMES.target };
}
