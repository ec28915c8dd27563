import type { RecordedKey, RotationSpec } from '../api/types.ts';
import { milliseconds } from './duration.ts';

/** The time at which renewBefore asks for a rotation, in milliseconds; undefined where keys do not expire or nothing is asked. */
export function renewalTime(spec: RotationSpec, current: RecordedKey): number | undefined {
  if (!spec.renewBefore || !current.expiresAt) return undefined;
  const at = Date.parse(current.expiresAt) - milliseconds(spec.renewBefore);
  return Number.isFinite(at) ? at : undefined;
}
