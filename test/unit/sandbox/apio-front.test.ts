import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import { type ApioServer, startApioServer } from '../../../sandbox/apio/front/server.ts';

let engine: ApioEngine;
let server: ApioServer;
beforeEach(async () => {
  engine = new ApioEngine({ now: () => Date.UTC(2030, 0, 1), uuid: randomUUID, random: Math.random });
  server = await startApioServer({ engine });
});
afterEach(() => server.close());

const post = (path: string, body?: object) =>
  fetch(`${server.adminUrl}${path}`, { method: 'POST', body: JSON.stringify(body ?? {}) });

async function issue(): Promise<{ id: string; key: string }> {
  const made = await (await post('/managers', { environment: 'Live', organization: 'acme' })).json();
  const headers = { authorization: `Bearer ${(made as { key: string }).key}` };
  const body = JSON.stringify({ environment: 'Live', permissions: ['payments:read'] });
  return (await fetch(`${server.url.Live}/v1/api-keys`, { method: 'POST', headers, body })).json() as never;
}

it('answers with the date of its own clock', async () => {
  const answer = await fetch(`${server.url.Live}/v1/payments`);
  expect([answer.status, answer.headers.get('date')]).toEqual([401, 'Tue, 01 Jan 2030 00:00:00 GMT']);
});

it('a key revoked on the admin port is dead, and the ledger says that an outsider did it', async () => {
  const { id, key } = await issue();
  const call = async () =>
    (await fetch(`${server.url.Live}/v1/payments`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect(await call()).toBe(200);
  await post(`/keys/${id}/revoke`);
  expect(await call()).toBe(401);
  const ledger = await (await fetch(`${server.adminUrl}/ledger`)).json();
  expect(ledger).toMatchObject({
    entries: [{ type: 'issued' }, { type: 'revoked', keyID: id, by: 'outside' }],
    keys: [{ id, status: 'revoked', uses: { count: 1 }, rejected: { count: 1 } }],
    calls: { issue: 1, use: 2 },
  });
  expect(JSON.stringify(ledger)).not.toContain(key);
});

it('the admin port is not reachable through the API', async () => {
  for (const path of ['/ledger', '/key-texts']) expect((await fetch(server.url.Live + path)).status).toBe(404);
});

it('a fault set on the admin port meets as many calls as told', async () => {
  expect((await post('/faults/use', { type: 'Answer', status: 503, times: 2 })).status).toBe(200);
  const statuses: number[] = [];
  for (let i = 0; i < 3; i += 1) statuses.push((await fetch(`${server.url.Live}/v1/payments`)).status);
  expect(statuses).toEqual([503, 503, 401]);
});

it.each(['/faults/nothing', '/faults/issue', '/keys/none/revoke', '/managers'])(
  'POST %s without sense is a 404',
  async (path) => {
    expect((await post(path)).status).toBe(404);
  },
);

it('a body that is no JSON is answered, not fatal', async () => {
  const answer = await fetch(`${server.url.Live}/v1/api-keys`, { method: 'POST', body: '{' });
  expect(answer.status).toBe(400);
});
