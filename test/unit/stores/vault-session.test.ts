import { beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../../../sandbox/vault/engine/answers.ts';
import { VaultEngine } from '../../../sandbox/vault/engine/vault-engine.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { VaultCall, VaultClient } from '../../../src/stores/vault/vault-client.ts';
import { errorOfRefusal } from '../../../src/stores/vault/vault-errors.ts';
import { createVaultSession, type VaultAuth } from '../../../src/stores/vault/vault-session.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A session in virtual time before a Vault without a network. */
function setUp({ random = 0, ttlSeconds = 600 } = {}) {
  const clock = new VirtualClock();
  let ids = 0;
  const uuid = () => `${++ids}`;
  const reviewJwt = (jwt: string) => (jwt === 'good' ? { subject: 'operator' } : undefined);
  const engine = new VaultEngine({ now: () => clock.now(), uuid, reviewJwt });
  engine.mountKv('secret');
  engine.setPolicy('reader', [{ path: 'secret/*', capabilities: ['read'] }]);
  const role = { boundAudience: 'vault', boundSubjects: ['operator'], policies: ['reader'], ttlSeconds };
  engine.logins.setJwtRole('operator', role);

  const calls: string[] = [];
  const subject: VaultClient['subject'] = (call) => ({ peer: 'Vault', ...call });
  const client: VaultClient = {
    subject,
    call: async ({ method, path, token, body, ...call }: VaultCall) => {
      calls.push(path);
      const reply = engine.handle({ method, path, body, ...(token ? { token: token.reveal() } : {}) });
      if (reply.type !== 'Answered') throw new CallError('unavailable', 'ConnectionLost', 'cut off');
      const { status, body: answer } = reply.answer;
      if (![200, 204, 404].includes(status)) throw errorOfRefusal(subject(call), { status, body: answer });
      return { status, body: answer };
    },
  };
  const open = (auth: VaultAuth) => {
    const session = createVaultSession({ client, auth, clock, entropy: { uuid, random: () => random } });
    const get = { method: 'GET', path: 'secret/config', operation: 'read', idempotent: true } as const;
    return { ...session, read: () => session.run((token) => client.call({ ...get, token })) };
  };
  const count = (path: string) => calls.filter((call) => call === path).length;
  const jwt = { text: 'good' };
  const jwtAuth = { type: 'JWT', mount: 'jwt', role: 'operator', jwt: async () => new SecretValue(jwt.text) } as const;
  return {
    clock,
    engine,
    role,
    jwt,
    openJwt: () => open(jwtAuth),
    openToken: (text: () => string) => open({ type: 'Token', token: async () => new SecretValue(text()) }),
    logins: () => count('auth/jwt/login'),
    renewals: () => count('auth/token/renew-self'),
    reads: () => count('secret/config'),
  };
}

const outcomeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: unknown) => (error instanceof CallError ? error.reason : String(error)),
  );

