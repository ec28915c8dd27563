import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { closeAfterAll } from '../e2e/components/close-after-all.ts';
import { type ControlPlane, startControlPlane } from '../e2e/components/control-plane.ts';
import { type ClusterObject, collectionOf } from '../e2e/world/cluster.ts';
import { typeAs } from '../e2e/world/person.ts';
import { OPERATOR } from '../integration/documented-roles.ts';
import { FOREIGN_KINDS, strangeFields } from './foreign-kinds.ts';
import { CHART, createRelease, notesOf, type Release, rendered, type Values } from './helm.ts';
import { manifestOf } from './values/manifest.ts';
import { TOGETHER } from './values/together.ts';

const SIGNED = { enabled: true, certManager: { enabled: true, issuerRef: { name: 'internal' }, duration: '48h' } };

/** Every template, with as much in it as values can bring. */
const VARIANTS: Readonly<Record<string, Values>> = {
  'as it comes': {},
  'for some namespaces': {
    rbac: { namespaces: ['default'], credentials: ['apio'], logins: ['vault-writer'] },
    reports: { tls: SIGNED },
  },
  'with all else': TOGETHER,
};

let plane: ControlPlane;
let release: Release;

beforeAll(async () => {
  plane = await startControlPlane();
  release = await createRelease(plane);
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await plane.request('POST', '/api/v1/namespaces', { metadata: { name: 'restricted', labels } });
  await plane.request('POST', `${RESTRICTED}/serviceaccounts`, { metadata: { name: OPERATOR.name } });
});
closeAfterAll(() => ({ close: (options) => plane.stop(options) }));

const NO_MONITOR =
  'gives them namespace="apikey-rotation" and service="apikey-rotation-operator-metrics", NoLeader fires for ever.';
const NO_POLICIES = { reports: false, requests: false, deliveries: false, secrets: false, tokens: false };
const RESTRICTED = '/api/v1/namespaces/restricted';
const BINDINGS = '/apis/rbac.authorization.k8s.io/v1/namespaces/restricted';
const STRICT = '?dryRun=All&fieldValidation=Strict';

/** What the API server, or for kinds of others what they have published, has against an object. */
async function refusalOf(object: ClusterObject): Promise<readonly string[]> {
  if (object.kind in FOREIGN_KINDS) return strangeFields(object);
  // The namespace of the release is not there yet; what is asked of an object is the same in any.
  const { namespace, ...metadata } = object.metadata;
  const here = { ...object, metadata: { ...metadata, ...(namespace !== undefined && { namespace: 'default' }) } };
  const { status, body } = await plane.request('POST', `${collectionOf(here)}${STRICT}`, here);
  return status < 300 ? [] : [`${object.kind} ${metadata.name}: ${JSON.stringify(body)}`];
}

describe.each(Object.entries(VARIANTS))('%s', (_name, values) => {
  test('the API server takes every object, without a field that it does not know', async () => {
    const { objects } = await manifestOf(values);
    const refused: string[] = [];
    for (const object of objects) refused.push(...(await refusalOf(object)));
    expect(refused).toEqual([]);
    expect(objects.length).toBeGreaterThan(15);
  });

  test('its pods may be where pod security is restricted', async () => {
    const { at } = await manifestOf(values);
    const pod = { ...(at(`Deployment ${OPERATOR.name}: spec.template`) as object), metadata: { name: 'operator' } };
    const { body } = await plane.request('POST', `${RESTRICTED}/pods${STRICT}`, pod);
    expect(body).toMatchObject({ kind: 'Pod' });
  });
});

test.each([
  ['an unknown flag', { flags: { logLevl: 'debug' } }, "at '/flags': additional properties 'logLevl' not allowed"],
  ['an unknown value', { replicas: 3 }, "additional properties 'replicas' not allowed"],
  ['no replicas', { replicaCount: 0 }, "at '/replicaCount': minimum: got 0, want 1"],
  [
    'a Secret by a name that none can have',
    { rbac: { credentials: ['Apio'] } },
    "at '/rbac/credentials/0': 'Apio' does not match",
  ],
  [
    'TLS without a certificate',
    { reports: { tls: { enabled: true } } },
    'name a Secret with tls.crt and tls.key in reports.tls.secretName',
  ],
  [
    'a certificate that nobody signs',
    { reports: { tls: { enabled: true, certManager: { enabled: true } } } },
    'issuerRef.name is missing',
  ],
  [
    'a certificate that nobody uses',
    { reports: { tls: { certManager: { enabled: true } } } },
    'set reports.tls.enabled too',
  ],
  ['an ingress to nowhere', { reports: { ingress: { enabled: true } } }, 'reports.ingress.host is missing'],
  ['Roles alone for the whole cluster', { rbac: { clusterRole: false } }, 'name the namespaces in rbac.namespaces'],
  ['Roles alone without a name', { rbac: { clusterRole: false, namespaces: ['a'] } }, 'set installation to a name'],
  ['a digest that is none', { image: { digest: 'latest' } }, "at '/image/digest': 'latest' does not match pattern"],
])('%s is refused where it stands', async (_name, values, message) => {
  await expect(rendered(values)).rejects.toThrow(message);
});

