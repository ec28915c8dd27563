import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { type KubeServer, startKubeServer } from '../../../sandbox/kube/front/server.ts';
import { bundlePlugin } from '../../../scripts/bundle-plugin.ts';

const program = process.env.KUBECTL ?? 'kubectl';
const isInstalled = spawnSync(program, ['version', '--client']).status === 0;
const ROTATION = `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: apio, namespace: default}
spec:
  issuerRef: {name: apio}
  key: {environment: Live, permissions: [payments:read]}
  targets:
  - {name: vault, storeRef: {name: vault}, path: payments/apio}
  withoutEvidence: {overlap: 24h}
`;

let server: KubeServer;
let folder: string;
let plugin: string;

/** The oldest Node on PATH: the plugin runs with 20, the operator needs more. */
function oldestNode(): string {
  const found = (process.env.PATH ?? '').split(delimiter).map((entry) => join(entry, 'node'));
  const versions = [...found, process.execPath].map((path) => {
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return { path, major: Number(/^v(\d+)/.exec(stdout ?? '')?.[1] ?? Number.NaN) };
  });
  return versions.filter(({ major }) => major >= 20).toSorted((a, b) => a.major - b.major)[0]?.path ?? process.execPath;
}

const environment = () => ({
  PATH: [folder, ...(process.env.PATH ?? '').split(delimiter)].join(delimiter),
  KUBECONFIG: join(folder, 'kubeconfig'),
  HOME: folder,
});

async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { env: environment() });
  return stdout;
}

beforeAll(async () => {
  if (!isInstalled) return;
  const engine = new KubeEngine({ now: Date.now, uuid: randomUUID });
  for (const file of await readdir('crds')) applyManifests(engine, await readFile(join('crds', file), 'utf8'));
  applyManifests(engine, ROTATION);
  server = await startKubeServer({ engine });
  folder = await mkdtemp(join(tmpdir(), 'kubectl-apikey-'));
  plugin = await bundlePlugin(folder);
  await symlink(oldestNode(), join(folder, 'node'));
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig());
});

afterAll(async () => {
  if (!isInstalled) return;
  await server.close();
  await rm(folder, { recursive: true });
});

describe('the bundled plugin', () => {
  beforeEach(({ skip }) => skip(!isInstalled, 'kubectl is not installed'));

  test('is one small file that kubectl finds on PATH, and that an old Node runs', async () => {
    expect((await stat(plugin)).size).toBeLessThan(300_000);
    expect(await kubectl('plugin', 'list')).toContain(join(dirname(plugin), 'kubectl-apikey'));
    expect(await kubectl('apikey', 'list')).toMatch(/^NAME +STATE .*\napio +New /);
    expect(JSON.parse(await kubectl('apikey', 'status', 'apio', '-o', 'json'))).toMatchObject({ state: 'New' });
  });

  test('hands its exit code on through kubectl', async () => {
    const failed = await kubectl('apikey', 'status', 'nope').catch((error: object) => error);
    expect(failed).toMatchObject({ code: 4, stderr: expect.stringContaining('there is no ApiKeyRotation nope') });
  });

  test('completes commands, flags and names where kubectl completes', async () => {
    const complete = (...words: string[]) => kubectl('__complete', 'apikey', ...words);
    expect(await complete('sta')).toMatch(/^status\t.*\n:4\n/);
    expect(await complete('status', 'a')).toMatch(/^apio\n:4\n/);
    expect(await complete('rotate', 'apio', '--em')).toMatch(/^--emergency\t.*\n:4\n/);
  });
});
