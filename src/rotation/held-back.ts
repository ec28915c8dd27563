import type { Facts } from './facts.ts';
import { pendingEmergency } from './requests.ts';
import { pendingToken } from './trigger.ts';

/**
 * Whether the last rotation was rolled back and nobody has said since what shall come next: a new rotate token, another spec, or an
 * emergency. A roll back for an emergency is followed by another rotation by itself.
 */
export function isHeldBack(facts: Facts): boolean {
  const { rolledBack, rotation } = facts.object.status ?? {};
  if (!rolledBack || rotation || rolledBack.trigger === 'Emergency') return false;
  if (pendingToken(facts) !== undefined || pendingEmergency(facts)) return false;
  return rolledBack.generation === (facts.object.metadata.generation ?? 0);
}
