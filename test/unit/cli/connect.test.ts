import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type ConnectOptions, connect } from '../../../src/cli/connection/connect.ts';
import { createNodeTransport } from '../../../src/cli/connection/node-transport.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { Credentials } from '../../../src/runtime/kube/connection.ts';
import { createCredentialsCache } from '../../../src/runtime/kube/credentials-cache.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';
import { createSelfSigned } from '../../integration/self-signed.ts';

const SERVER = 'https://kube.example:6443';
const folder = mkdtempSync(join(tmpdir(), 'plugin-connect-'));
let now = 1_000_000;

afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a kubeconfig with one context `a`, and answers its path. */
function kubeconfig(user: object, cluster: object = {}, more: object = {}, name = 'config'): string {
  const document = {
    clusters: [{ name: 'a', cluster: { server: SERVER, ...cluster } }],
    users: [{ name: 'a', user }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a', namespace: 'payments' } }],
    'current-context': 'a',
    ...more,
  };
  writeFileSync(join(folder, name), stringify(document));
  return join(folder, name);
}

function connectBy(options: Partial<ConnectOptions>) {
  return connect({ environment: {}, clock: { now: () => now }, isTerminal: false, ...options });
}

/** A plugin that gives the text and counts how often it was run. */
function plugin(prints: string, code = 0): object {
  const script = `fs.appendFileSync(process.argv[1], 'x'); process.stdout.write(process.argv[2]); process.exitCode = ${code}`;
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script, join(folder, 'runs'), prints],
  };
}

const credential = (status: object) => JSON.stringify({ kind: 'ExecCredential', status });
const authorizationOf = async (user: object) =>
  (await connectBy({ kubeconfig: kubeconfig(user) }).credentials()).headers.authorization;

describe('a kubeconfig tells', () => {
  it('server and namespace of its current context', () => {
    expect(connectBy({ kubeconfig: kubeconfig({}) })).toMatchObject({ server: SERVER, namespace: 'payments' });
  });

  it('who we are, by a token, a file, a password or a plugin', async () => {
    mkdirSync(join(folder, 'tokens'), { recursive: true });
    writeFileSync(join(folder, 'tokens/one'), 'from-a-file\n');
    expect(await authorizationOf({ token: 'plain' })).toBe('Bearer plain');
    expect(await authorizationOf({ tokenFile: 'tokens/one' })).toBe('Bearer from-a-file');
    expect(await authorizationOf({ username: 'u', password: 'p' })).toBe(`Basic ${btoa('u:p')}`);
    expect(await authorizationOf({ exec: plugin(credential({ token: 'from-a-plugin' })) })).toBe(
      'Bearer from-a-plugin',
    );
    expect(await authorizationOf({})).toBeUndefined();
  });

  it('certificates, as data or in files beside it', async () => {
    writeFileSync(join(folder, 'ca.crt'), 'CA');
    const user = { 'client-certificate-data': btoa('CERT'), 'client-key-data': btoa('KEY') };
    const cluster = { 'certificate-authority': 'ca.crt', 'tls-server-name': 'other' };
    const { tls } = await connectBy({ kubeconfig: kubeconfig(user, cluster) }).credentials();
    expect(Object.fromEntries(Object.entries(tls).map(([name, value]) => [name, String(value)]))).toEqual({
      ca: 'CA',
      cert: 'CERT',
      key: 'KEY',
      servername: 'other',
    });
  });

  it('together with others: the first one counts, and a missing one is passed over', async () => {
    const second = kubeconfig({ token: 'second' }, {}, { 'current-context': 'b' }, 'second');
    const first = kubeconfig({ token: 'first' }, {}, { clusters: [], contexts: [], 'current-context': 'a' }, 'first');
    const KUBECONFIG = [join(folder, 'missing'), first, second].join(':');
    const connection = connectBy({ environment: { KUBECONFIG } });
    expect((await connection.credentials()).headers.authorization).toBe('Bearer first');
  });
});

