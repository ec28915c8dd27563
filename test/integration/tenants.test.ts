import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiKeyRotation } from '../../src/api/types.ts';
import { MOUNT, NAMESPACE, type OperatorWorld, ROTATION, startOperatorWorld } from './operator-world.ts';

const HOME = 'platform';
const PATH = `teams/${NAMESPACE}/apio`;

let world: OperatorWorld;
/** The paths that Vault was asked for. */
const asked = new Set<string>();

beforeAll(async () => {
  world = await startOperatorWorld({ flags: ['--cluster-resource-namespace', HOME] });
  const handle = world.vault.handle.bind(world.vault);
  world.vault.handle = (request) => {
    asked.add(request.path);
    return handle(request);
  };
});
afterAll(() => world.close());

const shared = ({ apioServer, vaultURL, apio, vault }: OperatorWorld) => `
apiVersion: v1
kind: Secret
metadata: {name: apio, namespace: ${HOME}}
stringData: {apiKey: ${apio.keys.find(({ manager }) => manager)?.text}}
---
apiVersion: v1
kind: Secret
metadata: {name: vault, namespace: ${HOME}}
stringData: {token: ${vault.createToken()}}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterApiKeyIssuer
metadata: {name: shared}
spec:
  type: APIO
  apio: {environments: [{name: Live, url: "${apioServer.url.Live}", credentials: {secretRef: {name: apio, key: apiKey}}}]}
  grants: [{namespaces: ["*"], environments: [Live], permissions: ["payments:read"]}]
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterKeyStore
metadata: {name: shared}
spec:
  type: Vault
  vault: {url: "${vaultURL}", mount: ${MOUNT}, auth: {type: Token, token: {secretRef: {name: vault, key: token}}}}
  grants: [{namespaces: ["*"], pathPrefix: "teams/{{namespace}}/"}]
`;

const rotationIn = (namespace: string, path: string) => `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: apio, namespace: ${namespace}}
spec:
  issuerRef: {kind: ClusterApiKeyIssuer, name: shared}
  key: {environment: Live, permissions: ["payments:read"]}
  targets: [{name: vault, storeRef: {kind: ClusterKeyStore, name: shared}, path: ${path}}]
  withoutEvidence: {overlap: 1s}
`;

const namespace = (name: string) => `
apiVersion: v1
kind: Namespace
metadata: {name: ${name}}
`;

/** Resolves with the reason that the rotation of a namespace is ready or not, as soon as it is this one. */
function readyAs(tenant: string, reason: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const cancel = world.kube.watch({ resource: ROTATION.resource, namespace: tenant }, {}, ({ object }) => {
      const { status } = object as Partial<ApiKeyRotation>;
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready?.reason !== reason) return;
      queueMicrotask(() => cancel());
      resolve(ready.message);
    });
  });
}

test("a team that names another team's path is told so, reads nothing there and stands in nobody's way; then both rotate", async () => {
  for (const name of [HOME, 'team-b']) world.apply(namespace(name));
  world.apply(shared(world));
  world.apply(rotationIn('team-b', PATH));
  expect(await readyAs('team-b', 'NotGranted')).toContain(
    `ClusterKeyStore shared grants namespace team-b only what is below teams/team-b/, and not path ${PATH}`,
  );
  expect([...asked].filter((path) => path.includes('teams/'))).toEqual([]);

  world.apply(rotationIn(NAMESPACE, PATH));
  await readyAs(NAMESPACE, 'KeyPublished');
  const [key] = world.apio.keys.filter(({ label }) => label);
  expect(world.vault.serving(MOUNT, PATH)).toMatchObject({ key: key?.text });

  const target = { name: 'vault', storeRef: { kind: 'ClusterKeyStore', name: 'shared' }, path: 'teams/team-b/apio' };
  world.kube.patch({ ...ROTATION, namespace: 'team-b' }, { type: 'merge', body: { spec: { targets: [target] } } });
  await readyAs('team-b', 'KeyPublished');
  expect(world.vault.serving(MOUNT, PATH)).toMatchObject({ key: key?.text });
  expect(world.vault.serving(MOUNT, 'teams/team-b/apio')?.key).not.toBe(key?.text);
  expect(world.apio.keys.filter(({ label }) => label)).toHaveLength(2);
});
