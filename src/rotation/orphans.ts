import type { RotationStatus } from '../api/types.ts';
import { isOf } from '../key/attempt-id.ts';
import type { Facts, LabelledKey, TargetFact } from './facts.ts';
import { isAbove, type Ordinal } from './ordinal.ts';
import { ownerOf } from './transitions/status.ts';

/** Live keys of ours, below the committed attempt, that status does not name: nobody will ever use them. */
export function orphansOf(
  labelled: readonly LabelledKey[],
  committed: Ordinal,
  named: ReadonlySet<string>,
): LabelledKey[] {
  return labelled.filter((key) => key.live && isAbove(committed, key) && !named.has(key.keyID));
}

/** Ids of the keys that status names as in use. */
export function keysInUse(status: RotationStatus): ReadonlySet<string> {
  const { current, rotation } = status;
  const { oldKey, newKey, restoredKey } = rotation ?? {};
  const ids = [current, oldKey, newKey, restoredKey].map((key) => key?.keyID);
  return new Set(ids.filter((id) => id !== undefined));
}

/** Ids of the keys that were replaced after they were published, and may be in use. */
export function servedKeys({ abandoned = [] }: RotationStatus): string[] {
  return abandoned.flatMap(({ keyID, served }) => (served && keyID !== undefined ? [keyID] : []));
}

/**
 * Rule R: a key of attempt a may be revoked without evidence only after every target carries a marker above a (its publisher can
 * write nowhere any more), and only if no target carries the key.
 */
export function mayRevokeOrphan(
  key: LabelledKey,
  targets: readonly TargetFact[],
  facts: Pick<Facts, 'installation' | 'object'>,
): boolean {
  const owner = ownerOf(facts);
  return targets.every((target) => {
    const marker = target.presence === 'Present' ? target.marker : undefined;
    return marker !== undefined && isOf(marker, owner) && isAbove(marker, key) && marker.keyID !== key.keyID;
  });
}
