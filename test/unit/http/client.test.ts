import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { createHttpClient, type HttpRequest } from '../../../src/http/client.ts';
import { ExchangeExpired } from '../../../src/http/exchange.ts';
import { createHttpTransport, type HttpTransportOptions } from '../../../src/http/transport.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener): Promise<{ url: string; server: Server; sockets: () => number }> {
  let sockets = 0;
  const server = createServer(listener).on('connection', () => {
    sockets += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, sockets: () => sockets };
}

const SHORT = { connectMs: 300, headersMs: 100, bodyMs: 100, callMs: 400 };

function client(url: string, options: HttpTransportOptions = {}) {
  const transport = createHttpTransport({ timeouts: SHORT, ...options });
  closers.push(() => transport.close());
  return createHttpClient({ transport, url, peer: 'issuer apio' });
}

const ISSUE: HttpRequest = { method: 'POST', path: '/v1/api-keys', operation: 'issue a key', body: { a: 1 } };
const LIST: HttpRequest = { method: 'GET', path: '/v1/api-keys', operation: 'list keys' };

async function failure(call: Promise<unknown>): Promise<CallError> {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CallError);
  return error as CallError;
}

it('an order that waited for a connection until its time was over had surely no effect', async () => {
  const outcomeOf = async (mayBeSent: boolean) => {
    const transport = { exchange: () => Promise.reject(new ExchangeExpired(mayBeSent)), close: async () => {} };
    const { request } = createHttpClient({ transport, url: 'https://issuer.example', peer: 'issuer apio' });
    const { outcome, reason } = await failure(request(ISSUE));
    return `${outcome} ${reason}`;
  };
  expect(await outcomeOf(false)).toBe('unavailable RequestTimedOut');
  expect(await outcomeOf(true)).toBe('unknown RequestTimedOut');
});

describe('a status code tells what became of the call', () => {
  it.each([
    ['POST', 401, 'denied', 'AccessDenied'],
    ['POST', 403, 'denied', 'AccessDenied'],
    ['POST', 404, 'refused', 'RequestRefused'],
    ['POST', 409, 'conflict', 'Conflict'],
    ['POST', 422, 'refused', 'RequestRefused'],
    ['POST', 429, 'unavailable', 'TooManyRequests'],
    ['POST', 503, 'unavailable', 'ServiceUnavailable'],
    ['POST', 500, 'unknown', 'ServerError'],
    ['POST', 502, 'unknown', 'ServerError'],
    ['GET', 500, 'unavailable', 'ServerError'],
  ] as const)('%s answered %i is %s', async (method, status, outcome, reason) => {
    const { url } = await serve((_request, response) => response.writeHead(status).end('{}'));
    const error = await failure(client(url).request({ ...LIST, method }));
    expect(error).toMatchObject({ outcome, reason, status });
  });

  it.each([
    ['seconds', '7', 7],
    ['a date, measured against the date of the answer', 'Wed, 01 Jan 2020 00:00:30 GMT', 30],
    ['a pause of years, cut to an hour', '999999999', 3600],
    ['something else', 'soon', undefined],
  ])('Retry-After may be %s', async (_name, text, expected) => {
    const headers = { 'retry-after': text, date: 'Wed, 01 Jan 2020 00:00:00 GMT' };
    const { url } = await serve((_request, response) => response.writeHead(429, headers).end());
    expect((await failure(client(url).request(ISSUE))).retryAfterSeconds).toBe(expected);
  });

  const AT = Date.UTC(2020, 0, 1) / 1_000;
  it.each([
    ['in seconds', 429, { 'x-ratelimit-reset': '7' }, 7],
    ['as a time since 1970', 429, { 'ratelimit-reset': String(AT + 42) }, 42],
    ['beside Retry-After, which is what counts', 429, { 'x-rate-limit-reset': '7', 'retry-after': '9' }, 9],
    ['that is over', 429, { 'x-ratelimit-reset': String(AT - 5) }, 0],
    ['of an answer that has another trouble', 503, { 'x-ratelimit-reset': '7' }, undefined],
  ] as const)('the end of a limit may be told %s', async (_how, status, told, expected) => {
    const headers = { ...told, date: 'Wed, 01 Jan 2020 00:00:00 GMT' };
    const { url } = await serve((_request, response) => response.writeHead(status, headers).end());
    expect((await failure(client(url).request(ISSUE))).retryAfterSeconds).toBe(expected);
  });

  it('an expected code is an answer, with the time that the peer gives it', async () => {
    const date = 'Sat, 28 Nov 2026 12:00:00 GMT';
    const { url } = await serve((_request, response) => response.writeHead(404, { date }).end('{"error":{}}'));
    expect(await client(url).request({ ...LIST, expect: [404] })).toEqual({ status: 404, body: { error: {} }, date });
  });

  it('the message takes an error code from the body and nothing else', async () => {
    const body = { error: { type: 'apio_live_4f9s8d7f6s9d8f7', code: 'permission_error', message: 'canary text' } };
    const { url } = await serve((_request, response) => response.writeHead(403).end(JSON.stringify(body)));
    const { message } = await failure(client(url).request(ISSUE));
    expect(message).toContain('(permission_error)');
    expect(message).not.toMatch(/canary|apio_live/);
  });

  it.each([
    ['without a code of its own is nowhere', '{}', 'there is nothing at this address: check the url'],
    ['that names its error is at its address', '{"error":{"code":"key_not_found"}}', 'check the specification'],
  ])('a 404 %s', async (_name, body, advice) => {
    const { url } = await serve((_request, response) => response.writeHead(404).end(body));
    expect((await failure(client(url).request(LIST))).message).toMatch(
      new RegExp(`asking again will not help, ${advice}$`),
    );
  });

  it('a key echoed as error code stays out of the message', async () => {
    const body = { error: { code: 'apio_live_4f9s8d7f6s9d8f7' } };
    const { url } = await serve((_request, response) => response.writeHead(403).end(JSON.stringify(body)));
    expect((await failure(client(url).request(ISSUE))).message).not.toContain('apio_live');
  });
});

