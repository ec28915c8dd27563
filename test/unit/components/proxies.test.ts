import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ApiProxy, startApiProxy, watches } from '../../e2e/components/api-proxy.ts';
import { startTcpProxy } from '../../e2e/components/tcp-proxy.ts';

let port: number;
let proxy: ApiProxy;
let seen: string[];
let streams: ServerResponse[];
const ends: (() => unknown)[] = [];

beforeEach(async () => {
  seen = [];
  streams = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    if (!request.url?.includes('watch=')) return response.end('real');
    response.write('first');
    return streams.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  proxy = await startApiProxy({ url: `http://127.0.0.1:${port}`, token: 'given' });
  ends.push(() => server.close());
  ends.push(() => server.closeAllConnections());
  ends.push(() => proxy.close());
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const text = async (path: string, init?: RequestInit) => (await fetch(proxy.url + path, init)).text();

async function watch() {
  const { body } = await fetch(`${proxy.url}/things?watch=true`);
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await next()).toBe('first');
  return { next, cancel: () => reader.cancel() };
}

test('requests pass with their own token, or with the given one', async () => {
  expect(await text('/a?b=c')).toBe('real');
  expect(await text('/a', { method: 'POST', body: 'x', headers: { authorization: 'Bearer own' } })).toBe('real');
  expect(seen).toEqual(['GET /a?b=c Bearer given', 'POST /a Bearer own']);
});

test('a watch is passed on as it comes', async () => {
  const { next } = await watch();
  streams[0]?.write('second');
  expect(await next()).toBe('second');
});

test('a cut resets open watches, and new requests are served', async () => {
  const { next } = await watch();
  proxy.cut(watches);
  await expect(next()).rejects.toThrow();
  expect(await text('/a')).toBe('real');
});

test('frozen watches stay open and silent after the fault was taken back, and new ones hang until then', async () => {
  const old = await watch();
  proxy.freeze(watches);
  const hanging = fetch(`${proxy.url}/things?watch=1`, { signal: AbortSignal.timeout(50) });
  await expect(hanging).rejects.toThrow(/timeout/);
  expect(await text('/a')).toBe('real');
  proxy.pass();
  const silent = old.next();
  const young = await watch();
  for (const stream of streams) stream.write('second');
  expect(await young.next()).toBe('second');
  expect(await Promise.race([silent, text('/a')])).toBe('real');
  proxy.cut();
  await expect(silent).rejects.toThrow();
});

test('requests that match are answered as told, that often, without the server', async () => {
  proxy.answer({ status: 410, body: { code: 410 } }, ({ path }) => path === '/a', 1);
  const response = await fetch(`${proxy.url}/a`);
  expect([response.status, await response.json()]).toEqual([410, { code: 410 }]);
  expect(await text('/a')).toBe('real');
  expect(seen).toHaveLength(1);
});

test('a dropped request never reached the server, and a delayed answer comes later', async () => {
  proxy.drop(({ path }) => path === '/a', 1);
  await expect(text('/a')).rejects.toThrow();
  expect(seen).toEqual([]);
  proxy.delay(40, ({ path }) => path === '/a', 1);
  const [before, answer] = [performance.now(), await text('/a')];
  expect(answer).toBe('real');
  expect(performance.now() - before).toBeGreaterThan(35);
});

test('a lost answer means that the request reached the server and the client does not know', async () => {
  proxy.loseAnswers(({ method }) => method === 'PUT', 1);
  await expect(text('/a', { method: 'PUT' })).rejects.toThrow();
  expect(seen).toEqual(['PUT /a Bearer given']);
  expect(await text('/a', { method: 'PUT' })).toBe('real');
});

test('a closed TCP proxy refuses, ends what is open, and serves again on the same port', async () => {
  const tcp = await startTcpProxy(port);
  ends.push(() => tcp.close());
  const url = `http://127.0.0.1:${tcp.port}`;
  const stream = await fetch(`${url}/things?watch=1`);
  await tcp.close();
  await expect(stream.text()).rejects.toThrow();
  await expect(fetch(url)).rejects.toThrow();
  await tcp.open();
  expect(await (await fetch(url)).text()).toBe('real');
});
