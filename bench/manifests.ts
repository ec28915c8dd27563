import { FIELDS } from '../test/e2e/world/rotation-manifest.ts';

/** As most have one, and hardly due while a bench runs. */
const NEW_YEAR = '0 3 1 1 *';

/** The path of a namespace's rotations. */
export function collectionOf(namespace: string): string {
  return `/apis/apikeyrotation.io/v1alpha1/namespaces/${namespace}/apikeyrotations`;
}

/** A rotation in Vault, at the namespace's issuer and path, with one consumer: pods of account `app` that are labelled with its name. */
export function rotationOf(namespace: string, name: string) {
  const podSelector = { matchLabels: { uses: name } };
  return {
    apiVersion: 'apikeyrotation.io/v1alpha1',
    kind: 'ApiKeyRotation',
    metadata: { namespace, name },
    spec: {
      issuerRef: { name: 'apio' },
      key: { environment: 'Live', organization: namespace, permissions: ['payments:read'] },
      targets: [{ name: 'vault', storeRef: { name: 'vault' }, path: `${namespace}/${name}`, fields: FIELDS }],
      consumers: [{ name: 'app', evidence: [{ type: 'Report', report: { serviceAccountName: 'app', podSelector } }] }],
      schedule: { cron: NEW_YEAR, timeZone: 'UTC' },
      migration: { gracePeriod: '0s' },
    },
  };
}

/** A pod that uses the key of a rotation, and that no node runs. */
export function podOf(namespace: string, name: string, uses: string) {
  const containers = [{ name: 'app', image: 'example.com/app:1' }];
  const spec = { serviceAccountName: 'app', automountServiceAccountToken: false, containers };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels: { uses } }, spec };
}
