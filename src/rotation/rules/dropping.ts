import { ANNOTATION } from '../../api/names.ts';
import type { RunningRotation } from '../../api/types.ts';
import { present } from '../conditions.ts';
import { commit, type Decision, type Rule } from '../decision.ts';
import type { Facts } from '../facts.ts';
import { type DropRequest, pendingDrop } from '../requests.ts';
import { dropTarget } from '../transitions/drop-target.ts';
import { committed, handled, statusOf } from '../transitions/status.ts';

/**
 * Somebody gives a target up for which a rotation would wait for ever. It leaves the plan, and with it rule R and step 7; nobody
 * looks whether a consumer still reads there. While it stands in spec it is an added target afterwards: it gets the living key as
 * soon as it can be written.
 */
export const targetDropped: Rule = (facts) => {
  const request = pendingDrop(facts);
  if (!request) return undefined;
  const { rotation } = statusOf(facts);
  const why = refusal(facts, rotation, request);
  if (why !== undefined || !rotation) return refuse(facts, request, why ?? '');
  const left = rotation.plan.targets.find(({ name }) => name === request.target);
  const message = `target ${request.target} is dropped from revision ${request.revision}: nobody looks any more which key ${left?.path} serves; it may be one that is revoked`;
  return commit('DropTarget', present(facts, dropTarget(facts, rotation, request)), [
    { type: 'Warning', reason: 'TargetDropped', message },
  ]);
};

function refusal(
  facts: Facts,
  rotation: RunningRotation | undefined,
  { revision, target }: DropRequest,
): string | undefined {
  const { revision: running } = committed(facts);
  if (revision === undefined) return `annotation ${ANNOTATION.dropTarget} must read <running revision>/<target>`;
  if (!rotation) return 'no rotation is running; a target leaves for good by taking it out of spec.targets';
  if (revision !== running) return `revision ${running} is running, not ${revision}`;
  if (rotation.inPlace) return `revision ${running} writes to no target; take it out of spec.targets`;
  const names = rotation.plan.targets.map(({ name }) => name);
  if (!names.includes(target)) return `revision ${running} has no target ${target}; it has ${names.join(', ')}`;
  return names.length > 1 ? undefined : `${target} is the last target: the key would be nowhere`;
}

function refuse(facts: Facts, { token }: DropRequest, why: string): Decision {
  const status = { ...statusOf(facts), ...handled(facts, { dropTarget: token }) };
  return commit('DropTargetRefused', present(facts, status), [
    { type: 'Warning', reason: 'DropTargetRefused', message: `drop-target refused: ${why}` },
  ]);
}