describe('a session with a JWT', () => {
  let world: ReturnType<typeof setUp>;
  beforeEach(() => {
    world = setUp();
  });

  it('logs in with the first call, and once for many at a time', async () => {
    const session = world.openJwt();
    expect(world.logins()).toBe(0);
    await Promise.all([session.read(), session.read(), session.read()]);
    expect([world.logins(), world.reads()]).toEqual([1, 3]);
  });

  it.each([
    [0, 400_000],
    [0.5, 380_000],
    [1, 360_000],
  ])('renews at two thirds of the life, earlier by up to a tenth (random %d)', async (random, at) => {
    world = setUp({ random });
    await world.openJwt().read();
    await world.clock.advance(at - 1);
    expect(world.renewals()).toBe(0);
    await world.clock.advance(1);
    expect(world.renewals()).toBe(1);
  });

  it('keeps one token alive for a day without a second login', async () => {
    const session = world.openJwt();
    await session.read();
    await world.clock.advance(24 * HOUR);
    await session.read();
    expect(world.logins()).toBe(1);
  });

  it('logs in again when the token nears its maximum life', async () => {
    world.engine.logins.setJwtRole('operator', { ...world.role, maxTtlSeconds: 3600 });
    const session = world.openJwt();
    for (let minute = 0; minute < 90; minute += 1) {
      expect(await outcomeOf(session.read())).toBe('done');
      await world.clock.advance(MINUTE);
    }
    expect(world.logins()).toBe(2);
  });

  it('logs in again before a token ends that cannot be renewed', async () => {
    world.engine.logins.setJwtRole('operator', { ...world.role, renewable: false });
    const session = world.openJwt();
    await session.read();
    await world.clock.advance(599_000);
    expect(await outcomeOf(session.read())).toBe('done');
    expect([world.logins(), world.renewals(), world.reads()]).toEqual([2, 0, 2]);
  });

  it('tries a renewal again that Vault could not answer', async () => {
    const session = world.openJwt();
    await session.read();
    world.engine.faults.plan('token', { type: 'Drop' }, 3);
    await world.clock.advance(9 * MINUTE);
    await session.read();
    expect([world.renewals(), world.logins()]).toEqual([4, 1]);
  });

  it('logs in again after a renewal that Vault refused', async () => {
    const session = world.openJwt();
    await session.read();
    world.engine.tokens.revokeAll();
    await world.clock.advance(7 * MINUTE);
    expect(await outcomeOf(session.read())).toBe('done');
    expect([world.logins(), world.reads()]).toEqual([2, 2]);
  });

  it('repeats a call once with a new token when the old one died early', async () => {
    const session = world.openJwt();
    await session.read();
    world.engine.tokens.revokeAll();
    expect(await Promise.all([1, 2, 3].map(() => outcomeOf(session.read())))).toEqual(['done', 'done', 'done']);
    expect(world.logins()).toBe(2);
  });

  it('does not log in for every 403: at most once a minute', async () => {
    const session = world.openJwt();
    world.engine.setPolicy('reader', []);
    for (let second = 0; second < 60; second += 1) {
      expect(await outcomeOf(session.read())).toBe('VaultPermissionDenied');
      await world.clock.advance(1_000);
    }
    expect(world.logins()).toBe(2);
    await outcomeOf(session.read());
    expect(world.logins()).toBe(3);
  });

  it('backs off from a login that is refused, up to a minute, and recovers', async () => {
    const session = world.openJwt();
    world.jwt.text = 'bad';
    for (let second = 0; second < 300; second += 1) {
      expect(await outcomeOf(session.read())).toBe('VaultLoginRefused');
      await world.clock.advance(1_000);
    }
    expect(world.logins()).toBeLessThan(12);
    expect(world.reads()).toBe(0);
    world.jwt.text = 'good';
    await world.clock.advance(MINUTE);
    expect(await outcomeOf(session.read())).toBe('done');
  });

  it('does not back off when Vault was only away', async () => {
    const session = world.openJwt();
    world.engine.faults.plan('login', { type: 'Answer', answer: failure(503, 'Vault is sealed') }, 1);
    expect(await outcomeOf(session.read())).toBe('VaultSealed');
    expect(await outcomeOf(session.read())).toBe('done');
  });

  it('leaves no timer behind when closed', async () => {
    const session = world.openJwt();
    await session.read();
    expect(world.clock.pending).toBe(1);
    session.close();
    expect(world.clock.pending).toBe(0);
  });
});

describe('a session with a token', () => {
  it('keeps a token alive that can be renewed, also while nobody calls', async () => {
    const world = setUp();
    const text = world.engine.createToken({ policies: ['reader'], ttlSeconds: 600 });
    const session = world.openToken(() => text);
    await session.read();
    await world.clock.advance(24 * HOUR);
    expect(await outcomeOf(session.read())).toBe('done');
  });

  it('does not renew a token that never ends', async () => {
    const world = setUp();
    const text = world.engine.createToken({ policies: ['reader'] });
    await world.openToken(() => text).read();
    expect(world.clock.pending).toBe(0);
  });

  it('uses a token that may not look itself up', async () => {
    const world = setUp();
    const text = world.engine.createToken({ policies: ['reader'], ttlSeconds: 600 });
    world.engine.faults.plan('token', { type: 'Answer', answer: failure(403, 'permission denied') });
    expect(await outcomeOf(world.openToken(() => text).read())).toBe('done');
  });

  it('takes up another token as soon as its Secret holds one', async () => {
    const world = setUp();
    const [first, second] = [1, 2].map(() => world.engine.createToken({ policies: ['reader'], ttlSeconds: 600 }));
    let text = first ?? '';
    const session = world.openToken(() => text);
    await session.read();
    text = second ?? '';
    world.engine.tokens.revoke(first ?? '');
    expect(await outcomeOf(session.read())).toBe('done');
    await world.clock.advance(HOUR);
    expect(await outcomeOf(session.read())).toBe('done');
  });

  it('says denied after one call when its token is dead', async () => {
    const world = setUp();
    const session = world.openToken(() => 'hvs.dead');
    expect(await outcomeOf(session.read())).toBe('VaultTokenDead');
    expect(world.reads()).toBe(1);
  });
});
