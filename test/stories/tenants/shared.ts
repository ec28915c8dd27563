import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import type { ClusterApiKeyIssuer, ClusterKeyStore } from '../../../src/api/types.ts';
import { MOUNT, NAMESPACE } from '../world/places.ts';
import { begin, OBJECT, type Story, type StoryOptions } from '../world/story.ts';
import { PATH } from '../world/world.ts';

type IssuerGrant = NonNullable<ClusterApiKeyIssuer['spec']['grants']>[number];
type PathGrant = NonNullable<ClusterKeyStore['spec']['grants']>[number];

const ISSUER = { resource: 'clusterapikeyissuers.apikeyrotation.io', name: 'shared' };
const STORE = { resource: 'clusterkeystores.apikeyrotation.io', name: 'shared' };
/** What lets the rotation of a story be. */
export const KEYS: IssuerGrant = {
  namespaces: [NAMESPACE],
  environments: ['Live'],
  organizations: ['acme'],
  permissions: ['payments:*'],
};
export const PATHS: PathGrant = { namespaces: ['*'], pathPrefix: '{{namespace}}/' };
/** A rotation that names nothing of its own namespace. */
export const SPEC = {
  issuerRef: { kind: 'ClusterApiKeyIssuer', name: 'shared' },
  targets: [{ name: 'vault', storeRef: { kind: 'ClusterKeyStore', name: 'shared' }, path: PATH }],
} as const;

const CLUSTER = `
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterApiKeyIssuer
metadata: {name: shared}
spec:
  type: APIO
  apio: {environments: [{name: Live, url: "https://live.apio.test", credentials: {secretRef: {name: apio, key: apiKey}}}]}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterKeyStore
metadata: {name: shared}
spec:
  type: Vault
  vault: {url: "https://vault.test", mount: ${MOUNT}, auth: {type: Token, token: {secretRef: {name: vault, key: token}}}}
`;

/** A story of a rotation that uses an issuer and a store of the whole cluster, with the grants that it needs. */
export function beginShared({ spec = {}, ...options }: StoryOptions = {}): Story {
  const { issuerRef, targets } = SPEC;
  const story = begin({
    ...options,
    cluster: { secretsIn: 'operator' },
    spec: { issuerRef, targets: targets.map((target) => ({ ...target })), ...spec },
  });
  applyManifests(story.world.kube, CLUSTER);
  grantKeys(story, [KEYS]);
  grantPaths(story, [PATHS]);
  return story;
}

/** From now on the issuer has these grants and no others. */
export function grantKeys({ world }: Story, grants: readonly IssuerGrant[]): void {
  world.kube.patch(ISSUER, { type: 'merge', body: JSON.parse(JSON.stringify({ spec: { grants } })) });
}

/** From now on the store has these grants and no others. */
export function grantPaths({ world }: Story, grants: readonly PathGrant[]): void {
  world.kube.patch(STORE, { type: 'merge', body: JSON.parse(JSON.stringify({ spec: { grants } })) });
}

/** Calls to issuers and stores for rotations: that their credentials work is asked for the objects themselves. */
export function outsideCalls({ world }: Story): string[] {
  return world.calls.filter((call) => !call.startsWith('kube ') && !call.endsWith(' check'));
}

/** Another rotation, in a namespace that is made for it. */
export function otherTenant({ world }: Story, namespace: string, spec: object): void {
  world.kube.create({ resource: 'namespaces' }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  world.kube.create(
    { resource: OBJECT.resource, namespace },
    JSON.parse(
      JSON.stringify({
        apiVersion: 'apikeyrotation.io/v1alpha1',
        kind: 'ApiKeyRotation',
        metadata: { name: 'apio' },
        spec,
      }),
    ),
  );
}
