import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { closeAfterAll } from '../e2e/components/close-after-all.ts';
import { type ControlPlane, startControlPlane } from '../e2e/components/control-plane.ts';
import { type ClusterObject, collectionOf } from '../e2e/world/cluster.ts';
import { createRelease, type Release, rendered, type Values } from './helm.ts';

/** Every template, with as much in it as values can bring. */
const VARIANTS: Readonly<Record<string, Values>> = {
  'as it comes': {},
  'for some namespaces': { rbac: { namespaces: ['default'], logins: ['vault-writer'], restart: true } },
  'with everything else': {
    installation: 'test',
    flags: { logLevel: 'debug', issueCallsPerHour: 3 },
    image: { digest: `sha256:${'0'.repeat(64)}` },
    podAnnotations: { a: 'b' },
    priorityClassName: 'system-cluster-critical',
    tolerations: [{ operator: 'Exists' }],
    reports: { port: 9_000, service: { type: 'LoadBalancer', annotations: { a: 'b' } } },
  },
};

let plane: ControlPlane;
let release: Release;

beforeAll(async () => {
  plane = await startControlPlane();
  release = await createRelease(plane);
});
closeAfterAll(() => ({ close: (options) => plane.stop(options) }));

const STRICT = '?dryRun=All&fieldValidation=Strict';

async function objectsOf(values: Values): Promise<ClusterObject[]> {
  const documents = parseAllDocuments(await rendered(values)).map((document) => document.toJS());
  // The namespace of the release is not there yet; what is asked of an object is the same in any.
  return documents.filter((object) => object !== null).map(inDefaultNamespace);
}

function inDefaultNamespace(object: ClusterObject): ClusterObject {
  const { namespace, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(namespace !== undefined && { namespace: 'default' }) } };
}

describe.each(Object.entries(VARIANTS))('%s', (_name, values) => {
  test('the API server takes every object, without a field that it does not know', async () => {
    const refused: string[] = [];
    const objects = await objectsOf(values);
    for (const object of objects) {
      const { status, body } = await plane.request('POST', `${collectionOf(object)}${STRICT}`, object);
      if (status >= 300) refused.push(`${object.kind} ${object.metadata.name}: ${JSON.stringify(body)}`);
    }
    expect(refused).toEqual([]);
    expect(objects.length).toBeGreaterThan(15);
  });
});

test.each([
  ['an unknown flag', { flags: { logLevl: 'debug' } }, "at '/flags': additional properties 'logLevl' not allowed"],
  ['an unknown value', { replicas: 3 }, "additional properties 'replicas' not allowed"],
  ['no replicas', { replicaCount: 0 }, "at '/replicaCount': minimum: got 0, want 1"],
  ['a digest that is none', { image: { digest: 'latest' } }, "at '/image/digest': 'latest' does not match pattern"],
])('%s is refused where it stands', async (_name, values, message) => {
  await expect(rendered(values)).rejects.toThrow(message);
});

test('upgrade and uninstall keep definitions, rotations and what they say', async () => {
  await release.install();
  await plane.request('POST', ROTATIONS, ROTATION);
  await release.upgrade({ replicaCount: 3 });
  const { body } = await plane.request('GET', '/apis/apps/v1/namespaces/apikey-rotation/deployments/apikey-rotation');
  expect(body).toMatchObject({ spec: { replicas: 3 } });
  await release.uninstall();
  expect((await plane.request('GET', `${ROTATIONS}/kept`)).body).toMatchObject({ spec: ROTATION.spec });
  await release.install({ replicaCount: 1 });
  expect((await plane.request('GET', `${ROTATIONS}/kept`)).body).toMatchObject({ spec: ROTATION.spec });
});

const ROTATIONS = '/apis/apikeyrotation.io/v1alpha1/namespaces/default/apikeyrotations';
const ROTATION = {
  apiVersion: 'apikeyrotation.io/v1alpha1',
  kind: 'ApiKeyRotation',
  metadata: { name: 'kept', namespace: 'default' },
  spec: {
    issuerRef: { name: 'apio' },
    key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'] },
    targets: [{ name: 'vault', storeRef: { name: 'vault' }, path: 'payments/apio' }],
    withoutEvidence: { overlap: '24h' },
  },
};
