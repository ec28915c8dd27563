import type { Explanation } from './explanation.ts';
import type { Facts } from './facts.ts';
import { pendingEmergency, rotateCommand } from './requests.ts';
import { pendingToken } from './trigger.ts';

/**
 * Whether the last rotation was rolled back and nobody has said since what shall come next: a new rotate token, another spec, or an
 * emergency. A roll back for an emergency is followed by another rotation by itself.
 */
export function isHeldBack(facts: Facts): boolean {
  const { rolledBack, rotation } = facts.object.status ?? {};
  if (!rolledBack || rotation || rolledBack.trigger === 'Emergency') return false;
  if (pendingToken(facts) !== undefined || pendingEmergency(facts)) return false;
  return heldGeneration(facts) === (facts.object.metadata.generation ?? 0);
}

/**
 * The generation of the spec that the last roll back holds back. To suspend a rotation, or to end that, is to say nothing about what
 * shall come next: while every change since status was written last may have been one of these, what was held back still is.
 */
export function heldGeneration(facts: Facts): number | undefined {
  const { rolledBack, observedGeneration } = facts.object.status ?? {};
  if (!rolledBack || observedGeneration !== rolledBack.generation) return rolledBack?.generation;
  const { generation = 0 } = facts.object.metadata;
  return mayBeToggles(facts, generation - observedGeneration) ? generation : rolledBack.generation;
}

/**
 * Status knows no more of the spec than whether it was suspended: toggles alone come in an odd number where that differs now, else in
 * an even one.
 */
function mayBeToggles({ object: { spec, status } }: Facts, changes: number): boolean {
  const wasSuspended = status?.conditions?.some(({ type, reason }) => type === 'Rotating' && reason === 'Suspended');
  const isToggled = (wasSuspended ?? false) !== (spec.suspend ?? false);
  return changes % 2 === (isToggled ? 1 : 0);
}

/** What is told of a rotation that is held back; undefined where none is. */
export function heldBack(facts: Facts): Explanation | undefined {
  const { rolledBack, current } = facts.object.status ?? {};
  if (!rolledBack || !isHeldBack(facts)) return undefined;
  return {
    reason: 'RolledBack',
    message: `revision ${rolledBack.revision} was rolled back to key ${current?.keyID}; nothing starts by itself before a change of spec that leaves suspend as it is, or: ${rotateCommand(facts)}`,
  };
}
