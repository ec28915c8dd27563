import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KubeEngine } from '../../sandbox/kube/engine/engine.ts';
import { applyManifests } from '../../sandbox/kube/engine/manifests.ts';
import { type KubeServer, startKubeServer } from '../../sandbox/kube/front/server.ts';
import { documentedText } from './documents/block.ts';

const program = process.env.KUBECTL ?? 'kubectl';
const isInstalled = spawnSync(program, ['version', '--client']).status === 0;
const rotation = `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: pay}
spec:
  issuerRef: {name: apio}
  key: {environment: Live, permissions: [payments:read]}
  targets:
  - {name: vault, storeRef: {name: vault}, path: payments/apio}
  withoutEvidence: {overlap: 24h}
`;

let server: KubeServer;
let engine: KubeEngine;
let folder: string;
const children: ChildProcess[] = [];

function start(args: string[], input = ''): ChildProcess {
  const env = { ...process.env, KUBECONFIG: join(folder, 'kubeconfig') };
  const child = spawn(program, ['--cache-dir', join(folder, 'cache'), ...args], { env });
  child.stdin?.end(input);
  children.push(child);
  return child;
}

/** Runs kubectl to its end; `args` are split at blanks. */
async function kubectl(args: string, input?: string): Promise<{ code: number; out: string; err: string }> {
  const child = start(args.split(' '), input);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}

beforeAll(async () => {
  if (!isInstalled) return;
  engine = new KubeEngine({ now: Date.now, uuid: randomUUID });
  server = await startKubeServer({ engine });
  folder = await mkdtemp(join(tmpdir(), 'kubectl-test-'));
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig());
  for (const file of await readdir('crds')) applyManifests(engine, await readFile(join('crds', file), 'utf8'));
});

afterAll(async () => {
  if (!isInstalled) return;
  for (const child of children) child.kill();
  await server.close();
  await rm(folder, { recursive: true });
});

