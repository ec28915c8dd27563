import type { ApiKeyRotation } from '../../api/types.ts';
import { commandOf } from '../view/next.ts';
import { viewRotation } from '../view/rotation-view.ts';
import { type Check, type Finding, fault, ok } from './finding.ts';

const CHECK = 'rotations';

/** The operator has seen each rotation as it stands, and none of them needs a person. */
export const progress: Check = async ({ rotations }) => rotations.map(judge);

function judge(object: ApiKeyRotation): Finding {
  const { metadata, status } = object;
  const about = `ApiKeyRotation ${metadata.namespace}/${metadata.name}`;
  const { state, reason, message } = viewRotation(object);
  if (state === 'New')
    return fault(CHECK, about, 'no operator has looked at it', 'see the check of the operator, and its --namespace');
  if (status?.observedGeneration !== metadata.generation) {
    const seen = `the operator has seen generation ${status?.observedGeneration} of it, not ${metadata.generation}`;
    return fault(CHECK, about, seen, 'look again in a moment; if it stays, see the check of the operator');
  }
  if (state !== 'Stalled') return ok(CHECK, about, state);
  return fault(CHECK, about, `${reason}: ${message.split('\n')[0]}`, commandOf(object, 'explain-wait'));
}
