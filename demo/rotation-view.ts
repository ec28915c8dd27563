import { asArray, asString, dig } from '../sandbox/kube/engine/json.ts';
import type { KubeObject } from '../sandbox/kube/engine/object.ts';

/** As much of an ApiKeyRotation as the story follows. */
export interface RotationView {
  readonly revision: number;
  /** The operator has seen the present spec, and no rotation is running. */
  readonly isAtRest: boolean;
  readonly currentKeyID: string;
  /** `Migrating: waiting for …`, as the condition Rotating says it. */
  readonly doing: string;
  /** `2/3`; empty while nobody is waited for. */
  readonly consumers: string;
  /** Why nothing moves without a human; empty when it does. */
  readonly stalled: string;
}

/** Reads what the operator says about a rotation. */
export function viewRotation(object: KubeObject): RotationView {
  const { status, metadata } = object;
  const rotating = condition(object, 'Rotating');
  const stalled = condition(object, 'Stalled');
  return {
    revision: Number(dig(status, 'revision') ?? 0),
    isAtRest:
      dig(status, 'rotation') === undefined &&
      rotating?.status === 'False' &&
      dig(status, 'observedGeneration') === metadata.generation,
    currentKeyID: asString(dig(status, 'current', 'keyID')),
    doing: rotating?.status === 'True' ? `${rotating.reason}: ${rotating.message}` : '',
    consumers: asString(dig(status, 'consumersSummary')),
    stalled: stalled?.status === 'True' ? `${stalled.reason}: ${stalled.message}` : '',
  };
}

function condition({ status }: KubeObject, type: string) {
  const found = asArray(dig(status, 'conditions')).find((one) => dig(one, 'type') === type);
  if (!found) return undefined;
  const text = (name: string) => asString(dig(found, name));
  return { status: text('status'), reason: text('reason'), message: text('message') };
}
