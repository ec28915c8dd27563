import type { RotationStatus } from '../../../api/types.ts';

/** A phase of a rotation that has just ended, for phase_duration_seconds. */
export interface EndedPhase {
  readonly phase: 'Issuing' | 'UpdatingPermissions' | 'Migrating' | 'Revoking';
  readonly seconds: number;
}

/** The phase that a status write ends; undefined where it ends none. Both statuses carry the API server's time. */
export function endedPhase(before: RotationStatus | undefined, after: RotationStatus): EndedPhase | undefined {
  const [was, is] = [before?.rotation, after.rotation];
  if (!was) return undefined;
  if (was.inPlace && !is) return phase('UpdatingPermissions', was.startedAt, after.history?.[0]?.finishedAt);
  if (!was.publishedAt && is?.publishedAt) return phase('Issuing', was.startedAt, is.publishedAt);
  if (!was.revokeIntent && is?.revokeIntent) return phase('Migrating', was.publishedAt, is.revokeIntent.decidedAt);
  if (was.revokeIntent && !is) return phase('Revoking', was.revokeIntent.decidedAt, after.lastRotationTime);
  return undefined;
}

function phase(name: EndedPhase['phase'], from: string | undefined, to: string | undefined): EndedPhase {
  return { phase: name, seconds: Math.max(0, (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1_000) };
}
