import type { World } from '../../../e2e/world/world.ts';
import { OPERATOR } from '../../../integration/documented-roles.ts';
import { NAMES } from './declare.ts';

/** A store of a namespace, or one of the cluster, trusts what stands in a ConfigMap. There is no such store, and nobody writes to it. */
export function certificates({ cluster }: World, namespace: string | undefined): Promise<void> {
  const [kind, place] = namespace === undefined ? ['ClusterKeyStore', ''] : ['KeyStore', `, namespace: ${namespace}`];
  return cluster.apply(`
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
  ${namespace === undefined ? `grants: [{namespaces: [nobody], pathPrefix: nobody/}]` : 'environment: Live'}
`);
}
