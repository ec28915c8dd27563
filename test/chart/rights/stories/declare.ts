import type { ApiKeyRotation } from '../../../../src/api/types.ts';
import { rotationManifest } from '../../../e2e/world/rotation-manifest.ts';
import type { Tenant } from '../../../e2e/world/tenant.ts';
import type { World } from '../../../e2e/world/world.ts';

/** Names that the values of the release say, or would have to. */
export const NAMES = {
  credential: 'apio',
  target: 'rolled',
  deployment: 'web',
  statefulSet: 'ledger',
  daemonSet: 'agent',
  login: 'vault-writer',
  certificates: 'trusted',
  people: 'people',
  asked: 'asked',
} as const;

/** Applies a rotation that waits for nobody, but for what `spec` says otherwise. */
export function declare(
  { cluster }: World,
  { namespace }: Tenant,
  name: string,
  spec: Partial<ApiKeyRotation['spec']>,
): Promise<void> {
  const manifest = JSON.parse(rotationManifest({ namespace, name, overlap: '0s' }));
  const { withoutEvidence, ...usual } = manifest.spec;
  const wanted = { ...usual, ...(spec.consumers ? {} : { withoutEvidence }), ...spec };
  return cluster.apply(JSON.stringify({ ...manifest, spec: wanted }));
}