describe('a credential plugin', () => {
  it('is asked again when its credential has nearly expired, and not before', async () => {
    writeFileSync(join(folder, 'runs'), '');
    const expirationTimestamp = new Date(now + 60_000).toISOString();
    const { credentials } = connectBy({
      kubeconfig: kubeconfig({ exec: plugin(credential({ token: 't', expirationTimestamp })) }),
    });
    const runs = async () => {
      await credentials();
      return readFileSync(join(folder, 'runs'), 'utf8').length;
    };
    expect([await runs(), await runs()]).toEqual([1, 1]);
    now += 55_000;
    expect(await runs()).toBe(2);
  });

  it('is asked again when its credential was refused, also where that never expires', async () => {
    writeFileSync(join(folder, 'runs'), '');
    const exec = plugin(credential({ token: 't' }));
    const cache = createCredentialsCache(connectBy({ kubeconfig: kubeconfig({ exec }) }), systemClock, 60_000);
    const attempted = { method: 'GET', what: 'it', quotable: true } as const;
    for (let calls = 0; calls < 2; calls += 1) await cache.read(attempted);
    cache.forget();
    for (let calls = 0; calls < 2; calls += 1) await cache.read(attempted);
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toHaveLength(2);
  });

  it.each([
    ['gives no JSON', plugin('token hunter2'), 'gave no JSON'],
    ['gives no credential', plugin(credential({ hunter2: '' })), 'gave no credential'],
    ['fails', plugin('hunter2', 3), 'ended with code 3'],
    [
      'is not there',
      { command: 'no-such-plugin', installHint: 'Install it.' },
      'cannot run the credential plugin no-such-plugin (ENOENT). Install it.',
    ],
    ['wants a terminal', { command: 'x', interactiveMode: 'Always' }, 'wants a terminal, and there is none'],
  ])('that %s is named, and nothing that it printed', async (_name, exec, text) => {
    const failed = await connectBy({ kubeconfig: kubeconfig({ exec }) })
      .credentials()
      .catch((error: Error) => error.message);
    expect(failed).toContain(text);
    expect(failed).not.toContain('hunter2');
  });
});

describe('is refused, with a remedy', () => {
  it.each([
    ['another context than there is', { context: 'b' }, {}, {}, 'context b is not there or names no cluster'],
    [
      'a user that is not there',
      {},
      {},
      { users: [] },
      'context a names a user that is not there; choose another with --context',
    ],
    ['no current context', {}, {}, { 'current-context': '' }, 'choose one with --context'],
    ['a proxy', {}, { 'proxy-url': 'http://p' }, {}, 'proxy-url, which is not supported'],
    ['plain HTTP over a network', {}, { server: 'http://10.0.0.1' }, {}, 'without TLS'],
    ['no address', {}, { server: 'here' }, {}, 'is no URL'],
    ['a list that is none', {}, {}, { users: 'all' }, 'it is not a kubeconfig'],
  ])('%s', (_name, options, cluster, more, text) => {
    expect(() => connectBy({ kubeconfig: kubeconfig({}, cluster, more), ...options })).toThrow(text);
  });

  it('what is no YAML, by its line and without its text', () => {
    writeFileSync(join(folder, 'bad'), 'users:\n- name: a\n  user: {token: "hunter2}\n');
    expect(() => connectBy({ kubeconfig: join(folder, 'bad') })).toThrow(/not YAML at line \d+; correct it there$/);
  });
});

it('a plugin that waits for a person takes no time of the call', async () => {
  const clock = new VirtualClock();
  const given = Promise.withResolvers<Credentials>();
  const connection = { server: 'http://127.0.0.1:1', namespace: undefined, credentials: () => given.promise };
  const transport = createNodeTransport({ connection, clock, serverTime: createServerTime(clock) });
  const attempted = { method: 'GET', what: 'it', quotable: true } as const;
  const asked = transport.request({ method: 'GET', path: '/', attempted }).catch((error: unknown) => error);
  await clock.advance(120_000);
  given.resolve({ headers: {}, tls: {} });
  expect(await asked).toMatchObject({ reason: 'ConnectionFailed' });
  await transport.close();
});

it('a client certificate is shown to the API server, and its certificate checked', async () => {
  const [ours, theirs] = [createSelfSigned('alice'), createSelfSigned('kube')];
  const seen: string[] = [];
  const server = createServer({ ...theirs, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const { raw } = (request.socket as TLSSocket).getPeerCertificate();
    seen.push(createHash('sha256').update(raw).digest('hex'));
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const user = { 'client-certificate-data': btoa(ours.cert), 'client-key-data': btoa(ours.key) };
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': btoa(theirs.cert) };
  const connection = connectBy({ kubeconfig: kubeconfig(user, cluster) });
  const transport = createNodeTransport({ connection, clock: systemClock, serverTime: createServerTime(systemClock) });
  await transport.request({
    method: 'GET',
    path: '/version',
    attempted: { method: 'GET', what: 'it', quotable: true },
  });
  await transport.close();
  server.close();
  const der = Buffer.from(ours.cert.replace(/-----[^-]+-----/g, ''), 'base64');
  expect(seen).toEqual([createHash('sha256').update(der).digest('hex')]);
});
