import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '../../../src/runtime/kube/connect.ts';
import { connectInCluster } from '../../../src/runtime/kube/in-cluster.ts';
import { KubeconfigError } from '../../../src/runtime/kube/kubeconfig-error.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'connect-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

function kubeconfig(server: string, extra: object = {}): string {
  return write(
    'config',
    JSON.stringify({
      'current-context': 'here',
      contexts: [
        { name: 'here', context: { cluster: 'c', user: 'u', namespace: 'operators' } },
        { name: 'elsewhere', context: { cluster: 'd', user: 'u' } },
      ],
      clusters: [
        { name: 'c', cluster: { server, ...extra } },
        { name: 'd', cluster: { server: 'https://elsewhere:6443/prefix/', 'tls-server-name': 'kube' } },
      ],
      users: [{ name: 'u', user: { token: 'abc' } }],
    }),
  );
}

test('in a pod, address and credentials come from the kubelet, and a rotated token is taken up', async () => {
  write('token', 'first\n');
  write('ca.crt', 'CA');
  write('namespace', 'operators\n');
  const connection = connectInCluster(
    { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' },
    directory,
  );
  expect(connection?.server).toBe('https://[fd00::1]:6443');
  expect(connection?.namespace).toBe('operators');
  expect(await connection?.credentials()).toEqual({ headers: { authorization: 'Bearer first' }, tls: { ca: 'CA' } });
  write('token', 'second\n');
  expect((await connection?.credentials())?.headers).toEqual({ authorization: 'Bearer second' });
});

test('outside of a pod there is no connection of a pod', () => {
  expect(connectInCluster({}, directory)).toBeUndefined();
  expect(connectInCluster({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, directory)).toBeUndefined();
});

test('a kubeconfig gives server, namespace and token; plain HTTP works on loopback', async () => {
  const connection = await connect({ kubeconfig: kubeconfig('http://127.0.0.1:8001'), environment: {} });
  expect(connection.server).toBe('http://127.0.0.1:8001');
  expect(connection.namespace).toBe('operators');
  expect((await connection.credentials()).headers).toEqual({ authorization: 'Bearer abc' });
});

test('KUBECONFIG may name many files and wins over the pod, and a context can be chosen', async () => {
  const second = write('second', JSON.stringify({ 'current-context': 'other', contexts: [], clusters: [], users: [] }));
  const paths = [kubeconfig('http://127.0.0.1:8001'), second].join(delimiter);
  const environment = { KUBECONFIG: paths, KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  expect((await connect({ environment })).server).toBe('http://127.0.0.1:8001');
  const connection = await connect({ context: 'elsewhere', environment });
  expect(connection.server).toBe('https://elsewhere:6443/prefix');
  expect((await connection.credentials()).tls).toEqual({ servername: 'kube' });
});

test.each([
  ['no TLS over the network', () => kubeconfig('http://10.0.0.1:8080'), undefined, 'would be reached without TLS'],
  ['a proxy', () => kubeconfig('https://a', { 'proxy-url': 'http://proxy' }), undefined, 'has a proxy-url'],
  ['an unknown context', () => kubeconfig('https://a'), 'nowhere', 'context nowhere is not there'],
])('it refuses %s and says so', async (_, path, context, message) => {
  await expect(connect({ kubeconfig: path(), context, environment: {} })).rejects.toThrow(message);
});

const TOKEN = 'eyJhbGciOi.canary.token';

test.each([
  ['broken YAML', `users:\n- name: u\n  user: {token: ${TOKEN}\nx: y`, /not YAML at line 4; correct it there$/],
  ['broken JSON', `{"users": [{"user": {"token": "${TOKEN}"`, /not YAML at line 1;/],
  ['nothing', '', /not YAML at line 1;/],
  ['a mere token', TOKEN, /names no cluster; choose another with --context$/],
  ['an entry without a name', `users: [{user: {token: ${TOKEN}}}]`, /users\[0\]\.name is missing; add it$/],
  ['a list of texts', `clusters: ["${TOKEN}"]`, /clusters\[0\]\.name is missing; add it$/],
  [
    'a server that is no text',
    `clusters: [{name: ${TOKEN}, cluster: {server: [${TOKEN}]}}]`,
    /it is not a kubeconfig;/,
  ],
  [
    'a token file that is missing',
    `users: [{name: ${TOKEN}, user: {token-file: /nowhere/${TOKEN}}}]`,
    /token-file .* \(ENOENT\)/,
  ],
  [
    'a server that is no URL',
    `{current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}], clusters: [{name: a, cluster: {server: ${TOKEN}}}]}`,
    /server of the cluster of its current-context is no URL; write https/,
  ],
  [
    'a server with a password and without TLS',
    `{current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}], clusters: [{name: a, cluster: {server: "http://me:${TOKEN}@10.0.0.1"}}]}`,
    /^The Kubernetes API server http:\/\/10\.0\.0\.1 would be reached without TLS/,
  ],
])(
  'a kubeconfig that holds %s is named with the problem and the remedy, and nothing of it is quoted',
  async (_, text, message) => {
    const error = await connect({ kubeconfig: write('broken', text), environment: {} }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(KubeconfigError);
    expect(String(error)).toMatch(new RegExp(message.source.replace('^', '^KubeconfigError: ')));
    expect(inspect(error, { depth: null })).not.toContain('canary');
  },
);

test('a kubeconfig that is missing is named with a remedy', async () => {
  const missing = join(directory, 'missing');
  await expect(connect({ kubeconfig: missing, environment: {} })).rejects.toThrow(
    `cannot read the kubeconfig ${missing}: missing; name another with --kubeconfig or KUBECONFIG, or create it`,
  );
});

test('a kubeconfig that cannot be read says why', async () => {
  await expect(connect({ kubeconfig: directory, environment: {} })).rejects.toThrow(/not readable \(EISDIR\); give/);
});

test('a kubeconfig that names again what another one names is told so, and the name is not quoted', async () => {
  const twice = ['first', 'second'].map((name) => write(name, `users: [{name: ${TOKEN}}]`));
  const error = await connect({ environment: { KUBECONFIG: twice.join(delimiter) } }).catch(
    (reason: unknown) => reason,
  );
  expect(String(error)).toContain(`cannot read the kubeconfig ${twice[1]}: it names a cluster, user or context`);
  expect(inspect(error)).not.toContain('canary');
});
