import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPodIdentity } from '../../../src/composition/pod-identity.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { createHttpTransport } from '../../../src/http/transport.ts';

const NOW = Date.UTC(2030, 0, 1);
const HOUR = 3_600_000;
const CREDENTIALS = { AccessKeyId: 'ASIA1', SecretAccessKey: 'secret-of-the-pod', Token: 'token-of-the-pod' };

let server: Server;
let folder: string;
let answer: { status: number; body: string };
let asked: (string | undefined)[];

/** The agent of a node, and what EKS tells a pod on it. */
beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: JSON.stringify({ ...CREDENTIALS, Expiration: new Date(NOW + HOUR).toISOString() }) };
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'pod-identity-'));
  await writeFile(join(folder, 'token'), 'jwt-of-the-pod\n');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function grantAt(host: string, file = 'token') {
  const { port } = server.address() as AddressInfo;
  const environment = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${host}:${port}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(folder, file),
  };
  const identity = createPodIdentity(environment, { now: () => NOW });
  return identity.grant().finally(() => identity.close());
}

async function failureOf(call: Promise<unknown>): Promise<CallError> {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof CallError)) throw new Error('the call did not end with a CallError');
  expect(`${error.message}${error.stack}`).not.toMatch(/of-the-pod/);
  return error;
}

test("the agent gives the pod's credentials for its token, with the time that they have left", async () => {
  const { accessKeyID, secretAccessKey, sessionToken, lifeMs } = await grantAt('127.0.0.1');
  expect([accessKeyID, secretAccessKey.reveal(), sessionToken?.reveal(), lifeMs]).toEqual([
    'ASIA1',
    'secret-of-the-pod',
    'token-of-the-pod',
    HOUR,
  ]);
  expect(asked).toEqual(['GET /v1/credentials jwt-of-the-pod']);
});

test.each(['localhost', '169.254.169.254', '10.0.0.1', 'agent.example.com'])(
  'the token goes to no other place: %s',
  async (host) => {
    expect((await failureOf(grantAt(host))).reason).toBe('AWSPodIdentityMissing');
    expect(asked).toEqual([]);
  },
);

test.each<[string, { status: number; body: string }, string]>([
  ['a refusal', { status: 403, body: 'token-of-the-pod' }, 'denied'],
  ['a failure', { status: 500, body: '' }, 'unavailable'],
  ['something else', { status: 200, body: '<html>' }, 'unavailable'],
  ['credentials without an end', { status: 200, body: JSON.stringify(CREDENTIALS) }, 'unavailable'],
  [
    'credentials that have ended',
    { status: 200, body: JSON.stringify({ ...CREDENTIALS, Expiration: new Date(NOW).toISOString() }) },
    'unavailable',
  ],
])('an agent that answers %s is no way in', async (_, told, outcome) => {
  answer = told;
  expect((await failureOf(grantAt('127.0.0.1'))).outcome).toBe(outcome);
});

test('a pod without the variables, or without the file, is told what to do', async () => {
  const none = createPodIdentity({}, { now: () => NOW });
  expect((await failureOf(none.grant())).message).toContain('aws eks create-pod-identity-association');
  expect((await failureOf(grantAt('127.0.0.1', 'missing'))).message).toContain(
    'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  );
});

test('a transport calls the one denied address that is exempt, and no other', async () => {
  const { port } = server.address() as AddressInfo;
  const transport = createHttpTransport({ exempt: () => '0.0.0.0' });
  const get = (host: string) => transport.exchange({ origin: `http://${host}:${port}`, path: '/', method: 'GET' });
  expect((await get('0.0.0.0')).status).toBe(200);
  await expect(get('169.254.169.254')).rejects.toMatchObject({ code: 'ADDRESS_DENIED' });
  await transport.close();
});
