import type { RecordedKey } from '../api/types.ts';
import type { TargetFact } from './facts.ts';

/** The first target that serves this key, by its text or, since status may say anything of that, by the marker beside it. */
export function targetServing(
  targets: readonly TargetFact[],
  { keyID, fingerprint }: Pick<RecordedKey, 'keyID' | 'fingerprint'>,
): TargetFact | undefined {
  return targets.find(
    (target) => target.presence === 'Present' && (target.fingerprint === fingerprint || target.marker?.keyID === keyID),
  );
}
