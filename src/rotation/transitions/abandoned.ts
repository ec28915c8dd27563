import type { AbandonedKey, RotationStatus, TargetVersion } from '../../api/types.ts';

/** As many entries as status holds. */
const MAX_ENTRIES = 64;

/**
 * The member `abandoned` with more entries. Where they are too many the oldest orphans go first: what a list finds again. That a key
 * was served, or a call was not answered, stands nowhere else; forgotten, the one would be killed in use and the other never found.
 */
export function withAbandoned({ abandoned = [] }: RotationStatus, more: readonly AbandonedKey[]): AbandonedKey[] {
  const all = [...abandoned, ...more];
  const excess = Math.max(0, all.length - MAX_ENTRIES);
  const orphans = all.filter(({ keyID, served }) => keyID !== undefined && !served);
  const forgotten = new Set(orphans.slice(0, excess));
  return all.filter((entry) => !forgotten.has(entry)).slice(-MAX_ENTRIES);
}

/** The places of targets as an entry records them. */
export function abandonedPlaces(
  targets: readonly Pick<TargetVersion, 'name' | 'address' | 'path' | 'storeUID'>[],
): NonNullable<AbandonedKey['targets']> {
  return targets.map(({ name, address, path, storeUID = '' }) => ({ name, address, path, storeUID }));
}
