import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../../../sandbox/vault/engine/answers.ts';
import type { Fault, Operation } from '../../../sandbox/vault/engine/faults.ts';
import type { ServingState } from '../../../sandbox/vault/engine/vault-engine.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { errorOf, KEYS, markerAt, PATH, plain, publication } from './store-contract.ts';
import { JWT, setUpVault, type VaultWorld } from './vault-world.ts';

const ABSENT = { type: 'Absent' } as const;

const answers = (status: number, ...errors: string[]): Fault => ({
  type: 'Answer',
  answer: failure(status, ...errors),
});

describe('Vault as a store, when Vault will not', () => {
  let world: VaultWorld;
  beforeEach(async () => {
    world = await setUpVault({ callMs: 300 });
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await world.close();
  });

  it.each<[string, Fault, string, string]>([
    ['412', answers(412, 'required index state not present'), 'unavailable', 'VaultStateNotPresent'],
    ['429', answers(429, 'request path "secret/": rate limit quota exceeded'), 'unavailable', 'VaultRateLimited'],
    ['472', answers(472), 'unavailable', 'VaultStandby'],
    ['473', answers(473), 'unavailable', 'VaultStandby'],
    [
      '307',
      { type: 'Answer', answer: { status: 307, headers: { Location: 'http://x/' } } },
      'unavailable',
      'VaultStandby',
    ],
    ['503 of a proxy', answers(503), 'unavailable', 'VaultUnavailable'],
    ['400', answers(400, `cannot store ${KEYS[0]}`), 'refused', 'VaultRequestRefused'],
    ['403', answers(403, `permission denied for ${KEYS[0]}`), 'denied', 'VaultPermissionDenied'],
    ['405', answers(405, 'unsupported operation'), 'refused', 'VaultMountUnsuitable'],
    ['500', answers(500, `internal error near ${KEYS[0]}`), 'unknown', 'ServerError'],
    ['502', answers(502), 'unknown', 'ServerError'],
    ['cut connection before', { type: 'Drop' }, 'unknown', 'ConnectionLost'],
    ['silence', { type: 'Silence' }, 'unknown', 'RequestTimedOut'],
    ['late answer', { type: 'Delay', ms: 1_000 }, 'unknown', 'RequestTimedOut'],
  ])('names a write that meets %s', async (_, fault, outcome, reason) => {
    world.engine.faults.plan('write', fault);
    const error = await errorOf(world.store.publish(publication(1, ABSENT)));
    expect([error.outcome, error.reason]).toEqual([outcome, reason]);
  });

  it.each<[ServingState, string]>([
    ['Sealed', 'VaultSealed'],
    ['Uninitialized', 'VaultNotInitialized'],
    ['DisasterRecovery', 'VaultStandby'],
  ])('says unavailable while Vault is %s, for reads and writes alike', async (state, reason) => {
    world.engine.state = state;
    for (const call of [world.store.read(PATH), world.store.publish(publication(1, ABSENT)), world.store.check()]) {
      const error = await errorOf(call);
      expect([error.outcome, error.reason]).toEqual(['unavailable', reason]);
    }
  });

  it('hands on how long Vault wants to be left alone', async () => {
    world.engine.faults.plan('read', { type: 'Answer', answer: { ...failure(429), headers: { 'Retry-After': '7' } } });
    expect((await errorOf(world.store.read(PATH))).retryAfterSeconds).toBe(7);
  });

  it('does not take a question without an answer for an effect in doubt', async () => {
    world.engine.faults.plan('read', { type: 'Drop' });
    expect((await errorOf(world.store.read(PATH))).outcome).toBe('unavailable');
  });

  it.each<Operation>(['login', 'token'])(
    'does not take a lost answer to a %s for a write in doubt',
    async (operation) => {
      world.engine.faults.plan(operation, { type: 'LoseAnswer' });
      const jwt = async () => new SecretValue(JWT);
      const auth = { type: 'JWT', mount: 'jwt', role: 'operator', jwt } as const;
      const store = operation === 'login' ? world.storeWith({ auth }) : world.store;
      expect((await errorOf(store.publish(publication(1, ABSENT)))).outcome).toBe('unavailable');
      expect(await world.writes(PATH)).toBe(0);
    },
  );

  it('does not take a 404 of a missing mount or of a proxy for an absent path', async () => {
    world.engine.faults.plan('read', answers(404, 'no handler for route "secret/data/x". route entry not found.'), 1);
    expect((await errorOf(world.store.read(PATH))).reason).toBe('VaultMountMissing');
    world.engine.faults.plan('read', { type: 'Answer', answer: { status: 404, body: '<html>' } }, 1);
    expect((await errorOf(world.store.read(PATH))).reason).toBe('VaultMountMissing');
  });

  it('says unavailable when nobody listens, and unknown never before sending', async () => {
    const url = world.url;
    const store = world.storeWith({ url: url.replace('127.0.0.1', 'vault.invalid') });
    expect((await errorOf(store.publish(publication(1, ABSENT)))).outcome).toBe('unavailable');
  });

  it('never follows a redirect, so that the token stays with its origin', async () => {
    const visitors: unknown[] = [];
    const thief = createServer((request, response) => {
      visitors.push(request.headers);
      response.end('{}');
    });
    await new Promise<void>((resolve) => void thief.listen(0, '127.0.0.1', resolve));
    const Location = `http://127.0.0.1:${(thief.address() as AddressInfo).port}/v1/secret/data/x`;
    world.engine.faults.plan('any', { type: 'Answer', answer: { status: 307, headers: { Location } } });
    await errorOf(world.store.read(PATH));
    await errorOf(world.store.publish(publication(1, ABSENT)));
    thief.close();
    expect(visitors).toEqual([]);
  });

  it('takes nothing from the environment but what it refuses', async () => {
    for (const name of ['VAULT_TOKEN', 'VAULT_NAMESPACE', 'VAULT_PREFIX', 'HTTP_PROXY', 'http_proxy']) {
      vi.stubEnv(name, 'http://127.0.0.1:1');
    }
    await world.store.publish(publication(1, ABSENT));
    vi.stubEnv('VAULT_SKIP_VERIFY', 'false');
    expect((await errorOf(world.storeWith({}).check())).reason).toBe('VaultSkipVerify');
  });

  it.each(['a token\nwith a break', ''])('refuses a token that is no token (%j) without showing it', async (text) => {
    const store = world.storeWith({ auth: { type: 'Token', token: async () => new SecretValue(text) } });
    const error = await errorOf(store.read(PATH));
    expect(error.reason).toBe('InvalidCredential');
    expect(error.message).not.toContain('with a break');
  });

  it('tells a path whose current version is deleted or destroyed from one that never was', async () => {
    await world.store.publish(publication(1, ABSENT));
    world.admin('DELETE', `secret/data/${PATH}`);
    const deleted = await world.store.read(PATH);
    expect([deleted?.version, plain(deleted), deleted?.marker]).toEqual(['1', {}, undefined]);
    expect((await errorOf(world.store.publish(publication(2, ABSENT)))).outcome).toBe('conflict');
    await world.store.publish(publication(2, { type: 'Version', version: '1' }));
    world.admin('POST', `secret/destroy/${PATH}`, { versions: [2] });
    expect((await world.store.read(PATH))?.version).toBe('2');
  });

  it('tells versions apart whose numbering restarted, by their time of creation', async () => {
    const first = await world.store.publish(publication(1, ABSENT));
    world.admin('DELETE', `secret/metadata/${PATH}`);
    await expect.poll(() => Date.now() > Date.parse(first.createdTime ?? '')).toBe(true);
    const second = await world.store.publish(publication(2, ABSENT));
    expect(second.version).toBe(first.version);
    expect(second.createdTime).not.toBe(first.createdTime);
  });

  it('writes values that are no text back as what they were', async () => {
    world.admin('POST', `secret/data/${PATH}`, { data: { port: 5432, tags: ['a'], user: 'x' } });
    const value = await world.store.read(PATH);
    expect(plain(value)).toEqual({ port: '5432', tags: '["a"]', user: 'x' });
    const fields = { ...value?.fields, key: new SecretValue(KEYS[0]) };
    await world.store.publish({ path: PATH, fields, marker: markerAt(1), base: { type: 'Version', version: '1' } });
    const { APIKEYROTATION_MARKER: _, ...served } = world.engine.serving('secret', PATH) ?? {};
    expect(served).toEqual({ port: 5432, tags: ['a'], user: 'x', key: KEYS[0] });
  });

  it('encodes each segment of a path', async () => {
    const path = 'team a/50%/key?list=true#x&y';
    await world.store.publish(publication(1, ABSENT, path));
    expect(world.engine.ledger.map((entry) => entry.path)).toEqual([path]);
    expect(plain(await world.store.read(path))?.key).toBe(KEYS[0]);
  });

  it.each<[string, object, string, string]>([
    ['keeps one version only', { max_versions: 1 }, 'VaultTooFewVersions', 'max_versions=10'],
    ['deletes versions by itself', { delete_version_after: '720h' }, 'VaultVersionsExpire', 'delete_version_after=0s'],
  ])('refuses a mount that %s, and says what to run', async (_, config, reason, remedy) => {
    world.admin('POST', 'secret/config', config);
    const error = await errorOf(world.store.check());
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(remedy);
  });

  it('refuses KV version 1, and says what to run', async () => {
    world.engine.setPolicy('operator', [{ path: 'old/*', capabilities: ['read'] }]);
    const error = await errorOf(world.storeWith({ mount: 'old' }).check());
    expect(error.reason).toBe('VaultVersionOne');
    expect(error.message).toContain('vault kv enable-versioning old');
  });

  it('refuses a key whose versions Vault would delete by itself', async () => {
    world.admin('POST', `secret/metadata/${PATH}`, { delete_version_after: '24h' });
    await world.store.publish(publication(1, ABSENT));
    const error = await errorOf(world.store.read(PATH));
    expect(error.reason).toBe('VaultVersionsExpire');
    expect(error.message).toContain('vault kv undelete -mount=secret -versions=1');
  });

  it.each<[Operation, string]>([
    ['mounts', 'describe the mount'],
    ['config', 'read the settings'],
  ])('fails its check when %s may not be read, and says what was asked', async (operation, asked) => {
    world.engine.faults.plan(operation, answers(403, 'permission denied'));
    const error = await errorOf(world.store.check());
    expect(error.outcome).toBe('denied');
    expect(error.message).toContain(asked);
  });

  it.each(['vault:8200', 'ftp://vault', 'http://user:pw@vault', 'http://vault/path', 'http://vault?x=1'])(
    'refuses the url %s',
    (url) => {
      expect(() => world.storeWith({ url })).toThrow('the url of a Vault store will not do');
    },
  );

  it('has one address for one place', () => {
    const same = { url: `${world.url}/`, mount: '/secret/' };
    expect(world.storeWith(same).address).toBe(world.store.address);
    expect(world.storeWith({ namespace: 'team-a/' }).address).toBe(`vault:${world.url}/team-a/secret`);
  });

  it('logs in with a JWT, once for many calls at a time', async () => {
    let logins = 0;
    const jwt = async () => {
      logins += 1;
      return new SecretValue(JWT);
    };
    const store = world.storeWith({ auth: { type: 'JWT', mount: 'jwt', role: 'operator', jwt } });
    await Promise.all([store.check(), store.read('a'), store.read('b')]);
    await store.publish(publication(1, ABSENT));
    expect(logins).toBe(1);
  });

  it.each([
    ['another role', 'nobody', JWT],
    ['another JWT', 'operator', 'jwt-of-somebody-else'],
  ])('says that the login was refused, with %s', async (_, role, jwt) => {
    const store = world.storeWith({ auth: { type: 'JWT', mount: 'jwt', role, jwt: async () => new SecretValue(jwt) } });
    const error = await errorOf(store.publish(publication(1, ABSENT)));
    expect([error.outcome, error.reason]).toEqual(['denied', 'VaultLoginRefused']);
    expect(error.message).not.toContain(jwt);
  });
});
