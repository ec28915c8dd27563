import type { RotationStatus, RunningRotation } from '../../api/types.ts';
import type { Facts, PendingFact } from '../facts.ts';
import { statusOf } from './status.ts';

/** What people are asked for by the running attempt. */
export function withRequest(
  facts: Facts,
  rotation: RunningRotation,
  { text, secretName }: PendingFact,
): RotationStatus {
  const request = { text, since: facts.time.stamp, ...(secretName === undefined ? {} : { secretName }) };
  return { ...statusOf(facts), rotation: { ...rotation, request } };
}

/** The same attempt under a claim of this process; its issue call still counts as one, made when the attempt began. */
export function resume(facts: Facts, rotation: RunningRotation): RotationStatus {
  const status = statusOf(facts);
  const { stamp } = facts.time;
  const issueCalls = (status.issueCalls ?? []).map((at) => (at === rotation.attemptAt ? stamp : at));
  return { ...status, issueCalls, rotation: { ...rotation, attemptAt: stamp, claim: facts.freshClaim } };
}
