import { beforeAll, expect, test } from 'vitest';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { namespaceRoles, OPERATOR } from '../../integration/documented-roles.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import type { ClusterObject } from '../world/cluster.ts';
import { admitShared } from '../world/vault-access.ts';
import { startWorld, type World } from '../world/world.ts';

const STORE = '/apis/apikeyrotation.io/v1alpha1/clusterkeystores/shared';
const GRANTS = [{ namespaces: ['team-*'], pathPrefix: 'teams/{{namespace}}/' }];

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
closeAfterAll(() => world);

/** What the platform team applies; credential and account are in the operator's namespace. */
const shared = () => `
apiVersion: v1
kind: Secret
metadata: {name: apio, namespace: ${OPERATOR.namespace}}
stringData: {apiKey: "${world.apio.createManager('Live', 'acme').text}"}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: vault-writer, namespace: ${OPERATOR.namespace}}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterApiKeyIssuer
metadata: {name: shared}
spec:
  type: APIO
  apio: {environments: [{name: Live, url: "${world.apioServer.url.Live}", credentials: {secretRef: {name: apio, key: apiKey}}}]}
  grants: [{namespaces: ["team-*"], environments: [Live], permissions: ["payments:*"]}]
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterKeyStore
metadata: {name: shared}
spec:
  type: Vault
  vault: {url: "${world.vault.url}", mount: secret, auth: {type: JWT, jwt: {role: shared, serviceAccountName: vault-writer}}}
  grants: ${JSON.stringify(GRANTS)}
`;

const namespace = (name: string) => `
apiVersion: v1
kind: Namespace
metadata: {name: ${name}}
`;

const rotation = (team: string, path: string) => `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: apio, namespace: ${team}}
spec:
  issuerRef: {kind: ClusterApiKeyIssuer, name: shared}
  key: {environment: Live, permissions: ["payments:read"]}
  targets: [{name: vault, storeRef: {kind: ClusterKeyStore, name: shared}, path: ${path}}]
  withoutEvidence: {overlap: 1s}
`;

const at = (team: string) => `/apis/apikeyrotation.io/v1alpha1/namespaces/${team}/apikeyrotations/apio`;

function seen(team: string, what: string, wanted: (rotation: ApiKeyRotation) => boolean): Promise<ApiKeyRotation> {
  let last: ApiKeyRotation | undefined;
  const look = async () => {
    last = await world.cluster.get<ClusterObject & ApiKeyRotation>(at(team));
    return last && wanted(last) ? last : undefined;
  };
  return until(look, { what, timeoutMs: 60_000, everyMs: 100, last: () => JSON.stringify(last?.status, undefined, 1) });
}

const readyAs =
  (reason: string) =>
  ({ status }: ApiKeyRotation) =>
    status?.conditions?.some((condition) => condition.type === 'Ready' && condition.reason === reason) === true;
const restsAt =
  (revision: number) =>
  ({ status }: ApiKeyRotation) =>
    status?.revision === revision && status.current !== undefined && !status.rotation;

async function served(path: string): Promise<unknown> {
  const { body } = await world.vault.request('GET', `secret/data/${path}`);
  return (body as { data?: { data?: { keyID?: string } } } | undefined)?.data?.data?.keyID;
}

test('two teams share an issuer and a store of the cluster, and neither reaches what is not granted', async () => {
  const { cluster } = world;
  await admitShared(world.vault, 'teams', OPERATOR.namespace);
  for (const team of ['team-a', 'team-b']) {
    await cluster.apply(namespace(team));
    await cluster.apply(namespaceRoles(team, { secretTargets: false }));
  }
  await cluster.apply(shared());
  await world.operator({ flags: ['--cluster-resource-namespace', OPERATOR.namespace] });

  await cluster.apply(rotation('team-b', 'teams/team-a/apio'));
  await seen('team-b', "team b to be told of team a's path", readyAs('NotGranted'));
  await cluster.apply(rotation('team-a', 'teams/team-a/apio'));
  const { status } = await seen('team-a', 'the key of team a', restsAt(1));
  expect(await served('teams/team-a/apio')).toBe(status?.current?.keyID);
  await cluster.apply(rotation('team-b', 'teams/team-b/apio'));
  await seen('team-b', 'the key of team b', restsAt(1));

  await cluster.patch(STORE, { spec: { grants: [] } });
  await seen('team-a', 'the end of the grant', readyAs('NotGranted'));
  await cluster.patch(at('team-a'), { metadata: { annotations: { 'apikeyrotation.io/rotate': 'two' } } });
  await cluster.patch(STORE, { spec: { grants: GRANTS } });
  const second = await seen('team-a', 'another key of team a', restsAt(2));
  expect(await served('teams/team-a/apio')).toBe(second.status?.current?.keyID);

  const live = world.apio.keys.filter((key) => key.label && world.apio.statusOf(key) === 'active');
  expect(live).toHaveLength(2);
  expect(await world.denials()).toEqual([]);
}, 180_000);
