import { PROTOCOL } from '../api/names.ts';
import type { ApiKeyRotation } from '../api/types.ts';
import { ApiError } from './api-error.ts';

/** The key that every consumer should be using now. */
export interface ExpectedKey {
  readonly revision: number;
  readonly fingerprint: string;
  /** The fingerprint of the key that consumers must leave; undefined when no migration runs. */
  readonly leaving: string | undefined;
  /** The fingerprint of an old key that a roll back is publishing: whoever has it may have loaded it before or after. */
  readonly returning: string | undefined;
}

/** How a consumer's key stands to the one it should use; Unknown may only mean that our view is old, or that it is too early. */
export type Standing = 'Migrated' | 'Current' | 'Superseded' | 'Unknown';

/** The published key; undefined before the first one. Throws ApiError where a newer operator wrote the status. */
export function expectedKey({ status = {} }: ApiKeyRotation): ExpectedKey | undefined {
  if ((status.protocol ?? PROTOCOL) > PROTOCOL) {
    throw new ApiError(503, 'UnknownProtocol', 'A newer operator keeps this rotation: ask it, not this one', 10);
  }
  const { rotation, current, revision = 0 } = status;
  if (rotation?.publishedAt && rotation.newKey) {
    const leaving = (rotation.oldKey ?? current)?.fingerprint;
    return { revision, fingerprint: rotation.newKey.fingerprint, leaving, returning: undefined };
  }
  if (!current) return undefined;
  const returning = rotation?.restoredKey?.fingerprint;
  return { revision: current.revision ?? revision, fingerprint: current.fingerprint, leaving: undefined, returning };
}

/** How the key with this fingerprint stands to the expected one. */
export function standingOf(fingerprint: string, expected: ExpectedKey | undefined): Standing {
  if (fingerprint === expected?.returning) return 'Unknown';
  if (fingerprint === expected?.fingerprint) return expected.leaving === undefined ? 'Current' : 'Migrated';
  return expected && fingerprint === expected.leaving ? 'Superseded' : 'Unknown';
}
