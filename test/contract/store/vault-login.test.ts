import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { VaultAuth } from '../../../src/stores/vault/vault-session.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';
import { errorOf, PATH, plain, publication } from './store-contract.ts';
import { setUpVault, type VaultWorld } from './vault-world.ts';

const ABSENT = { type: 'Absent' } as const;
const TTL_MS = 600_000;

describe.each(['Kubernetes', 'JWT', 'AppRole'] as const)('Vault as a store, logged in by %s', (type) => {
  let world: VaultWorld;
  let logins: number;
  const counted = () =>
    world.logins[type](() => {
      logins += 1;
    });
  beforeEach(async () => {
    world = await setUpVault();
    logins = 0;
  });
  afterEach(() => world.close());

  it('logs in once for many calls at a time', async () => {
    const store = world.storeWith({ auth: counted() });
    await Promise.all([store.check(), store.read('a'), store.read('b')]);
    await store.publish(publication(1, ABSENT));
    expect(logins).toBe(1);
  });

  it('renews its token before it ends, and needs no second login', async () => {
    const clock = new VirtualClock();
    const store = world.storeWith({ auth: counted(), clock });
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
    const store = world.storeWith({ auth: counted() });
    await store.check();
    await world.stand.revokeLogins();
    await store.publish(publication(1, ABSENT));
    expect(plain(await store.read(PATH))?.keyID).toBe('k_1');
    expect(logins).toBe(2);
  });

  it('logs in once more, and not each time, where its policy does not let it write', async () => {
    await world.denyWrites();
    const store = world.storeWith({ auth: counted() });
    await store.check();
    for (let tries = 0; tries < 3; tries += 1) {
      const error = await errorOf(store.publish(publication(1, ABSENT)));
      expect([error.outcome, error.reason]).toEqual(['denied', 'VaultPermissionDenied']);
    }
    expect(logins).toBe(2);
  });
});

describe('Vault as a store, which Vault does not let in', () => {
  let world: VaultWorld;
  beforeEach(async () => {
    world = await setUpVault();
  });
  afterEach(() => world.close());

  const secret = (text: string) => async () => new SecretValue(text);

  it.each<[string, (world: VaultWorld) => Promise<VaultAuth>, string]>([
    ['another role at jwt', async ({ jwtAuth }) => jwtAuth({ role: 'nobody' }), 'bound audience and subject'],
    ['no JWT', async ({ jwtAuth }) => jwtAuth({ jwt: secret('jwt-of-nobody') }), 'bound audience and subject'],
    [
      'another role at kubernetes',
      async ({ logins }) => ({ ...logins.Kubernetes(), role: 'nobody' }),
      'bound_service_account_names',
    ],
    [
      'the token of another account at kubernetes',
      async ({ logins, stand }) => {
        return { ...logins.Kubernetes(), jwt: secret(await stand.foreignJwt('another account')) };
      },
      'bound_service_account_namespaces',
    ],
    [
      'a token for another audience at kubernetes',
      async ({ logins, stand }) => {
        return { ...logins.Kubernetes(), jwt: secret(await stand.foreignJwt('another audience')) };
      },
      'audience',
    ],
    [
      'another secret id',
      async ({ logins }) => ({ ...logins.AppRole(), secretID: secret('id-of-nobody') }),
      'the secret id in the Secret',
    ],
    ['another role id', async ({ logins }) => ({ ...logins.AppRole(), roleID: 'role-of-nobody' }), 'roleID'],
    ['a method that is not there', async ({ logins }) => ({ ...logins.AppRole(), mount: 'nowhere' }), 'auth/nowhere'],
  ])('says so, with %s', async (_, authOf, named) => {
    const auth = await authOf(world);
    const error = await errorOf(world.storeWith({ auth }).publish(publication(1, ABSENT)));
    expect([error.outcome, error.reason]).toEqual(['denied', 'VaultLoginRefused']);
    expect(error.message).toContain(named);
    expect(error.message).not.toMatch(/of-nobody/);
    expect(await world.writes(PATH)).toBe(0);
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
    expect([error.outcome, error.reason]).toEqual(['denied', 'VaultTokenDead']);
    expect(await world.writes(PATH)).toBe(0);
  });
});
