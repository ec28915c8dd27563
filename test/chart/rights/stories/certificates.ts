import { until } from '../../../e2e/components/until.ts';
import type { ClusterObject } from '../../../e2e/world/cluster.ts';
import type { World } from '../../../e2e/world/world.ts';
import { OPERATOR } from '../../../integration/documented-roles.ts';
import { NAMES } from './declare.ts';

interface Store extends ClusterObject {
  readonly status?: { readonly conditions?: readonly { readonly reason: string }[] };
}

const API = '/apis/apikeyrotation.io/v1alpha1';

/**
 * A store of a namespace, or one of the cluster, trusts what stands in a ConfigMap, which is nothing. Resolves when the operator has
 * looked. There is no such store, and nobody writes to it.
 */
export async function certificates({ cluster }: World, namespace: string | undefined): Promise<void> {
  await cluster.apply(objects(namespace));
  const path = namespace === undefined ? 'clusterkeystores' : `namespaces/${namespace}/keystores`;
  const wasRead = async () => {
    const store = await cluster.get<Store>(`${API}/${path}/trusting`);
    return store?.status?.conditions?.some(({ reason }) => reason === 'InvalidCertificates') === true;
  };
  await until(wasRead, { what: 'the certificates to be read', timeoutMs: 60_000 });
}

function objects(namespace: string | undefined): string {
  const [kind, place] = namespace === undefined ? ['ClusterKeyStore', ''] : ['KeyStore', `, namespace: ${namespace}`];
  return `
apiVersion: v1
kind: ConfigMap
metadata: {name: ${NAMES.certificates}, namespace: ${namespace ?? OPERATOR.namespace}}
data: {ca.crt: ""}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ${kind}
metadata: {name: trusting${place}}
spec:
  type: Vault
  vault:
    url: https://vault.invalid
    caRef: {kind: ConfigMap, name: ${NAMES.certificates}, key: ca.crt}
    mount: secret
    auth: {type: JWT, jwt: {role: nobody, serviceAccountName: ${NAMES.login}}}
  ${namespace === undefined ? 'grants: [{namespaces: [nobody], pathPrefix: nobody/}]' : 'environment: Live'}
`;
}
