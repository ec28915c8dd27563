import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Agent } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { AnswerTooLarge, exchange, textOf } from '../../../src/http/exchange.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Peer {
  readonly clock: VirtualClock;
  get(path?: string, timeoutMs?: number): ReturnType<typeof exchange>;
}

/** A server, and one connection to it. */
async function serve(answer: RequestListener): Promise<Peer> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ connections: 1 });
  ends.push(
    async () => {
      server.closeAllConnections();
      server.close();
    },
    () => agent.destroy(),
  );
  const clock = new VirtualClock();
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    clock,
    get: (path = '/', timeoutMs = 1_000) =>
      exchange(agent, { origin, path, method: 'GET' }, { timeoutMs, maxBytes: 100, clock }),
  };
}

test('an answer in pieces is one answer, after what was said ahead of it', async () => {
  const { get } = await serve((_, response) => {
    response.writeEarlyHints({ link: '</style>; rel=preload' });
    response.setHeader('X-Seen', 'yes');
    response.statusCode = 202;
    response.write('\uFEFFgrü');
    // A letter of two bytes, each in a piece of its own.
    response.write(Buffer.from([0xc3]), () => response.end(Buffer.from([0x9f])));
  });
  const answer = await get();
  expect([answer.status, answer.headers['x-seen'], textOf(answer)]).toEqual([202, 'yes', 'grüß']);
});

test('what takes too long is ended at both sides', async () => {
  const dripping = Promise.withResolvers<void>();
  const { clock, get } = await serve((request, response) => {
    response.write('a');
    request.once('close', dripping.resolve);
    void clock.advance(1_000);
  });
  await expect(get()).rejects.toMatchObject({ name: 'TimeoutError', mayBeSent: true });
  await dripping.promise;
});

test('what waits for a connection until its time is over is never sent, and the connection lives on', async () => {
  const seen: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const first = Promise.withResolvers<ServerResponse>();
  const { clock, get } = await serve((request, response) => {
    seen.push(request.url);
    sockets.add(request.socket);
    if (request.url === '/first') first.resolve(response);
    else response.end();
  });
  const answer = get('/first');
  const second = expect(get('/second', 500)).rejects.toMatchObject({ name: 'TimeoutError', mayBeSent: false });
  const response = await first.promise;
  await clock.advance(500);
  await second;
  response.end();
  expect((await answer).status).toBe(200);
  expect((await get('/last')).status).toBe(200);
  expect(seen).toEqual(['/first', '/last']);
  expect(sockets.size).toBe(1);
});

test('more than may come is not read on', async () => {
  const closed = Promise.withResolvers<void>();
  const { get } = await serve((request, response) => {
    request.once('close', closed.resolve);
    response.write('x'.repeat(101));
  });
  await expect(get()).rejects.toBeInstanceOf(AnswerTooLarge);
  await closed.promise;
});

test('a connection that breaks is the error that the dispatcher names', async () => {
  const { clock, get } = await serve((request) => request.socket.destroy());
  await expect(get()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  expect(clock.pending).toBe(0);
});
