import type { RecordedKey, RotationStatus, RunningRotation } from '../../api/types.ts';
import type { Facts } from '../facts.ts';
import type { LeftKey } from '../unanswered.ts';
import { toSweep } from './attempts.ts';
import { committed, handled, presentTokens, statusOf } from './status.ts';

/** Step 0b: a key that others made is the current one. Tokens that are older than the first key of an object count as handled. */
export function adopt(facts: Facts, key: RecordedKey): RotationStatus {
  const status = statusOf(facts);
  return {
    ...status,
    ...committed(facts),
    current: { ...key, ...committed(facts), adopted: true },
    ...(status.current ? {} : handled(facts, presentTokens(facts))),
  };
}

/**
 * No rotation runs any more, though none has ended. The raised attempt keeps out whoever still works on it. `left`: what is known of
 * a key that the attempt may have made, to be swept; missing where it made none that lives.
 */
export function standDown(facts: Facts, rotation: RunningRotation, left: LeftKey | undefined): RotationStatus {
  const { revision, attempt } = committed(facts);
  const { rotation: _, ...status } = statusOf(facts);
  return { ...status, revision, attempt: attempt + 1, ...(left && toSweep(facts, rotation, left)) };
}
