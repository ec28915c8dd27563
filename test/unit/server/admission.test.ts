import { describe, expect, it } from 'vitest';
import type { ReportsApiDeps } from '../../../src/server/reports-api.ts';
import {
  addPod,
  createWorld,
  migrating,
  NEW,
  prove,
  proving,
  reporting,
  rotation,
  TOKEN,
  URL as URL_OF_ROTATION,
} from './reports-world.ts';

const ROTATION = rotation([reporting('api', 'api'), proving('batch')], migrating(['api', 'batch']));
const ONE = { perSecond: 0.5, burst: 1 };

/** Sends one request and answers its status code and, where given, its Retry-After. */
function setUp(limits: NonNullable<ReportsApiDeps['limits']>) {
  const world = createWorld(ROTATION, { limits });
  async function send(payload: object, token?: string, { remoteAddress = '10.0.0.1', url = URL_OF_ROTATION } = {}) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await world.app.inject({ method: 'POST', url: `${url}/reports`, payload, headers, remoteAddress });
    return answer.headers['retry-after'] ? [answer.statusCode, answer.headers['retry-after']] : answer.statusCode;
  }
  const from = (remoteAddress: string) => ({ remoteAddress });
  const proof = { consumer: 'batch', fingerprint: NEW, proof: prove('batch') };
  return {
    world,
    report: (token: string, address = '10.0.0.1') => send({ fingerprint: NEW }, token, from(address)),
    prove: (address = '10.0.0.1') => send(proof, undefined, from(address)),
    proveTo: (name: string) => send(proof, undefined, { url: `/v1/namespaces/team/rotations/${name}` }),
  };
}

describe('a pod that asks too often', () => {
  it('waits, costs no call meanwhile, and goes on afterwards; another pod behind the same address does not wait', async () => {
    const { world, report } = setUp({ pod: ONE });
    addPod(world.kube, 'api-2', 'api', 'two.two.two');
    expect(await report(TOKEN)).toBe(200);
    const calls = world.kube.calls.length;
    expect(await report(TOKEN)).toEqual([429, '2']);
    expect(world.kube.calls).toHaveLength(calls);
    expect(await report('two.two.two')).toBe(200);
    await world.clock.advance(2_000);
    expect(await report(TOKEN)).toBe(200);
  });

  it('gains nothing by a second token', async () => {
    const { world, report } = setUp({ pod: ONE });
    addPod(world.kube, 'api-1', 'api', 'another.token.same');
    expect(await report(TOKEN)).toBe(200);
    expect(await report('another.token.same')).toEqual([429, '2']);
  });
});

describe('the pods of a namespace', () => {
  it('share a limit, so that many of them cannot have more written than one may, from whatever address', async () => {
    const { world, report } = setUp({ namespace: ONE, pod: { perSecond: 1, burst: 10 } });
    addPod(world.kube, 'api-2', 'api', 'two.two.two');
    expect(await report(TOKEN)).toBe(200);
    const records = world.records();
    expect(await report('two.two.two', '10.0.0.2')).toEqual([429, '2']);
    expect(world.records()).toEqual(records);
    const calls = world.kube.calls.length;
    expect(await report(TOKEN)).toEqual([429, '2']);
    expect(world.kube.calls).toHaveLength(calls);
    await world.clock.advance(2_000);
    expect(await report('two.two.two')).toBe(200);
  });
});

describe('tokens that nobody has seen before', () => {
  it('wait, however many are made up, cost no call meanwhile, and make no pod wait that was heard of', async () => {
    const { world, report } = setUp({ unknownTokens: ONE, pod: { perSecond: 1, burst: 10 } });
    expect(await report(TOKEN)).toBe(200);
    const calls = world.kube.calls.length;
    for (const token of ['made.up.one', 'made.up.two']) expect(await report(token)).toEqual([429, '2']);
    expect(world.kube.calls).toHaveLength(calls);
    expect(await report(TOKEN)).toBe(200);
    expect(await report('made.up.three', '10.0.0.2')).toBe(401);
  });

  it('are not known for having been refused', async () => {
    const { world, report } = setUp({ unknownTokens: ONE, pod: { perSecond: 1, burst: 10 } });
    expect(await report('made.up.one')).toBe(401);
    const calls = world.kube.calls.length;
    expect(await report('made.up.one')).toEqual([429, '2']);
    expect(world.kube.calls).toHaveLength(calls);
  });
});

describe('proofs without a token', () => {
  it('wait where too many of a rotation come from one address, and those from another address do not', async () => {
    const { world, prove: send } = setUp({ proofs: ONE });
    expect([await send(), await send(), await send('10.0.0.2')]).toEqual([200, [429, '2'], 200]);
    await world.clock.advance(2_000);
    expect(await send()).toBe(200);
  });

  it('do not make reports with a token wait', async () => {
    const { prove: send, report } = setUp({ proofs: ONE });
    expect([await send(), await send(), await report(TOKEN)]).toEqual([200, [429, '2'], 200]);
  });

  it('of rotations that nobody knows share one limit, however many names are made up', async () => {
    const { world, proveTo } = setUp({ proofs: ONE });
    world.cached = undefined;
    world.live = undefined;
    expect([await proveTo('a'), await proveTo('b'), await proveTo('c')]).toEqual([404, [429, '2'], [429, '2']]);
    expect(world.liveLooks).toBe(1);
  });
});

describe('an address', () => {
  it('that sends more than a cluster would waits before anything is done for it', async () => {
    const { world, report, prove: send } = setUp({ address: ONE });
    expect(await report(TOKEN)).toBe(200);
    const calls = world.kube.calls.length;
    expect([await report('x.y.z'), await send()]).toEqual([
      [429, '2'],
      [429, '2'],
    ]);
    expect(await send('10.0.0.2')).toBe(200);
    expect(world.kube.calls.length).toBe(calls + 1);
  });
});
