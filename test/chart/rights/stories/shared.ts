import { until } from '../../../e2e/components/until.ts';
import type { Rotation } from '../../../e2e/world/tenant.ts';
import { admitShared } from '../../../e2e/world/vault-access.ts';
import type { World } from '../../../e2e/world/world.ts';
import { OPERATOR } from '../../../integration/documented-roles.ts';
import { NAMES } from './declare.ts';

/** The key of a rotation comes from an issuer and goes to a store of the whole cluster, in a namespace that lends nothing. */
export async function shared(world: World, namespace: string): Promise<void> {
  await admitShared(world.vault, 'teams', OPERATOR.namespace);
  await world.cluster.apply(objects(world, namespace));
  const path = `/apis/apikeyrotation.io/v1alpha1/namespaces/${namespace}/apikeyrotations/shared`;
  const isServed = async () => (await world.cluster.get<Rotation>(path))?.status?.current !== undefined;
  await until(isServed, { what: 'a key by way of the cluster', timeoutMs: 60_000 });
}

/** The account at the issuer is the platform's, whose keys are those of no tenant. */
const objects = ({ apio, apioServer, vault }: World, tenant: string) => `
apiVersion: v1
kind: Secret
metadata: {name: ${NAMES.credential}, namespace: ${OPERATOR.namespace}}
stringData: {apiKey: "${apio.createManager('Live', 'platform').text}"}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: ${NAMES.login}, namespace: ${OPERATOR.namespace}}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterApiKeyIssuer
metadata: {name: shared}
spec:
  type: APIO
  apio:
    environments:
    - {name: Live, url: "${apioServer.url.Live}", credentials: {secretRef: {name: ${NAMES.credential}, key: apiKey}}}
  grants: [{namespaces: [${tenant}], environments: [Live], permissions: ["payments:*"]}]
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterKeyStore
metadata: {name: shared}
spec:
  type: Vault
  vault: {url: "${vault.url}", mount: secret, auth: {type: JWT, jwt: {role: shared, serviceAccountName: ${NAMES.login}}}}
  grants: [{namespaces: [${tenant}], pathPrefix: "teams/{{namespace}}/"}]
---
apiVersion: v1
kind: Namespace
metadata: {name: ${tenant}}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: shared, namespace: ${tenant}}
spec:
  issuerRef: {kind: ClusterApiKeyIssuer, name: shared}
  key: {environment: Live, permissions: ["payments:read"]}
  targets: [{name: vault, storeRef: {kind: ClusterKeyStore, name: shared}, path: teams/${tenant}/key}]
  withoutEvidence: {overlap: 0s}
`;
