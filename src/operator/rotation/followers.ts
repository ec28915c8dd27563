import type { ApiKeyRotation } from '../../api/types.ts';
import { objectKey } from '../../runtime/object-key.ts';
import { LONGEST_CHAIN } from './gather/base-facts.ts';

/**
 * The rotations that a change of one may concern: those that wait for it (`spec.after`), and, of those that wait for these in turn, who is
 * told that its spec is invalid: a circle has ended for all of its members, whichever of them has changed. Each once, never itself.
 */
export function concernedBy(
  changed: ApiKeyRotation,
  followersOf: (object: ApiKeyRotation) => readonly ApiKeyRotation[],
): readonly ApiKeyRotation[] {
  const seen = new Set([objectKey(changed)]);
  const unseen = (object: ApiKeyRotation) => !seen.has(objectKey(object)) && seen.add(objectKey(object));
  const direct = followersOf(changed).filter(unseen);
  const concerned = [...direct];
  for (let row = direct, steps = 1; row.length > 0 && steps < LONGEST_CHAIN; steps += 1) {
    row = row.flatMap(followersOf).filter(unseen);
    concerned.push(...row.filter(isInvalid));
  }
  return concerned;
}

function isInvalid({ status }: ApiKeyRotation): boolean {
  return status?.conditions?.some(({ type, reason }) => type === 'Rotating' && reason === 'InvalidSpec') === true;
}
