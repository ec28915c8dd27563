import type { RunningRotation } from '../api/types.ts';
import type { Facts } from './facts.ts';

/** An attempt that began so shortly after the own term may be of the leader before: both times are rounded up. */
const ROUNDING_MS = 5_000;

/**
 * How long (milliseconds after `attemptAt`) a process without the claim leaves its holder time. Safety does not need it: rule C
 * and the compare-and-sets hold at any time. It keeps two that live from taking work from each other; a process that newly
 * leads has nobody beside it, so that what was begun before its term is taken over at once.
 */
export function takeOverDelay({ leadsSince, limits }: Facts, { attemptAt }: RunningRotation): number {
  const isOfEarlierTerm = Date.parse(attemptAt) - Date.parse(leadsSince ?? '') <= ROUNDING_MS;
  return isOfEarlierTerm ? 0 : limits.takeOverAfter;
}
