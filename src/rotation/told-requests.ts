import type { RunningRotation } from '../api/types.ts';
import type { Explanation } from './explanation.ts';
import type { Facts } from './facts.ts';
import { dropCommand, pendingEmergency, pendingRollBack } from './requests.ts';

// What people have asked for stays told until it is done: with what waits, with what was refused, with a leaked key that lives.

/** A request that has to wait. */
export function withRequests(facts: Facts, told: Explanation): Explanation {
  const waiting = waitingRequest(facts);
  return waiting === undefined ? told : { ...told, message: `${told.message}; the ${waiting}` };
}

function waitingRequest(facts: Facts): string | undefined {
  const { spec, status } = facts.object;
  const { rotation } = status ?? {};
  const emergency = pendingEmergency(facts);
  const rollBack = rotation && !rotation.revokeIntent ? pendingRollBack(facts) : undefined;
  const [name, request] = emergency ? ['emergency', emergency] : ['roll back', rollBack];
  if (!request) return undefined;
  if (spec.suspend || !rotation) return `${name} ${request.token} begins then`;
  if (rotation && !rotation.publishedAt) return `${name} ${request.token} begins when the key is published everywhere`;
  return emergency ? `${name} ${request.token} begins when this rotation has ended` : undefined;
}

/** A roll back that was refused stays told as long as it concerns the running rotation. */
export function withRefusal({ rollbackRefused }: RunningRotation, phase: Explanation): Explanation {
  if (rollbackRefused === undefined) return phase;
  return { reason: 'RollbackImpossible', message: `${phase.message}; roll back refused: ${rollbackRefused}` };
}

/** Whatever holds a rotation up is worse while a leaked key lives. */
export function withLeak(facts: Facts, stalled: Explanation): Explanation {
  const leaked = facts.object.status?.rotation?.leakedKeyID ?? pendingEmergency(facts)?.keyID;
  if (leaked === undefined) return stalled;
  const leak = `${stalled.message}; meanwhile the leaked key ${leaked} is alive`;
  return { ...stalled, message: `${leak}${wayWithoutTarget(facts)}` };
}

/** A target may be what holds everything up. Before a rotation runs it is still up to the spec. */
function wayWithoutTarget(facts: Facts): string {
  const { spec, status } = facts.object;
  const { rotation, revision = 0 } = status ?? {};
  const names = (rotation?.plan ?? spec).targets.map(({ name }) => name);
  if (names.length === 1) return '';
  const way = rotation ? dropCommand(facts, revision, `<${names.join('|')}>`) : 'take it out of spec.targets';
  return `. To go on without a target: ${way}`;
}
