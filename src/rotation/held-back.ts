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
 * shall come next: where that is the one change since status was written last, the new generation is held back like the one before.
 */
export function heldGeneration({ object: { metadata, spec, status } }: Facts): number | undefined {
  const { generation = 0 } = metadata;
  const { rolledBack, observedGeneration, conditions = [] } = status ?? {};
  if (!rolledBack) return undefined;
  const wasSuspended = conditions.some(({ type, reason }) => type === 'Rotating' && reason === 'Suspended');
  const isToggled = wasSuspended !== (spec.suspend ?? false);
  const isOnlyChange = observedGeneration === rolledBack.generation && generation === observedGeneration + 1;
  return isToggled && isOnlyChange ? generation : rolledBack.generation;
}

/** What is told of a rotation that is held back; undefined where none is. */
export function heldBack(facts: Facts): Explanation | undefined {
  const { rolledBack, current } = facts.object.status ?? {};
  if (!rolledBack || !isHeldBack(facts)) return undefined;
  return {
    reason: 'RolledBack',
    message: `revision ${rolledBack.revision} was rolled back to key ${current?.keyID}; nothing starts by itself before spec is changed, or: ${rotateCommand(facts)}`,
  };
}
