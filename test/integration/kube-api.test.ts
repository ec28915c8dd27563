import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createNodeTransport } from '../../src/cli/connection/node-transport.ts';
import { CallError } from '../../src/http/call-error.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Credentials } from '../../src/runtime/kube/connection.ts';
import { createHttpKubeApi } from '../../src/runtime/kube/http-kube-api.ts';
import type { KubeApi, KubeObject } from '../../src/runtime/kube/kube-api.ts';
import { pods, secrets, serviceAccounts, tokenReviews } from '../../src/runtime/kube/resources.ts';
import { createServerTime } from '../../src/runtime/kube/server-time.ts';
import { createTransport, type TransportOptions } from '../../src/runtime/kube/transport.ts';
import { createSeededEntropy } from '../doubles/seeded-entropy.ts';
import { createSelfSigned } from './self-signed.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const pod = { resource: pods, namespace: 'ns', name: 'p' };
const secret = { resource: secrets, namespace: 'ns', name: 's' };
const podBody: KubeObject = { metadata: { name: 'p', namespace: 'ns', resourceVersion: '7' } };

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The operator's transport and the plugin's: to whoever calls through them they are the same. */
const TRANSPORTS = [
  ['the transport of the operator', createTransport],
  ['the transport of the plugin', createNodeTransport],
] as const;
let create: typeof createTransport = createTransport;

function connect(
  server: string,
  read: () => Credentials | Promise<Credentials>,
  options: Partial<TransportOptions> = {},
) {
  const serverTime = createServerTime(systemClock);
  const connection = { server, namespace: undefined, credentials: async () => read() };
  const transport = create({ connection, clock: systemClock, serverTime, ...options });
  closers.push(() => transport.close());
  return { kube: createHttpKubeApi(transport, createSeededEntropy(1)), serverTime };
}

async function serve(listener: RequestListener, options: Partial<TransportOptions> = {}) {
  const url = `http://${await listen(createServer(listener))}`;
  return connect(url, () => ({ headers: { authorization: 'Bearer secret-token' }, tls: {} }), options);
}

function answering(code: number, body: object | string, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

function status(code: number, reason: string, message: string, details?: object): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details };
}

async function failureOf(call: Promise<unknown>): Promise<CallError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CallError)) throw new Error(`no CallError: ${error}`);
  return error;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a write whose credentials do not come in time was not sent', async () => {
  create = createTransport;
  const url = `http://${await listen(createServer(answering(200, podBody)))}`;
  const { kube } = connect(url, () => new Promise(() => {}), { timeoutMs: 50 });
  const error = await failureOf(kube.replace(pod, podBody));
  expect(error).toMatchObject({ outcome: 'unavailable', reason: 'RequestTimedOut' });
});

