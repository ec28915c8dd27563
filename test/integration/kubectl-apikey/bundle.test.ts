import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { type KubeServer, startKubeServer } from '../../../sandbox/kube/front/server.ts';
import { bundlePlugin } from '../../../scripts/bundle-plugin.ts';
import { documentedText } from '../documents/block.ts';

const program = process.env.KUBECTL ?? 'kubectl';
const isInstalled = spawnSync(program, ['version', '--client']).status === 0;
const rotation = (namespace: string, name: string) => `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: ${name}, namespace: ${namespace}}
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
  applyManifests(engine, '{apiVersion: v1, kind: Namespace, metadata: {name: shop}}');
  applyManifests(engine, `${rotation('default', 'apio')}---${rotation('shop', 'payments')}`);
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

/** In the folder of the packed package; kubectl finds what npm has installed there. */
async function shell(text: string): Promise<string> {
  const env = {
    ...environment(),
    PATH: `${folder}/prefix/bin:${process.env.PATH}`,
    npm_config_update_notifier: 'false',
  };
  const { stdout } = await promisify(execFile)('sh', ['-ec', text], { cwd: join(folder, 'package'), env });
  return stdout;
}

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

  test('comes with its package as the README says, which npm installs as it will be published', async () => {
    const readme = documentedText('packages/kubectl-apikey/README.md “kubectl apikey” sh 1');
    const [install = '', ...calls] = readme.trim().split('\n');
    await cp('packages/kubectl-apikey', join(folder, 'package'), { recursive: true });
    await cp(plugin, join(folder, 'package/dist/kubectl-apikey'));
    const packed = (await shell('npm pack --silent')).trim();
    // Not from a registry, and not into this machine.
    await shell(
      install.replace('--global kubectl-apikey', `--global --offline --prefix '${folder}/prefix' ./${packed}`),
    );
    const [list = '', watch = ''] = calls;
    expect(await shell(list)).toMatch(/\nshop +payments +New /);
    expect(await shell(watch.replace(' --watch', ''))).toContain('payments');
    expect(await shell('kubectl plugin list')).toContain(`${folder}/prefix/bin/kubectl-apikey`);
  });

  test('completes commands, flags and names where kubectl completes', async () => {
    const complete = (...words: string[]) => kubectl('__complete', 'apikey', ...words);
    expect(await complete('sta')).toMatch(/^status\t.*\n:4\n/);
    expect(await complete('status', 'a')).toMatch(/^apio\n:4\n/);
    expect(await complete('rotate', 'apio', '--em')).toMatch(/^--emergency\t.*\n:4\n/);
  });
});
