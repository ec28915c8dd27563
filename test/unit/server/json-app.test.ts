import { Agent, get } from 'node:http';
import { expect, test } from 'vitest';
import { createJsonApp } from '../../../src/server/json-app.ts';

type Signal = PromiseWithResolvers<void>;
type Three = [Signal, Signal, Signal];

test('a connection that is busy when the server is closed does not outlive its answer', async () => {
  const app = createJsonApp({ error: () => {} });
  const [arrived, closing, released] = [0, 1, 2].map(() => Promise.withResolvers<void>()) as Three;
  app.addHook('preClose', async () => closing.resolve());
  app.get('/slow', async () => {
    arrived.resolve();
    await released.promise;
    return {};
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const agent = new Agent({ keepAlive: true });
  const answered = Promise.withResolvers<string | undefined>();
  const ended = Promise.withResolvers<void>();
  get(`${url}/slow`, { agent }, (response) => {
    response.socket.once('close', ended.resolve);
    answered.resolve(response.headers.connection);
    response.resume();
  });
  await arrived.promise;
  const closed = app.close();
  await closing.promise;
  released.resolve();
  expect(await answered.promise).toBe('close');
  await Promise.all([closed, ended.promise]);
});
