import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KubeEngine } from '../../sandbox/kube/engine/engine.ts';
import { type KubeServer, startKubeServer } from '../../sandbox/kube/front/server.ts';
import { machine } from '../../sandbox/standalone/part.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-up-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Starts the operator with a kubeconfig and waits for its end; answers everything that it wrote. */
async function failToStart(
  kubeconfig: string,
  flags: readonly string[] = [],
): Promise<{ code: number | null; said: string }> {
  const command = ['--import', './bin/require-node.js', 'src/main.ts', '--probe-port', '0'];
  const args = [...command, '--kubeconfig', kubeconfig, ...flags];
  const child = spawn(process.execPath, args, { cwd: TOP, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, said: out + err };
}

test('a malformed kubeconfig ends it with the line and without a part of the file', async () => {
  const path = join(folder, 'kubeconfig');
  await writeFile(path, 'users:\n- name: me\n  user: {token: eyJhbGciOi.canary.token\nclusters: []\n');
  const { code, said } = await failToStart(path);
  expect(code).toBe(1);
  expect(said).toBe(`cannot read the kubeconfig ${path}: not YAML at line 4; correct it there\n`);
});

test('a certificate that cannot be served with ends it before it calls anybody', async () => {
  const [missing, there] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  await writeFile(there, 'not PEM');
  const { code, said } = await failToStart(join(folder, 'none'), [
    '--reports-tls-cert',
    missing,
    '--reports-tls-key',
    there,
  ]);
  expect(code).toBe(1);
  expect(said).toMatch(/^--reports-tls-cert: .*tls\.crt cannot be read \(ENOENT\); mount the Secret/);
});

test('a missing kubeconfig ends it with a remedy', async () => {
  const { code, said } = await failToStart(join(folder, 'none'));
  expect(code).toBe(1);
  expect(said).toMatch(/^cannot read the kubeconfig .*none: missing; name another with --kubeconfig or KUBECONFIG/);
});

/** The kubeconfig of an account that may do nothing. */
async function powerless(): Promise<{ path: string; text: string; server: KubeServer }> {
  const kube = new KubeEngine({ ...machine, rbac: true });
  const metadata = { name: 'operator', namespace: 'default' };
  kube.create(
    { resource: 'serviceaccounts', namespace: 'default' },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  );
  const review = kube.createToken(metadata, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
  const server = await startKubeServer({ engine: kube });
  const path = join(folder, 'kubeconfig');
  const text = server.kubeconfig((review as { status?: { token?: string } }).status?.token);
  await writeFile(path, text);
  return { path, text, server };
}

test('an account that may not look at namespace kube-system is told of --installation', async () => {
  const { path, server } = await powerless();
  const { code, said } = await failToStart(path);
  await server.close();
  expect(code).toBe(1);
  expect(said).toMatch(/kube-system.*: grant it, or start with --installation ID/);
});

test('an account that may not use the Lease is told which permission it lacks, and of the flags', async () => {
  const { path, server } = await powerless();
  const { code, said } = await failToStart(path, [
    '--installation',
    'here',
    '--leader-election-namespace',
    'operators',
  ]);
  await server.close();
  expect(code).toBe(1);
  expect(said).toMatch(/^GET Lease operators\/apikey-rotation-operator: .*forbidden/);
  expect(said).toMatch(/grant get, create and update on leases.* in namespace operators .*--leader-elect=false\n$/);
});

test('a connection that names no namespace for the Lease ends it with the flags that name one', async () => {
  const { path, text, server } = await powerless();
  await writeFile(path, text.replace(/ +namespace: default\n/, ''));
  const { code, said } = await failToStart(path, ['--installation', 'here']);
  await server.close();
  expect(code).toBe(1);
  expect(said).toMatch(/no namespace for the Lease.*--leader-election-namespace.*--leader-elect=false/);
});
