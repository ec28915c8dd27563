import { fingerprint } from '../../key/fingerprint.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { FormerKey, StoredValue } from '../port.ts';

/** The versions of one path. */
export interface Versions {
  current(): Promise<StoredValue | undefined>;
  at(version: string): Promise<StoredValue | undefined>;
}

/** A rotation writes one version an attempt, and a mount keeps ten of them unless told otherwise. */
const MAX_LOOKS = 10;

/**
 * The former key in the version that was recorded with it, or else, newest first, in those after it: a fence writes the same value
 * again, and a mount that keeps few versions may have dropped the first.
 */
export async function findReplaced(versions: Versions, former: FormerKey): Promise<SecretValue | undefined> {
  const recorded = Number(former.version ?? 0);
  const key = recorded > 0 ? formerKeyIn(await versions.at(String(recorded)), former) : undefined;
  if (key) return key;
  const newest = Number((await versions.current())?.version ?? 0) - 1;
  for (let version = newest; version > Math.max(recorded, newest - MAX_LOOKS); version -= 1) {
    const found = formerKeyIn(await versions.at(String(version)), former);
    if (found) return found;
  }
  return undefined;
}

function formerKeyIn(stored: StoredValue | undefined, former: FormerKey): SecretValue | undefined {
  const key = stored?.fields[former.keyField];
  return key && fingerprint(key) === former.fingerprint ? key : undefined;
}
