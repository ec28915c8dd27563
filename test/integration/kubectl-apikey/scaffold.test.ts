import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { type KubeServer, startKubeServer } from '../../../sandbox/kube/front/server.ts';
import { callPlugin } from './call-plugin.ts';
import { healthyCluster } from './healthy-cluster.ts';

let kube: KubeEngine;
let server: KubeServer;

beforeAll(async () => {
  kube = healthyCluster(Date.now);
  applyManifests(kube, OBJECTS);
  server = await startKubeServer({ engine: kube });
});
afterAll(() => server.close());

const call = (words: string) => callPlugin(server, words);

describe('scaffold', () => {
  test('gives the pods of a Deployment all that a report takes, beside what they have', async () => {
    const { code, out } = await call('scaffold apio --container app --reports-url https://reports.example');
    expect(code).toBe(0);
    const key = { resource: 'deployments.apps', namespace: 'payments', name: 'api' };
    kube.patch(key, { type: 'strategic', body: parse(out) });
    expect(kube.get(key)).toMatchObject({
      spec: {
        template: {
          spec: {
            serviceAccountName: 'api',
            containers: [
              {
                name: 'app',
                image: 'registry.example/api:1',
                env: expect.arrayContaining([
                  { name: 'OWN', value: 'kept' },
                  { name: 'REPORTS_URL', value: 'https://reports.example' },
                  { name: 'APIKEY_CONSUMER', value: 'api' },
                ]),
                volumeMounts: expect.arrayContaining([
                  { name: 'report-token', mountPath: '/var/run/secrets/apikeyrotation', readOnly: true },
                  { name: 'api-key', mountPath: '/etc/apikeys/payments-apio', readOnly: true },
                ]),
              },
            ],
            volumes: expect.arrayContaining([
              expect.objectContaining({
                name: 'api-key',
                secret: expect.objectContaining({ secretName: 'payments-apio' }),
              }),
              expect.objectContaining({ name: 'report-token' }),
            ]),
          },
        },
      },
    });
  });

  test('makes the token for the audience of the operator, and tells what TLS takes', async () => {
    const { out } = await call('scaffold apio --reports-url https://reports.example --audience reports.example');
    expect(out).toContain('audience: reports.example\n');
    expect(out).toContain('# Its pods need the authority of the certificate too: NODE_EXTRA_CA_CERTS');
  });

  test('of pods that report asks where to, unless the chart has a Service', async () => {
    expect(await call('scaffold apio')).toMatchObject({
      code: 2,
      err: expect.stringContaining('say where pods report by --reports-url'),
    });
  });

  test('says of consumers that need nothing that they need nothing', async () => {
    const { out } = await call('scaffold others');
    expect(out).toContain('# Consumer legacy of ApiKeyRotation payments/others: LastUsed.\n');
    expect(out).toContain('# A person approves: kubectl apikey approve ');
    expect(out).not.toContain('spec:');
  });

  test('of a consumer that there is not names those that there are', async () => {
    expect(await call('scaffold others --consumer api')).toMatchObject({
      code: 2,
      err: 'error: it has no consumer api; its consumers: legacy, board\n',
    });
  });
});

test('a cluster without our kinds is told to be one', async () => {
  kube.delete({
    resource: 'customresourcedefinitions.apiextensions.k8s.io',
    name: 'apikeyrotations.apikeyrotation.io',
  });
  const { code, err } = await call('list');
  expect([code, err]).toEqual([
    4,
    expect.stringMatching(/are the CustomResourceDefinitions there\? kubectl apikey doctor\n$/),
  ]);
});

const OBJECTS = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: payments}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, image: "registry.example/api:1", env: [{name: OWN, value: kept}]}]}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: others, namespace: payments}
spec:
  issuerRef: {name: apio}
  key: {environment: Live, organization: acme, permissions: ["payments:read"]}
  targets: [{name: secret, storeRef: {name: secrets}, path: others}]
  consumers:
  - {name: legacy, evidence: [{type: LastUsed, lastUsed: {quietPeriod: 24h}}]}
  - {name: board, evidence: [{type: Approval}]}
`;
