import type { ApiKeyRotation } from '../../api/types.ts';

/**
 * The cache may not have seen our own last write yet; versions of one object are ordered numbers (KEP-5504). It is believed again
 * once that write is old, or was refused: after etcd was restored, versions begin anew in the past.
 */
export function newestOf(cached: ApiKeyRotation, latest: ApiKeyRotation | undefined): ApiKeyRotation {
  if (!latest || latest.metadata.uid !== cached.metadata.uid) return cached;
  const [ours, theirs] = [Number(latest.metadata.resourceVersion), Number(cached.metadata.resourceVersion)];
  return ours > theirs ? latest : cached;
}
