import type { Tenant } from './tenant.ts';
import type { World } from './world.ts';

/** What a syncer copies, and how late. */
export interface LateSyncerOptions {
  /** The rotation, whose path in Vault is read. */
  readonly rotation: string;
  /** The Secret that gets `API_KEY`. */
  readonly secret: string;
  readonly lagMs: number;
}

/** Copies what Vault serves into a Secret, so long after it has changed; the first one at once. Whoever has it decides when it looks. */
export function createLateSyncer(world: World, tenant: Tenant, { rotation, secret, lagMs }: LateSyncerOptions) {
  let copied: string | undefined;
  let seen: { readonly text: string; readonly at: number } | undefined;
  return async () => {
    const text = (await tenant.served(rotation))?.data.API_KEY;
    if (text === undefined) return;
    if (text !== seen?.text) seen = { text, at: performance.now() };
    const isDue = copied === undefined || performance.now() - seen.at >= lagMs;
    if (!isDue || copied === text) return;
    await world.cluster.apply(`
apiVersion: v1
kind: Secret
metadata: {name: ${secret}, namespace: ${tenant.namespace}}
data: {API_KEY: "${btoa(text)}"}
`);
    copied = text;
  };
}
