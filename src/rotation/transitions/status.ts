import type { RotationStatus } from '../../api/types.ts';
import type { Owner } from '../../key/attempt-id.ts';
import type { Facts } from '../facts.ts';
import type { Ordinal } from '../ordinal.ts';

/** The present status; an object that has none starts from nothing. */
export function statusOf(facts: Facts): RotationStatus {
  return facts.object.status ?? {};
}

/** Revision and attempt that status has committed. */
export function committed(facts: Facts): Ordinal {
  const { revision = 0, attempt = 0 } = statusOf(facts);
  return { revision, attempt };
}

/** Whose markers and labels are the object's own. */
export function ownerOf({ installation, object }: Pick<Facts, 'installation' | 'object'>): Owner {
  return { installation, uid: object.metadata.uid ?? '' };
}