describe.each(TRANSPORTS)('over %s:', (_title, createEach) => {
  beforeAll(() => {
    create = createEach;
  });

  describe('what is sent', () => {
    const calls: [string, (kube: KubeApi) => Promise<unknown>, string, string?, object?][] = [
      ['get', (kube) => kube.get(pod), 'GET /api/v1/namespaces/ns/pods/p'],
      [
        'list of a page',
        (kube) => kube.list({ resource: pods, labelSelector: 'a=b', limit: 5, continue: 'x' }),
        'GET /api/v1/pods?labelSelector=a%3Db&limit=5&continue=x',
      ],
      [
        'create at cluster scope',
        (kube) => kube.create(tokenReviews, undefined, { spec: { token: 't' } }),
        'POST /apis/authentication.k8s.io/v1/tokenreviews?fieldManager=apikey-rotation-operator',
        'application/json',
        { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 't' } },
      ],
      [
        'subresource',
        (kube) =>
          kube.createSubresource({ resource: serviceAccounts, namespace: 'ns', name: 'sa' }, 'token', { spec: {} }),
        'POST /api/v1/namespaces/ns/serviceaccounts/sa/token?fieldManager=apikey-rotation-operator',
        'application/json',
        { spec: {} },
      ],
      [
        'replace of the status',
        (kube) => kube.replace(pod, podBody, { subresource: 'status' }),
        'PUT /api/v1/namespaces/ns/pods/p/status?fieldManager=apikey-rotation-operator',
        'application/json',
        { apiVersion: 'v1', kind: 'Pod', ...podBody },
      ],
      [
        'merge patch',
        (kube) => kube.mergePatch(pod, { metadata: { labels: null } }),
        'PATCH /api/v1/namespaces/ns/pods/p?fieldManager=apikey-rotation-operator',
        'application/merge-patch+json',
        { metadata: { labels: null } },
      ],
      [
        'delete with preconditions',
        (kube) => kube.delete(pod, { uid: 'u', resourceVersion: undefined }),
        'DELETE /api/v1/namespaces/ns/pods/p',
        'application/json',
        { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'u' } },
      ],
    ];

    test.each(calls)('%s', async (_, call, line, contentType, body) => {
      const seen: unknown[] = [];
      const { kube } = await serve(async (request, response) => {
        const text = await textOf(request);
        const { authorization, 'content-type': type } = request.headers;
        seen.push({
          line: `${request.method} ${request.url}`,
          authorization,
          type,
          body: text ? JSON.parse(text) : undefined,
        });
        response.end(
          JSON.stringify({ ...podBody, metadata: { ...podBody.metadata, resourceVersion: '1' }, items: [] }),
        );
      });
      await call(kube);
      expect(seen).toEqual([{ line, authorization: 'Bearer secret-token', type: contentType, body }]);
    });

    test('a name cannot leave its place in the path', async () => {
      const lines: (string | undefined)[] = [];
      const { kube } = await serve((request, response) => {
        lines.push(request.url);
        response.end(JSON.stringify(podBody));
      });
      await kube.get({ resource: pods, namespace: 'ns', name: '../secrets/s?x=1' });
      expect(lines).toEqual(['/api/v1/namespaces/ns/pods/..%2Fsecrets%2Fs%3Fx%3D1']);
      await expect(kube.get({ resource: pods, name: 'p' })).rejects.toThrow('Pod p: needs a namespace');
    });
  });

  describe('what a failure means', () => {
    const gets: [string, number, object | string, Partial<CallError>][] = [
      [
        'a 404 that is no Status proves no absence',
        404,
        '404 page not found',
        { outcome: 'refused', reason: 'Http404' },
      ],
      ['401', 401, status(401, 'Unauthorized', 'Unauthorized'), { outcome: 'denied', reason: 'Unauthorized' }],
      [
        '403',
        403,
        status(403, 'Forbidden', 'pods "p" is forbidden'),
        { outcome: 'denied', message: 'GET Pod ns/p: pods "p" is forbidden' },
      ],
      ['429', 429, status(429, 'TooManyRequests', 'slow down'), { outcome: 'unavailable', retryAfterSeconds: 3 }],
      [
        '500 of a read',
        500,
        'boom',
        { outcome: 'unavailable', reason: 'Http500', message: 'GET Pod ns/p: the Kubernetes API answered HTTP 500' },
      ],
      ['a redirect is not followed', 302, '', { outcome: 'refused', reason: 'Http302' }],
      ['an answer that is no object', 200, '<html>', { outcome: 'unavailable', reason: 'UnexpectedAnswer' }],
    ];
    test.each(gets)('get: %s', async (_, code, body, expected) => {
      const { kube } = await serve(answering(code, body, { 'retry-after': '3', location: '/elsewhere' }));
      expect(await failureOf(kube.get(pod))).toMatchObject(expected);
    });

    const writes: [string, number, object | string, Partial<CallError>][] = [
      [
        '409',
        409,
        status(409, 'Conflict', 'the object has been modified'),
        { outcome: 'conflict', reason: 'Conflict' },
      ],
      [
        '404',
        404,
        status(404, 'NotFound', 'pods "p" not found'),
        { outcome: 'refused', reason: 'NotFound', status: 404 },
      ],
      [
        '422',
        422,
        status(422, 'Invalid', 'spec.x: Required value'),
        { outcome: 'refused', message: 'PUT Pod ns/p: spec.x: Required value' },
      ],
      ['400', 400, status(400, 'BadRequest', 'bad'), { outcome: 'refused', reason: 'BadRequest' }],
      ['503: it may have happened', 503, 'no upstream', { outcome: 'unknown', reason: 'Http503' }],
      ['an unreadable success: it happened or not', 200, '', { outcome: 'unknown', reason: 'UnexpectedAnswer' }],
    ];
    test.each(writes)('replace: %s', async (_, code, body, expected) => {
      const { kube } = await serve(answering(code, body));
      expect(await failureOf(kube.replace(pod, podBody))).toMatchObject(expected);
    });

    test('a watch that is not begun tells when it may be', async () => {
      const body = status(429, 'TooManyRequests', 'slow down');
      const { kube } = await serve(answering(429, body, { 'retry-after': '3' }));
      const events = kube.watch(
        { resource: pods, namespace: 'ns', resourceVersion: '1' },
        new AbortController().signal,
      );
      const begun = events[Symbol.asyncIterator]().next();
      expect(await failureOf(begun)).toMatchObject({ outcome: 'unavailable', retryAfterSeconds: 3 });
    });

    test('get of an object that is not there gives undefined', async () => {
      const { kube } = await serve(answering(404, status(404, 'NotFound', 'pods "p" not found', { name: 'p' })));
      expect(await kube.get(pod)).toBeUndefined();
    });

    test('a message about a Secret tells the fields, never the text', async () => {
      const details = { causes: [{ field: 'data[key]' }] };
      const { kube } = await serve(answering(422, status(422, 'Invalid', 'data: Invalid value: "sk_live_x"', details)));
      const error = await failureOf(kube.replace(secret, podBody));
      expect(error.message).toBe('PUT Secret ns/s: the Kubernetes API answered Invalid for data[key]');
    });

    test('no answer in time: a write is unknown, a read unavailable, and the time is kept to', async () => {
      const { kube } = await serve(() => {}, { timeoutMs: 50 });
      expect(await failureOf(kube.replace(pod, podBody))).toMatchObject({
        outcome: 'unknown',
        reason: 'RequestTimedOut',
      });
      expect(await failureOf(kube.get(pod))).toMatchObject({ outcome: 'unavailable', reason: 'RequestTimedOut' });
    });

    test('an answer that never ends is cut by the deadline, one that is too large by its size', async () => {
      const endless: RequestListener = (_, response) => void response.write('{');
      const { kube } = await serve(endless, { timeoutMs: 50 });
      expect(await failureOf(kube.get(pod))).toMatchObject({ reason: 'RequestTimedOut' });
      const large = await serve(answering(200, { ...podBody, data: 'x'.repeat(2_000) }), { maxAnswerBytes: 1_000 });
      expect(await failureOf(large.kube.get(pod))).toMatchObject({ reason: 'AnswerTooLarge' });
    });

    test('a reset after sending leaves a write unknown', async () => {
      const { kube } = await serve((request) => void request.socket.destroy());
      expect(await failureOf(kube.create(pods, 'ns', podBody))).toMatchObject({
        outcome: 'unknown',
        reason: 'ConnectionBroken',
      });
    });

    test('a refused connection leaves a write undone', async () => {
      const server = createServer();
      const address = await listen(server);
      await new Promise((resolve) => server.close(resolve));
      const { kube } = connect(`http://${address}`, () => ({ headers: {}, tls: {} }));
      expect(await failureOf(kube.create(pods, 'ns', podBody))).toMatchObject({
        outcome: 'unavailable',
        reason: 'ConnectionFailed',
      });
    });
  });

  test('many requests share few connections', async () => {
    let sockets = 0;
    const server = createServer(answering(200, podBody));
    server.on('connection', () => {
      sockets += 1;
    });
    const { kube } = connect(`http://${await listen(server)}`, () => ({ headers: {}, tls: {} }));
    for (let i = 0; i < 50; i++) await kube.get(pod);
    expect(sockets).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 500 }, () => kube.get(pod)));
    expect(sockets).toBeLessThanOrEqual(64);
  });

  test('every answer, a refusal too, tells the server time', async () => {
    const { kube, serverTime } = await serve(answering(403, '', { date: 'Tue, 01 Jan 2030 00:00:00 GMT' }));
    await failureOf(kube.get(pod));
    expect(serverTime.lowerBound()).toBe(Date.UTC(2030, 0, 1));
    expect(serverTime.upperBound()).toBeGreaterThanOrEqual(Date.UTC(2030, 0, 1) + 1_000);
  });

  test.each<[string, (kube: KubeApi) => Promise<unknown>]>([
    ['a read', (kube) => kube.get(pod)],
    ['a write', (kube) => kube.replace(pod, podBody)],
    ['a list', async (kube) => (await kube.list({ resource: pods })).items[0]],
  ])('managedFields are left out of what %s brings', async (_, call) => {
    const metadata = { ...podBody.metadata, managedFields: [{ manager: 'kubectl' }] };
    const { kube } = await serve(answering(200, { metadata, items: [{ metadata }] }));
    expect(await call(kube)).toMatchObject({ metadata: podBody.metadata });
    expect(await call(kube)).not.toHaveProperty('metadata.managedFields');
  });

  test('items of a list have kind and apiVersion although the server leaves them out', async () => {
    const { kube } = await serve(
      answering(200, { metadata: { resourceVersion: '5', continue: '' }, items: [podBody] }),
    );
    expect(await kube.list({ resource: pods, namespace: 'ns' })).toEqual({
      items: [{ apiVersion: 'v1', kind: 'Pod', ...podBody }],
      resourceVersion: '5',
      continue: undefined,
    });
  });

  test('after a 401 the credentials are read again', async () => {
    let token = 'old';
    const listener: RequestListener = (request, response) => {
      const accepted = request.headers.authorization === 'Bearer new';
      answering(accepted ? 200 : 401, podBody)(request, response);
    };
    const url = `http://${await listen(createServer(listener))}`;
    const { kube } = connect(url, () => ({ headers: { authorization: `Bearer ${token}` }, tls: {} }));
    expect((await failureOf(kube.get(pod))).outcome).toBe('denied');
    token = 'new';
    expect(await kube.get(pod)).toEqual(podBody);
  });

  test('credentials that cannot be read are named, without what the plugin said', async () => {
    const { kube } = connect('http://127.0.0.1:1', () => {
      throw new Error('token=hunter2');
    });
    const error = await failureOf(kube.get(pod));
    expect(error).toMatchObject({ outcome: 'denied', reason: 'CredentialsUnreadable' });
    expect(error.message).not.toContain('hunter2');
  });

  test('TLS is checked against the CA, and a new CA is taken up without a restart', async () => {
    const before = createSelfSigned('before');
    const after = createSelfSigned('after');
    const server = createTlsServer(before, answering(200, podBody));
    const url = `https://${await listen(server)}`;
    let ca = before.cert;
    const { kube } = connect(url, () => ({ headers: {}, tls: { ca } }), { credentialsMaxAgeMs: 0 });
    expect(await kube.get(pod)).toEqual(podBody);

    server.setSecureContext(after);
    server.closeAllConnections();
    expect(await failureOf(kube.get(pod))).toMatchObject({ outcome: 'unavailable', reason: 'TLSFailed' });
    ca = after.cert;
    expect(await kube.get(pod)).toEqual(podBody);
  });
});