test('the notes warn of an alert that asks for labels which only the ServiceMonitor is known to give', async () => {
  const [on, off] = [{ enabled: true }, { enabled: false }];
  const warned = async (metrics: Values) => (await notesOf({ metrics })).includes(NO_MONITOR);
  expect(await warned({ prometheusRule: on, serviceMonitor: off })).toBe(true);
  expect(await warned({ prometheusRule: on, serviceMonitor: on })).toBe(false);
  expect(await warned({ prometheusRule: off, serviceMonitor: off })).toBe(false);
});

describe('a release', () => {
  let notes: string;
  beforeAll(async () => {
    notes = await release.install();
  });

  test('the notes tell who answers for a namespace how to lend the operator its things, and consumers where to report', async () => {
    await plane.request('POST', `${BINDINGS}/rolebindings`, {
      metadata: { name: 'alice' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'User', name: 'alice' }],
    });
    const [command = ''] = /kubectl -n <namespace> create rolebinding[^\n]*\\\n[^\n]*/.exec(notes) ?? [];
    expect(await typeAs({ plane }, 'alice', command.replace('<namespace>', 'restricted'))).toMatch(/created\n$/);
    expect((await plane.request('GET', `${BINDINGS}/rolebindings/${OPERATOR.name}`)).body).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: `${OPERATOR.name}-namespace` },
      subjects: [{ kind: 'ServiceAccount', ...OPERATOR }],
    });
    expect(notes).toContain('report to http://apikey-rotation-operator.apikey-rotation.svc:8082\n');
    expect(notes).toContain('in the clear');
    expect(notes).toContain('pods start on nodes alone that hold apikey-rotation-operator:');
    expect(notes).toContain('may write nothing yet: name the Secrets of their targets in rbac.targets');
    expect(notes).not.toContain('is false');
  });

  test('the notes warn of what was chosen, and of nothing else', async () => {
    const tls = { enabled: true, secretName: 'own' };
    const image = { repository: 'registry.example.com/akr' };
    const rbac = { targets: ['key'] };
    const told = await release.upgrade({ replicaCount: 1, rbac, policies: NO_POLICIES, reports: { tls }, image });
    const warnings = Object.keys(NO_POLICIES).map((name) => `policies.${name} is false: `);
    for (const warning of [...warnings, 'With one replica']) expect(told).toContain(warning);
    expect(told).toContain('report to https://apikey-rotation-operator.apikey-rotation.svc:8082\n');
    for (const absent of ['in the clear', 'names no registry', 'rbac.targets']) expect(told).not.toContain(absent);
  });

  test('the examples that Artifact Hub shows are taken', async () => {
    const { annotations } = parse(await readFile(`${CHART}/Chart.yaml`, 'utf8'));
    const examples: readonly ClusterObject[] = parse(annotations['artifacthub.io/crdsExamples']);
    expect(examples).toHaveLength(3);
    for (const example of examples) {
      const here = { ...example, metadata: { ...example.metadata, namespace: 'default' } };
      const { body } = await plane.request('POST', `${collectionOf(here)}${STRICT}`, here);
      expect(body).toMatchObject({ kind: example.kind });
    }
  });

  test('upgrade and uninstall keep definitions, rotations and what they say', async () => {
    await plane.request('POST', ROTATIONS, ROTATION);
    await release.upgrade({ replicaCount: 3 });
    const { body } = await plane.request(
      'GET',
      `/apis/apps/v1/namespaces/${OPERATOR.namespace}/deployments/${OPERATOR.name}`,
    );
    expect(body).toMatchObject({ spec: { replicas: 3 } });
    await release.uninstall();
    expect((await plane.request('GET', `${ROTATIONS}/kept`)).body).toMatchObject({ spec: ROTATION.spec });
    await release.install({ replicaCount: 1 });
    expect((await plane.request('GET', `${ROTATIONS}/kept`)).body).toMatchObject({ spec: ROTATION.spec });
  });
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
