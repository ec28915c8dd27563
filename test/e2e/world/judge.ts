import { findLeaks, type Leak, type Output } from '../../../demo/leak-scan.ts';
import type { ClusterObject } from './cluster.ts';
import type { Rotation } from './tenant.ts';
import type { World } from './world.ts';

/** What must not be; all empty when the promises were kept. */
export interface Findings {
  /** Live keys that no status names. */
  readonly orphans: readonly string[];
  /** Keys that a status names as current and that are dead. */
  readonly dead: readonly string[];
  /** Key texts and credentials where none may be. */
  readonly leaks: readonly Leak[];
}

const OURS = '/apis/apikeyrotation.io/v1alpha1/namespaces';

/** Looks at a namespace that is at rest: the keys of its organization, and everything that came out of anywhere. */
export async function judge(world: World, namespace: string): Promise<Findings> {
  const { cluster, apio } = world;
  const rotations = await cluster.list<Rotation>(`${OURS}/${namespace}/apikeyrotations`);
  const named = rotations.flatMap(({ status }) =>
    [status?.current?.keyID ?? [], status?.rotation?.newKey?.keyID ?? []].flat(),
  );
  const keys = apio.keys.filter(({ organization, manager }) => organization === namespace && !manager);
  const live = keys.filter((key) => apio.statusOf(key) === 'active').map(({ id }) => id);
  const secrets = apio.keys.filter(({ organization }) => organization === namespace);
  return {
    orphans: live.filter((id) => !named.includes(id)),
    dead: named.filter((id) => !live.includes(id)),
    leaks: findLeaks(await outputsOf(world, namespace), secrets),
  };
}

/** All objects of the namespace but its Secrets, the operators' logs and metrics. */
async function outputsOf({ cluster, operators }: World, namespace: string): Promise<readonly Output[]> {
  const core = `/api/v1/namespaces/${namespace}`;
  const collections = [
    ...['apikeyrotations', 'apikeyissuers', 'keystores', 'migrationreports'].map(
      (plural) => `${OURS}/${namespace}/${plural}`,
    ),
    ...['events', 'configmaps', 'pods', 'serviceaccounts'].map((plural) => `${core}/${plural}`),
  ];
  const objects = await Promise.all(collections.map((path) => cluster.list<ClusterObject>(path)));
  const metrics = operators.map(async ({ probesURL }) => {
    // One that was killed has none left to tell.
    const answer = await fetch(`${probesURL}/metrics`).catch(() => undefined);
    return { channel: `metrics of ${probesURL}`, text: (await answer?.text()) ?? '' };
  });
  return [
    ...objects
      .flat()
      .map((object) => ({ channel: `${object.kind} ${object.metadata.name}`, text: JSON.stringify(object) })),
    ...operators.map(({ lines }, index) => ({ channel: `log of operator ${index}`, text: lines().join('\n') })),
    ...(await Promise.all(metrics)),
  ];
}
