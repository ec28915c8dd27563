import type { ApioKey } from '../sandbox/apio/engine/types.ts';
import type { ClusterObject } from '../test/e2e/world/cluster.ts';
import { createTenant, type TenantOptions } from '../test/e2e/world/tenant.ts';
import type { Ground } from './ground.ts';

/** A namespace with an issuer and a store of its own. */
export interface Team {
  readonly namespace: string;
  /** The credential of its issuer. */
  readonly manager: ApioKey;
  readonly issuer: { readonly uid: string; readonly origin: string };
  readonly storeUID: string;
}

/** Makes it. */
export async function createTeam(
  world: Ground,
  namespace: string,
  { issuerURL = world.apioServer.url.Live }: Pick<TenantOptions, 'issuerURL'> = {},
): Promise<Team> {
  await createTenant(world, namespace, { accounts: ['app'], issuerURL });
  const manager = world.apio.keys.find((key) => key.manager && key.organization === namespace);
  if (!manager) throw new Error(`${namespace} has no credential`);
  const uidOf = async (plural: string, name: string) => {
    const path = `/apis/apikeyrotation.io/v1alpha1/namespaces/${namespace}/${plural}/${name}`;
    return (await world.cluster.get<ClusterObject>(path))?.metadata.uid ?? '';
  };
  const issuer = { uid: await uidOf('apikeyissuers', 'apio'), origin: new URL(issuerURL).origin };
  return { namespace, manager, issuer, storeUID: await uidOf('keystores', 'vault') };
}

/** Makes so many, named by the prefix and a number. */
export async function createTeams(world: Ground, prefix: string, count: number): Promise<readonly Team[]> {
  const teams: Team[] = [];
  for (let at = 0; at < count; at += 1) teams.push(await createTeam(world, `${prefix}-${at}`));
  return teams;
}