describe('a call without answer', () => {
  it('that never reached anyone surely had no effect', async () => {
    const { url, server } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    const error = await failure(client(url).request(ISSUE));
    expect(error).toMatchObject({ outcome: 'unavailable', reason: 'ConnectionFailed' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('that timed out waiting for the headers may have been carried out', async () => {
    const { url } = await serve(() => undefined);
    expect(await failure(client(url).request(ISSUE))).toMatchObject({ outcome: 'unknown', reason: 'RequestTimedOut' });
  });

  it('that was reset after sending may have been carried out', async () => {
    const { url } = await serve((request) => request.socket.resetAndDestroy());
    expect(await failure(client(url).request(ISSUE))).toMatchObject({ outcome: 'unknown', reason: 'ConnectionLost' });
  });

  it('whose body stops in the middle may have been carried out', async () => {
    const { url } = await serve((_request, response) => response.writeHead(201).write('{"id":'));
    expect(await failure(client(url).request(ISSUE))).toMatchObject({ outcome: 'unknown', reason: 'RequestTimedOut' });
  });

  it('whose body drips for ever is ended by the time-out of the whole call', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(201);
      const drip = setInterval(() => response.write(' '), 20);
      request.socket.on('close', () => clearInterval(drip));
    });
    expect(await failure(client(url).request(ISSUE))).toMatchObject({ outcome: 'unknown', reason: 'RequestTimedOut' });
  });
});

describe('a question without answer', () => {
  it.each<[string, string, RequestListener]>([
    ['times out', 'RequestTimedOut', () => undefined],
    ['is reset', 'ConnectionLost', (request) => request.socket.resetAndDestroy()],
    ['stops in the middle', 'RequestTimedOut', (_request, response) => response.writeHead(200).write('{"id":')],
  ])('that %s has changed nothing and is asked again', async (_how, reason, listener) => {
    const { url } = await serve(listener);
    const error = await failure(client(url).request(LIST));
    expect(error).toMatchObject({ outcome: 'unavailable', reason });
    expect(error.message).toContain('asked again');
  });
});

describe('an answer that cannot be used', () => {
  it.each([
    ['is not JSON', '<html>'],
    ['is longer than the limit', JSON.stringify('x'.repeat(2000))],
  ])('leaves an order in doubt when it %s', async (_name, body) => {
    const { url } = await serve((_request, response) => response.writeHead(200).end(body));
    const bounded = client(url, { maxResponseBytes: 1000 });
    expect(await failure(bounded.request(ISSUE))).toMatchObject({ outcome: 'unknown', reason: 'UnusableAnswer' });
    expect(await failure(bounded.request(LIST))).toMatchObject({ outcome: 'unavailable', reason: 'UnusableAnswer' });
  });

  it('harms nobody when it is nested as deep as its length allows', async () => {
    const body = '['.repeat(250_000) + ']'.repeat(250_000);
    const { url } = await serve((_request, response) => response.writeHead(500).end(body));
    expect(await failure(client(url).request(ISSUE))).toMatchObject({ outcome: 'unknown', reason: 'ServerError' });
  });
});

describe('a credential stays with its origin', () => {
  const bearer = new SecretValue('apio_live_canary0123456789');

  it('a redirect is refused and not followed', async () => {
    let followed = 0;
    const other = await serve((_request, response) => {
      followed += 1;
      response.end('{}');
    });
    const { url } = await serve((_request, response) => response.writeHead(307, { location: other.url }).end());
    const error = await failure(client(url).request({ ...ISSUE, bearer }));
    expect(error).toMatchObject({ outcome: 'refused', reason: 'Redirected', status: 307 });
    expect(followed).toBe(0);
  });

  it.each([
    'http://other.example/v1/api-keys',
    'https://127.0.0.1/v1/api-keys',
    '@other.example/v1',
    '.other.example/v1',
    '/../outside',
    '/%2e%2e/outside',
  ])('a request to %s throws and sends nothing', async (path) => {
    const { url, sockets } = await serve((_request, response) => response.end('{}'));
    const error = await failure(client(`${url}/live`).request({ ...LIST, path, bearer }));
    expect(error).toMatchObject({ outcome: 'refused', reason: 'ForeignOrigin' });
    expect(error.message).not.toContain('canary');
    expect(sockets()).toBe(0);
  });

  it('an absolute URL within its own base is called, with the credential', async () => {
    const seen: unknown[] = [];
    const { url } = await serve((request, response) => {
      seen.push([request.url, request.headers.authorization]);
      response.end('{}');
    });
    await client(`${url}/live/`).request({ ...LIST, path: `${url}/live/v1/api-keys?cursor=2`, bearer });
    expect(seen).toEqual([['/live/v1/api-keys?cursor=2', `Bearer ${bearer.reveal()}`]]);
  });

  it.each(['ftp://a.example', 'http://user:pass@a.example', 'http://a.example?x=1', 'not a url'])(
    'the url %s is refused',
    (url) => expect(() => client(url)).toThrow(CallError),
  );

  it('a credential with a line break is named as such and not shown', async () => {
    const { url } = await serve((_request, response) => response.end('{}'));
    const error = await failure(client(url).request({ ...LIST, bearer: new SecretValue('canary\n') }));
    expect(error).toMatchObject({ outcome: 'refused', reason: 'InvalidCredential' });
    expect(error.message).not.toContain('canary');
  });
});

describe('metadata addresses', () => {
  it.each([
    'http://169.254.169.254',
    'http://[fd00:ec2::254]',
    'http://[::ffff:169.254.169.254]',
    'http://0xa9fea9fe',
    'http://innocent.example',
    'https://innocent.example',
    'https://169.254.169.254',
  ])('%s is not connected to', async (url) => {
    const denying = client(url, {
      resolve: (_host, _options, done) => done(null, [{ address: '169.254.169.254', family: 4 }]),
    });
    expect(await failure(denying.request(LIST))).toMatchObject({ outcome: 'refused', reason: 'AddressDenied' });
  });
});

describe('connections', () => {
  it('fifty calls of two clients to one host, one after the other, share the pool of the host', async () => {
    const { url, sockets } = await serve((_request, response) => response.end('{}'));
    const transport = createHttpTransport();
    closers.push(() => transport.close());
    const clients = ['Test', 'Live'].map((peer) => createHttpClient({ transport, url, peer }));
    for (let i = 0; i < 25; i += 1) for (const each of clients) await each.request(LIST);
    // Two, not one: the next call may begin before the pool has seen the last one's connection idle.
    expect(sockets()).toBeLessThanOrEqual(2);
  });

  it('a hundred calls at once open no more connections than a host may have', async () => {
    const { url, sockets } = await serve((_request, response) => response.end('{}'));
    const transport = createHttpTransport();
    closers.push(() => transport.close());
    const one = createHttpClient({ transport, url, peer: 'issuer apio' });
    await Promise.all(Array.from({ length: 100 }, () => one.request(LIST)));
    expect(sockets()).toBe(16);
  });
});
