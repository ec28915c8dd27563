import { inTurn } from '../test/e2e/load/in-turn.ts';
import { projectedToken, REPORT_AUDIENCE } from '../test/e2e/world/key-loader.ts';
import { FIELDS } from '../test/e2e/world/rotation-manifest.ts';
import { createTenant, type Rotation } from '../test/e2e/world/tenant.ts';
import type { World } from '../test/e2e/world/world.ts';
import type { FloorRotation } from './floor.ts';
import type { FollowedRotations } from './followed-rotations.ts';

/** A rotation with one consumer of one pod, which no node runs. */
export type Member = FloorRotation;

const NAMESPACES = 10;
/** As many requests at once as setting up takes. */
const WIDTH = 32;

/** Makes so many rotations in ten namespaces of this prefix, each with its own pod; nothing begins before an operator runs. */
export async function populate(world: World, prefix: string, count: number): Promise<readonly Member[]> {
  const namespaces = Array.from({ length: Math.min(NAMESPACES, count) }, (_, at) => `${prefix}-${at}`);
  for (const namespace of namespaces) await createTenant(world, namespace, { accounts: ['app'] });
  const places = Array.from({ length: count }, (_, at) => ({
    namespace: namespaces[at % namespaces.length] ?? '',
    name: `key-${at}`,
  }));
  return inTurn(places, WIDTH, async ({ namespace, name }) => {
    await world.cluster.apply(podOf(namespace, name));
    await world.cluster.apply(rotationOf(namespace, name));
    const pod = { namespace, name, account: 'app' };
    return { namespace, name, podName: name, podToken: await projectedToken(world, pod, REPORT_AUDIENCE) };
  });
}

/** Asks for a rotation of each. */
export async function askForAll(world: World, members: readonly Member[], token: string): Promise<void> {
  await inTurn(members, WIDTH, (member) =>
    world.cluster.patch(pathOf(member), { metadata: { annotations: { 'apikeyrotation.io/rotate': token } } }),
  );
}

/** The path of a member's rotation. */
function pathOf({ namespace, name }: Pick<Member, 'namespace' | 'name'>): string {
  return `/apis/apikeyrotation.io/v1alpha1/namespaces/${namespace}/apikeyrotations/${name}`;
}

function podOf(namespace: string, name: string): string {
  const container = { name: 'app', image: 'example.com/app:1' };
  const spec = { serviceAccountName: 'app', automountServiceAccountToken: false, containers: [container] };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels: { uses: name } }, spec });
}

function rotationOf(namespace: string, name: string): string {
  const podSelector = { matchLabels: { uses: name } };
  const spec = {
    issuerRef: { name: 'apio' },
    key: { environment: 'Live', organization: namespace, permissions: ['payments:read'] },
    targets: [{ name: 'vault', storeRef: { name: 'vault' }, path: `${namespace}/${name}`, fields: FIELDS }],
    consumers: [{ name: 'app', evidence: [{ type: 'Report', report: { serviceAccountName: 'app', podSelector } }] }],
    migration: { gracePeriod: '0s' },
  };
  return JSON.stringify({
    apiVersion: 'apikeyrotation.io/v1alpha1',
    kind: 'ApiKeyRotation',
    metadata: { namespace, name },
    spec,
  });
}

/** Lets an operator give all of them their first key. */
export async function firstKeys(world: World, followed: FollowedRotations, members: readonly Member[]): Promise<void> {
  const left = new Set(members.map(pathOf));
  const done = Promise.withResolvers<void>();
  const see = ({ metadata: { namespace = '', name }, status }: Rotation) => {
    if (status?.revision === undefined || status.rotation) return;
    left.delete(pathOf({ namespace, name }));
    if (left.size === 0) done.resolve();
  };
  const stop = followed.onChange(see);
  const operator = await world.operator();
  await done.promise;
  stop();
  await operator.stop(30_000);
}
