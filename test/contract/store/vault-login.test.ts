import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';
import { errorOf, PATH, plain, publication } from './store-contract.ts';
import { setUpVault, type VaultWorld } from './vault-world.ts';

const ABSENT = { type: 'Absent' } as const;
const TTL_MS = 600_000;

describe('Vault as a store, logged in with a JWT', () => {
  let world: VaultWorld;
  let logins: number;
  const counted = async () => {
    logins += 1;
    return new SecretValue(await world.stand.jwt());
  };
  beforeEach(async () => {
    world = await setUpVault();
    logins = 0;
  });
  afterEach(() => world.close());

  it('logs in once for many calls at a time', async () => {
    const store = world.storeWith({ auth: world.jwtAuth({ jwt: counted }) });
    await Promise.all([store.check(), store.read('a'), store.read('b')]);
    await store.publish(publication(1, ABSENT));
    expect(logins).toBe(1);
  });

  it('renews its token before it ends, and needs no second login', async () => {
    const clock = new VirtualClock();
    const store = world.storeWith({ auth: world.jwtAuth({ jwt: counted }), clock });
    await store.check();
    const renewals: string[] = [];
    for (let lives = 0; lives < 3; lives += 1) {
      const { nextDelayMs = 0 } = clock;
      await clock.advance(nextDelayMs);
      // A renewal that Vault carried out sets the timer of the next one.
      await expect.poll(() => clock.pending).toBe(1);
      renewals.push(nextDelayMs > TTL_MS / 2 && nextDelayMs < TTL_MS ? 'in time' : `after ${nextDelayMs} ms`);
    }
    await store.check();
    expect([renewals, logins]).toEqual([['in time', 'in time', 'in time'], 1]);
  });

  it('logs in again when its token was revoked, and carries the call out', async () => {
    const store = world.storeWith({ auth: world.jwtAuth({ jwt: counted }) });
    await store.check();
    await world.stand.revokeLogins();
    await store.publish(publication(1, ABSENT));
    expect(plain(await store.read(PATH))?.keyID).toBe('k_1');
    expect(logins).toBe(2);
  });

  it.each(['another role', 'another JWT'])('says that the login was refused, with %s', async (what) => {
    const jwt = async () => new SecretValue('jwt-of-somebody-else');
    const auth = world.jwtAuth(what === 'another role' ? { role: 'nobody' } : { jwt });
    const store = world.storeWith({ auth });
    const error = await errorOf(store.publish(publication(1, ABSENT)));
    expect([error.outcome, error.reason]).toEqual(['denied', 'VaultLoginRefused']);
    expect(error.message).not.toContain('jwt-of-somebody-else');
  });
});

describe('Vault as a store, with a token that was given to it', () => {
  let world: VaultWorld;
  beforeEach(async () => {
    world = await setUpVault();
  });
  afterEach(() => world.close());

  it('serves with one that may not even look itself up', async () => {
    const token = await world.stand.createToken({ noDefaultPolicy: true });
    const store = world.storeWith({ auth: { type: 'Token', token: async () => new SecretValue(token) } });
    await store.check();
    await store.publish(publication(1, ABSENT));
    expect(plain(await store.read(PATH))?.keyID).toBe('k_1');
  });

  it('says denied when that token was revoked', async () => {
    await world.store.check();
    await world.stand.revoke(world.token);
    const error = await errorOf(world.store.publish(publication(1, ABSENT)));
    expect([error.outcome, error.reason]).toEqual(['denied', 'VaultPermissionDenied']);
    expect(await world.writes(PATH)).toBe(0);
  });
});
