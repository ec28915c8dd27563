import type { Facts } from './facts.ts';
import { pendingToken } from './trigger.ts';

/** Whether the last rotation was rolled back and nobody has said since what shall come next: a new rotate token or another spec. */
export function isHeldBack(facts: Facts): boolean {
  const { rolledBack, rotation } = facts.object.status ?? {};
  if (!rolledBack || rotation) return false;
  return rolledBack.generation === (facts.object.metadata.generation ?? 0) && pendingToken(facts) === undefined;
}
