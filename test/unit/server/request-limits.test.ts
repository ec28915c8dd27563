import { describe, expect, it } from 'vitest';
import { createWorld, migrating, NEW, reporting, rotation, TOKEN, URL } from './reports-world.ts';

const ROTATION = rotation([reporting('api', 'api')], migrating(['api']));
const SECRET = 'apio_live_pasted_by_mistake';

async function send(payload: string, contentType = 'application/json') {
  const world = createWorld(ROTATION);
  const headers = { 'content-type': contentType, authorization: `Bearer ${TOKEN}` };
  const answer = await world.app.inject({ method: 'POST', url: `${URL}/reports`, payload, headers });
  return { answer, world };
}

describe('a request that is not as it should be', () => {
  it.each<[string, string, number, RegExp]>([
    ['without a fingerprint', '{}', 400, /fingerprint/],
    ['with the key instead of its fingerprint', JSON.stringify({ fingerprint: SECRET }), 400, /fingerprint/],
    ['with a field nobody knows', JSON.stringify({ fingerprint: NEW, [SECRET]: SECRET }), 400, /additional/],
    ['with a number for a text', JSON.stringify({ fingerprint: 1234567890123456 }), 400, /fingerprint/],
    ['with a consumer that is no name', JSON.stringify({ fingerprint: NEW, consumer: SECRET }), 400, /consumer/],
    ['with a proof that is none', JSON.stringify({ fingerprint: NEW, proof: SECRET }), 400, /proof/],
    ['that is no JSON', `{"fingerprint": ${SECRET}}`, 400, /not valid JSON/],
    ['that is empty', '', 400, /not valid JSON/],
    ['that is too large', JSON.stringify({ fingerprint: NEW, proof: SECRET.repeat(400) }), 413, /8192/],
    ['with __proto__', `{"__proto__": {"fingerprint": "${NEW}"}}`, 400, /not valid JSON/],
  ])('%s is told so without an echo, before any call', async (_what, payload, status, message) => {
    const { answer, world } = await send(payload);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error.message).toMatch(message);
    expect(answer.body).not.toContain(SECRET);
    expect(world.kube.calls).toEqual([]);
    expect(world.failures).toEqual([]);
  });

  it('of another type is told which one', async () => {
    const { answer } = await send(`fingerprint=${NEW}`, 'application/x-www-form-urlencoded');
    expect(answer.statusCode).toBe(415);
    expect(answer.json().error.message).toContain('application/json');
  });

  it('to another place is told so', async () => {
    const answer = await createWorld(ROTATION).app.inject({ url: '/v2' });
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, 'NoSuchRoute']);
  });

  it('for a name of 200 characters is taken', async () => {
    const world = createWorld(ROTATION);
    const url = `/v1/namespaces/team/rotations/${'r'.repeat(200)}/reports`;
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await world.app.inject({ method: 'POST', url, payload: { fingerprint: NEW }, headers });
    expect(answer.statusCode).toBe(200);
  });
});
