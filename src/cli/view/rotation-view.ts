import type { ApiKeyRotation, Condition } from '../../api/types.ts';

/** What an ApiKeyRotation is at, in one word. `Waiting`: no rotation runs, and something keeps one from it. */
export type RotationState = 'New' | 'Settled' | 'Waiting' | 'Rotating' | 'Suspended' | 'Stalled' | 'Deleting';

/** As much of an ApiKeyRotation as a line about it tells. */
export interface RotationView {
  readonly state: RotationState;
  /** Of the condition that explains the state, Stalled or Rotating; empty where the operator has not looked yet. */
  readonly reason: string;
  readonly message: string;
  readonly revision: number;
  /** The operator has seen the present spec, and no rotation is running. */
  readonly isAtRest: boolean;
  readonly currentKeyID: string;
  /** `Migrating: waiting for …`, as the condition Rotating says it; empty while no rotation runs. */
  readonly doing: string;
  /** `2/3`; empty while nobody is waited for. */
  readonly consumers: string;
  /** Why nothing moves without a human; empty when it does. */
  readonly stalled: string;
}

/** Reads what the operator says about a rotation. */
export function viewRotation({ spec, status = {}, metadata }: ApiKeyRotation): RotationView {
  const rotating = conditionOf(status.conditions, 'Rotating');
  const stalled = trueOf(conditionOf(status.conditions, 'Stalled'));
  const { reason = '', message = '' } = stalled ?? rotating ?? {};
  const isAtRest =
    !status.rotation && rotating?.status === 'False' && status.observedGeneration === metadata.generation;
  return {
    state: stateOf(metadata.deletionTimestamp !== undefined, stalled, spec.suspend === true, status, rotating),
    reason,
    message,
    revision: status.revision ?? 0,
    isAtRest,
    currentKeyID: status.current?.keyID ?? '',
    doing: sentence(trueOf(rotating)),
    consumers: status.consumersSummary ?? '',
    stalled: sentence(stalled),
  };
}

function stateOf(
  isDeleting: boolean,
  stalled: Condition | undefined,
  isSuspended: boolean,
  { rotation }: NonNullable<ApiKeyRotation['status']>,
  rotating: Condition | undefined,
): RotationState {
  if (isDeleting) return 'Deleting';
  if (stalled) return 'Stalled';
  if (isSuspended) return 'Suspended';
  if (rotation) return 'Rotating';
  if (!rotating) return 'New';
  return rotating.reason === 'Settled' ? 'Settled' : 'Waiting';
}

/** The condition of a type. */
export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

function trueOf(condition: Condition | undefined): Condition | undefined {
  return condition?.status === 'True' ? condition : undefined;
}

function sentence(condition: Condition | undefined): string {
  return condition ? `${condition.reason}: ${condition.message}` : '';
}
