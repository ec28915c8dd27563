import { type KeySource, reads } from './key-sources.ts';
import type { RolloutRule } from './workload.ts';

/** Where the pods of a workload take the key from. */
export type Copy =
  /** A Secret that somebody else keeps equal to a target. */
  | { readonly type: 'Secret'; readonly secret: string; readonly key: string }
  /** A Secret that is a target of the rotation itself. */
  | { readonly type: 'Target'; readonly secret: string; readonly key: string }
  /** The targets themselves. */
  | { readonly type: 'Store' };

/** A target that is a Secret of the rotation's namespace, and the field of it that holds the key. */
export interface SecretTarget {
  readonly secret: string;
  readonly key: string;
}

/** What the pods of a workload with these sources read; undefined: nobody has said, and it cannot be seen. */
export function copyOf(
  { secretRef, readsStoreAtStart }: RolloutRule,
  sources: readonly KeySource[],
  targets: readonly SecretTarget[],
): Copy | undefined {
  if (secretRef) return { type: 'Secret', secret: secretRef.name, key: secretRef.key };
  if (readsStoreAtStart) return { type: 'Store' };
  const target = targets.find(({ secret, key }) => reads(sources, secret, key));
  return target && { type: 'Target', ...target };
}

/** As `Secret payments-apio, key API_KEY`. */
export function copyTitle(copy: Copy): string {
  return copy.type === 'Store' ? 'the targets' : `Secret ${copy.secret}, key ${copy.key}`;
}
