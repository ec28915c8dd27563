import type { RotationStatus, RunningRotation } from '../../api/types.ts';
import type { Facts } from '../facts.ts';
import type { DropRequest } from '../requests.ts';
import { handled, statusOf } from './status.ts';

/** The running rotation without one of its targets. Attempt and claim stay: whoever publishes goes on with the others. */
export function dropTarget(facts: Facts, rotation: RunningRotation, { target, token }: DropRequest): RotationStatus {
  const { plan, targets = [] } = rotation;
  const others = ({ name }: { readonly name: string }) => name !== target;
  return {
    ...statusOf(facts),
    ...handled(facts, { dropTarget: token }),
    rotation: {
      ...rotation,
      plan: { ...plan, targets: plan.targets.filter(others) },
      targets: targets.filter(others),
    },
  };
}
