import { CallError } from '../../../http/call-error.ts';
import type { Facts, PermissionsFact } from '../../../rotation/facts.ts';
import { committed, ownerOf } from '../../../rotation/transitions/status.ts';
import type { References } from '../references.ts';
import type { Effects } from './effects.ts';

export interface PermissionUpdateDeps {
  readonly references: Pick<References, 'issuer' | 'assertGranted'>;
  readonly effectsFor: (facts: Facts) => Effects;
}

/**
 * Adds what the running rotation adds to the current key, and sees that it has it: some issuers take their time. Asked for twice it is
 * done once. Throws CallError PermissionsPending while the issuer still shows the key without.
 */
export type UpdatePermissions = (facts: Facts) => Promise<PermissionsFact>;

export function createPermissionUpdate({ references, effectsFor }: PermissionUpdateDeps): UpdatePermissions {
  return async (facts) => {
    const { metadata, status } = facts.object;
    const { current, rotation } = status ?? {};
    if (!current || !rotation?.inPlace) return { type: 'Unknown' };
    const { keyID, add, reason } = rotation.inPlace;
    const namespace = metadata.namespace ?? '';
    const issuer = references.issuer(namespace, current.issuer);
    // What is sent is asked about, beside what is planned: both come from status.
    const { key } = rotation.plan;
    references.assertGranted(namespace, current.issuer, {
      ...key,
      permissions: [...new Set([...key.permissions, ...add])],
    });
    const attempt = { ...ownerOf(facts), ...committed(facts) };
    const answer = await effectsFor(facts).updatePermissions(issuer, keyID, { add, reason }, attempt);
    if (answer === 'NewKeyRequired') return { type: answer };
    const told = await issuer.get(keyID);
    if (!told) return { type: 'Unknown' };
    if (told.status !== 'Active') return { type: 'Dead' };
    const missing = add.filter((permission) => !told.permissions.includes(permission));
    // That it is ours was seen before it was changed.
    if (missing.length === 0) return { type: 'Told', permissions: told.permissions, ours: true };
    const message = `the issuer took the change of key ${keyID} and still shows it without ${missing.join(', ')}`;
    throw new CallError('unavailable', 'PermissionsPending', message);
  };
}