describe('kubectl works against the sandbox', () => {
  beforeEach(({ skip }) => skip(!isInstalled, 'kubectl is not installed'));

  test('api-resources lists built-in and custom kinds with short names', async () => {
    const { out } = await kubectl('api-resources');
    expect(out).toMatch(/^apikeyrotations +akr +apikeyrotation.io\/v1alpha1 +true +ApiKeyRotation$/m);
    expect(out).toMatch(/^leases +coordination.k8s.io\/v1 +true +Lease$/m);
  });

  test('a rotation can be applied, read, changed, described and deleted', async () => {
    expect((await kubectl('apply -f -', rotation)).out).toContain('apikeyrotation.apikeyrotation.io/pay created');
    expect((await kubectl('apply -f -', rotation)).out).toContain('pay unchanged');
    expect((await kubectl('get akr -A')).out).toMatch(
      /^NAMESPACE +NAME +READY +STATUS +CONSUMERS +LAST +NEXT +AGE\ndefault +pay /,
    );
    expect((await kubectl('get akr pay -o jsonpath={.spec.withoutEvidence.overlap}')).out).toBe('24h');
    expect((await kubectl('get akr pay -o yaml')).out).toContain('kind: ApiKeyRotation\n');
    expect((await kubectl('get akr pay -o wide')).code).toBe(0);
    expect((await kubectl('annotate akr pay apikeyrotation.io/rotate=t1')).out).toContain('pay annotated');
    expect((await kubectl('label akr pay team=a')).out).toContain('pay labeled');
    expect((await kubectl('get akr -l team=a -o name')).out).toBe('apikeyrotation.apikeyrotation.io/pay\n');
    expect((await kubectl('patch akr pay --type=merge -p {"spec":{"suspend":true}}')).out).toContain('pay patched');
    expect((await kubectl('describe akr pay')).out).toMatch(/Suspend: +true/);
    expect((await kubectl('delete akr pay')).out).toContain('"pay" deleted');
    expect((await kubectl('get akr pay')).err).toContain('apikeyrotations.apikeyrotation.io "pay" not found');
  });

  test('a manifest that is applied again changes neither generation nor version, and differs in nothing', async () => {
    const again = rotation.replace('name: pay', 'name: again');
    const seen = 'get akr again -o jsonpath={.metadata.generation}/{.metadata.resourceVersion}';
    await kubectl('apply -f -', again);
    const { out: before } = await kubectl(seen);
    expect(before).toMatch(/^1\//);
    expect((await kubectl('apply -f -', again)).out).toContain('again unchanged');
    expect(await kubectl('diff -f -', again)).toEqual({ code: 0, out: '', err: '' });
    expect((await kubectl(seen)).out).toBe(before);
  });

  test.each([
    [
      'an unknown field',
      rotation.replace('withoutEvidence', 'withoutEvidense'),
      'unknown field "spec.withoutEvidense"',
    ],
    ['a missing field', rotation.replace(/ {2}targets:\n.*\n/, ''), 'spec.targets: Required value'],
    ['a value that a rule refuses', rotation.replace('24h', 'soon'), 'spec.withoutEvidence.overlap'],
    ['a value of the wrong type', rotation.replace('[payments:read]', 'all'), 'spec.key.permissions'],
  ])('a manifest with %s is refused by the name of the field', async (_name, manifest, text) => {
    const { code, err } = await kubectl('apply -f -', manifest);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });

  test('get -w prints a row for each change', async () => {
    await kubectl('apply -f -', rotation.replace('name: pay', 'name: watched'));
    const lines = createInterface({ input: start(['get', 'akr', 'watched', '-w']).stdout ?? process.stdin });
    const rows = lines[Symbol.asyncIterator]();
    expect((await rows.next()).value).toMatch(/^NAME +READY/);
    expect((await rows.next()).value).toMatch(/^watched +\d+s$/);
    const conditions = [
      { type: 'Ready', status: 'True', reason: 'Fine', message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ];
    const status = JSON.stringify({ status: { conditions } });
    await kubectl(`patch akr watched --subresource=status --type=merge -p ${status}`);
    expect((await rows.next()).value).toMatch(/^watched +True +\d+s$/);
  });

  test('secrets, config maps, service accounts and tokens can be created', async () => {
    expect((await kubectl('create secret generic s1 --from-literal=a=b')).out).toBe('secret/s1 created\n');
    expect((await kubectl('create configmap c1 --from-literal=a=b')).out).toBe('configmap/c1 created\n');
    expect((await kubectl('create serviceaccount bob')).out).toBe('serviceaccount/bob created\n');
    const { out: token } = await kubectl('create token bob --audience apikeyrotation.io --duration 20m');
    expect(engine.reviewToken(token.trim(), ['apikeyrotation.io'])).toMatchObject({ authenticated: true });
    expect((await kubectl('get secrets')).out).toMatch(/^NAME +TYPE +DATA +AGE\ns1 +Opaque +1 /);
    expect((await kubectl('get secret s1 -o jsonpath={.data.a}')).out).toBe('Yg==');
    const manifest = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's2' },
      data: { a: 'YQ==' },
    });
    await kubectl('apply -f -', manifest);
    await kubectl('apply -f -', manifest.replace('"a":"YQ=="', '"b":"Yg=="'));
    expect((await kubectl('get secret s2 -o jsonpath={.data}')).out).toBe('{"b":"Yg=="}');
  });

  test('the health script gets into the settings of Argo CD by the command of docs/gitops/README.md', async () => {
    const command = documentedText('docs/gitops/README.md “Argo CD” sh 1');
    await kubectl('create namespace argocd');
    await kubectl('-n argocd create configmap argocd-cm --from-literal=url=https://argocd.test');
    const env = { ...process.env, KUBECONFIG: join(folder, 'kubeconfig') };
    const shell = spawn('sh', ['-c', command], { env });
    children.push(shell);
    expect(await new Promise((resolve) => shell.on('close', resolve))).toBe(0);
    const { out } = await kubectl('-n argocd get configmap argocd-cm -o json');
    const script = await readFile('docs/gitops/argocd-health.lua', 'utf8');
    const kinds = ['ApiKeyRotation', 'ApiKeyIssuer', 'KeyStore', 'ClusterApiKeyIssuer', 'ClusterKeyStore'];
    const names = kinds.map((kind) => `resource.customizations.health.apikeyrotation.io_${kind}`);
    expect(JSON.parse(out).data).toEqual({
      url: 'https://argocd.test',
      ...Object.fromEntries(names.map((name) => [name, script])),
    });
  });

  test('events are shown with the object that they are about', async () => {
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e1' },
      involvedObject: { kind: 'ApiKeyRotation', name: 'pay', namespace: 'default' },
      reason: 'KeyPublished',
      message: 'the new key is in every target',
      type: 'Normal',
      lastTimestamp: new Date().toISOString(),
    };
    await kubectl('create -f -', JSON.stringify(event));
    const { out } = await kubectl('get events');
    expect(out).toMatch(/Normal +KeyPublished +apikeyrotation\/pay +the new key is in every target/);
  });

  test('deleting a namespace deletes what is in it', async () => {
    await kubectl('create namespace gone');
    await kubectl('-n gone create secret generic inside');
    expect((await kubectl('delete namespace gone')).out).toBe('namespace "gone" deleted\n');
    expect((await kubectl('get secrets -A -o name')).out).not.toContain('inside');
  });

  test('auth can-i asks for the caller', async () => {
    expect((await kubectl('auth can-i delete secrets')).out).toBe('yes\n');
  });
});
