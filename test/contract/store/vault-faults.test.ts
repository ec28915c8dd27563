import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { KeyStore } from '../../../src/stores/port.ts';
import type { ToleratedSetting } from '../../../src/stores/vault/vault-store.ts';
import type { ApiProxy, CannedAnswer, Matching } from '../../e2e/components/api-proxy.ts';
import type { NotServing } from '../vault-kv/vault-stand.ts';
import { errorOf, KEYS, markerAt, PATH, plain, publication } from './store-contract.ts';
import { createImpatientTransport, isWrite, policyFor, setUpVault, type VaultWorld } from './vault-world.ts';

const ABSENT = { type: 'Absent' } as const;

/** What the proxy is told for calls that match. */
type Fault = (proxy: ApiProxy, matching: Matching) => void;

const failure = (status: number, ...errors: string[]): CannedAnswer => ({ status, body: { errors } });
const answers =
  (status: number, ...errors: string[]): Fault =>
  (proxy, matching) =>
    proxy.answer(failure(status, ...errors), matching);

const isRead: Matching = ({ method, path }) => method === 'GET' && path.includes('/data/');
const isLogin: Matching = ({ path }) => path.endsWith('/login');
const isLookUp: Matching = ({ path }) => path.endsWith('/lookup-self');

const everyCall = (store: KeyStore) => [
  () => store.read(PATH),
  () => store.publish(publication(1, ABSENT)),
  () => store.check(),
];

describe('Vault as a store, when Vault will not', () => {
  let world: VaultWorld;
  beforeEach(async () => {
    world = await setUpVault();
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
    ['474', answers(474), 'unavailable', 'VaultStandby'],
    ['501', answers(501), 'unavailable', 'VaultNotInitialized'],
    ['530', answers(530), 'unavailable', 'VaultUnavailable'],
    [
      '307',
      (proxy, matching) => proxy.answer({ status: 307, headers: { Location: 'http://x/' } }, matching),
      'unavailable',
      'VaultStandby',
    ],
    ['503 of a proxy', answers(503), 'unavailable', 'VaultUnavailable'],
    ['400', answers(400, `cannot store ${KEYS[0]}`), 'refused', 'VaultRequestRefused'],
    ['403', answers(403, `permission denied for ${KEYS[0]}`), 'denied', 'VaultPermissionDenied'],
    ['405', answers(405, 'unsupported operation'), 'refused', 'VaultMountUnsuitable'],
    ['500', answers(500, `internal error near ${KEYS[0]}`), 'unknown', 'ServerError'],
    ['502', answers(502), 'unknown', 'ServerError'],
    ['cut connection before', (proxy, matching) => proxy.drop(matching), 'unknown', 'ConnectionLost'],
  ])('names a write that meets %s', async (_, fault, outcome, reason) => {
    fault(world.proxy, isWrite);
    const error = await errorOf(world.store.publish(publication(1, ABSENT)));
    expect([error.outcome, error.reason]).toEqual([outcome, reason]);
  });

  it.each<[string, Fault]>([
    ['silence', (proxy, matching) => proxy.freeze(matching)],
    ['a late answer', (proxy, matching) => proxy.delay(5_000, matching)],
  ])('leaves open whether a write was done that meets %s', async (_, fault) => {
    const transport = createImpatientTransport(1_000);
    const store = world.storeWith({ connect: async () => transport });
    fault(world.proxy, isWrite);
    const error = await errorOf(store.publish(publication(1, ABSENT)));
    expect([error.outcome, error.reason]).toEqual(['unknown', 'RequestTimedOut']);
    await transport.close();
  });

  // One that was never initialized says that it is sealed: vault-kv/kv-contract.ts.
  it.each<NotServing>(['Sealed', 'Uninitialized'])('says that Vault is sealed while it is %s', async (state) => {
    const store = world.storeWith({ url: await world.stand.notServing(state) });
    for (const call of everyCall(store)) {
      const error = await errorOf(call());
      expect([error.outcome, error.reason]).toEqual(['unavailable', 'VaultSealed']);
    }
  });

  it('says unavailable while Vault is a disaster recovery secondary, for reads and writes alike', async () => {
    world.proxy.answer(failure(472, 'path disabled in replication DR secondary mode'));
    for (const call of everyCall(world.store)) {
      const error = await errorOf(call());
      expect([error.outcome, error.reason]).toEqual(['unavailable', 'VaultStandby']);
    }
  });

  it('says unavailable when a rate limit quota is used up', async () => {
    await world.stand.limitReads(world.mount);
    await world.store.read(PATH).catch(() => undefined);
    const error = await errorOf(world.store.read(PATH));
    expect([error.outcome, error.reason]).toEqual(['unavailable', 'VaultRateLimited']);
  });

  it('hands on how long Vault wants to be left alone', async () => {
    world.proxy.answer({ ...failure(429), headers: { 'Retry-After': '7' } }, isRead);
    expect((await errorOf(world.store.read(PATH))).retryAfterSeconds).toBe(7);
  });

  it('does not take a question without an answer for an effect in doubt', async () => {
    world.proxy.drop(isRead);
    expect((await errorOf(world.store.read(PATH))).outcome).toBe('unavailable');
  });

  it.each<[string, Matching]>([
    ['login', isLogin],
    ['look-up of its token', isLookUp],
  ])('does not take a lost answer to a %s for a write in doubt', async (name, matching) => {
    world.proxy.loseAnswers(matching);
    const store = name === 'login' ? world.storeWith({ auth: world.jwtAuth() }) : world.store;
    expect((await errorOf(store.publish(publication(1, ABSENT)))).outcome).toBe('unavailable');
    expect(await world.writes(PATH)).toBe(0);
  });

  it('does not take a 404 of a missing mount or of a proxy for an absent path', async () => {
    const token = async () => new SecretValue(world.stand.rootToken);
    const elsewhere = world.storeWith({ mount: 'nowhere', auth: { type: 'Token', token } });
    expect((await errorOf(elsewhere.read(PATH))).reason).toBe('VaultMountMissing');
    world.proxy.answer({ status: 404 }, isRead, 1);
    expect((await errorOf(world.store.read(PATH))).reason).toBe('VaultMountMissing');
  });

  it('says unavailable when nobody listens, and unknown never before sending', async () => {
    const store = world.storeWith({ url: world.proxy.url.replace('127.0.0.1', 'vault.invalid') });
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
    world.proxy.answer({ status: 307, headers: { Location } });
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
    await world.admin('DELETE', `data/${PATH}`);
    const deleted = await world.store.read(PATH);
    expect([deleted?.version, plain(deleted), deleted?.marker]).toEqual(['1', {}, undefined]);
    expect((await errorOf(world.store.publish(publication(2, ABSENT)))).outcome).toBe('conflict');
    await world.store.publish(publication(2, { type: 'Version', version: '1' }));
    await world.admin('POST', `destroy/${PATH}`, { versions: [2] });
    expect((await world.store.read(PATH))?.version).toBe('2');
  });

  it('tells versions apart whose numbering restarted, by their time of creation', async () => {
    const first = await world.store.publish(publication(1, ABSENT));
    await world.admin('DELETE', `metadata/${PATH}`);
    await expect.poll(() => Date.now() > Date.parse(first.createdTime ?? '')).toBe(true);
    const second = await world.store.publish(publication(2, ABSENT));
    expect(second.version).toBe(first.version);
    expect(second.createdTime).not.toBe(first.createdTime);
  });

  it('writes values that are no text back as what they were', async () => {
    await world.admin('POST', `data/${PATH}`, { data: { port: 5432, tags: ['a'], user: 'x' } });
    const value = await world.store.read(PATH);
    expect(plain(value)).toEqual({ port: '5432', tags: '["a"]', user: 'x' });
    const fields = { ...value?.fields, key: new SecretValue(KEYS[0]) };
    await world.store.publish({ path: PATH, fields, marker: markerAt(1), base: { type: 'Version', version: '1' } });
    const { APIKEYROTATION_MARKER: _, ...served } = (await world.admin('GET', `data/${PATH}`)).data.data as object & {
      APIKEYROTATION_MARKER: string;
    };
    expect(served).toEqual({ port: 5432, tags: ['a'], user: 'x', key: KEYS[0] });
  });

  it('encodes each segment of a path', async () => {
    const path = 'team a/50%/key?list=true#x&y';
    await world.store.publish(publication(1, ABSENT, path));
    for (const [folder, entry] of [
      ['', 'team a/'],
      ['team%20a/', '50%/'],
      ['team%20a/50%25/', 'key?list=true#x&y'],
    ]) {
      expect((await world.admin('GET', `metadata/${folder}?list=true`)).data.keys).toEqual([entry]);
    }
    expect(plain(await world.store.read(path))?.key).toBe(KEYS[0]);
  });

  it.each<[string, object, string, string]>([
    ['keeps one version only', { max_versions: 1 }, 'VaultTooFewVersions', 'max_versions=10'],
    ['deletes versions by itself', { delete_version_after: '720h' }, 'VaultVersionsExpire', 'delete_version_after=0s'],
  ])('refuses a mount that %s, and says what to run', async (_, config, reason, remedy) => {
    await world.admin('POST', 'config', config);
    const error = await errorOf(world.store.check());
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(remedy);
  });

  it.each<[string, object, ToleratedSetting]>([
    ['keeps one version only', { max_versions: 1 }, 'MaxVersions'],
    ['deletes versions by itself', { delete_version_after: '720h' }, 'DeleteVersionAfter'],
  ])('takes a mount that %s where that is borne, and then alone', async (_, config, setting) => {
    await world.admin('POST', 'config', config);
    const others = (['MaxVersions', 'DeleteVersionAfter'] as const).filter((other) => other !== setting);
    expect((await errorOf(world.storeWith({ tolerate: others }).check())).outcome).toBe('refused');
    const store = world.storeWith({ tolerate: [setting] });
    await store.check();
    await store.publish(publication(1, ABSENT));
    expect(plain(await store.read(PATH))?.key).toBe(KEYS[0]);
  });

  it('writes where the mount requires check-and-set', async () => {
    await world.admin('POST', 'config', { cas_required: true });
    await world.store.check();
    const first = await world.store.publish(publication(1, ABSENT));
    await world.store.publish(publication(2, { type: 'Version', version: first.version }));
    expect(plain(await world.store.read(PATH))?.key).toBe(KEYS[1]);
  });

  it('reads what it wrote, whichever node of a cluster it asks', async () => {
    const written = Buffer.from('v1:cluster:12:0:0a1b').toString('base64');
    const data = { version: 1, created_time: '2026-01-01T00:00:00Z', deletion_time: '' };
    world.proxy.answer({ status: 200, body: { data }, headers: { 'X-Vault-Index': written } }, isWrite, 1);
    const asked: unknown[] = [];
    world.proxy.answer(
      failure(412, 'required index state not present'),
      (request) => isRead(request) && asked.push(request.headers['x-vault-index']) > 1,
    );
    await world.store.read(PATH);
    await world.store.publish(publication(1, ABSENT));
    expect((await errorOf(world.store.read(PATH))).reason).toBe('VaultStateNotPresent');
    expect(asked).toEqual([undefined, written]);
  });

  it('asks in its namespace, also when it logs in', async () => {
    const asked: unknown[] = [];
    const note: Matching = ({ headers }) => {
      asked.push(headers['x-vault-namespace']);
      return false;
    };
    world.proxy.drop(note);
    await world
      .storeWith({ auth: world.logins.AppRole(), namespace: 'team-a/payments' })
      .check()
      .catch(() => {});
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked)).toEqual(new Set(['team-a/payments']));
  });

  it('takes a mount that keeps its versions whatever their keys say', async () => {
    await world.admin('POST', 'config', { delete_version_after: '-1s' });
    await expect(world.store.check()).resolves.toBeUndefined();
  });

  it('refuses KV version 1, and says what to run', async () => {
    const mount = await world.stand.mountKv(1);
    await world.stand.setPolicy([{ path: `${mount}/*`, capabilities: ['read'] }]);
    const error = await errorOf(world.storeWith({ mount }).check());
    expect(error.reason).toBe('VaultVersionOne');
    expect(error.message).toContain(`vault kv enable-versioning ${mount}`);
  });

  it('refuses a key whose versions Vault would delete by itself', async () => {
    await world.admin('POST', `metadata/${PATH}`, { delete_version_after: '24h' });
    await world.store.publish(publication(1, ABSENT));
    const error = await errorOf(world.store.read(PATH));
    expect(error.reason).toBe('VaultVersionsExpire');
    expect(error.message).toContain(`vault kv undelete -mount=${world.mount} -versions=1`);
  });

  it('finds a former key also in a version that Vault will delete by itself', async () => {
    await world.admin('POST', `metadata/${PATH}`, { delete_version_after: '24h' });
    const { version } = await world.store.publish(publication(1, ABSENT));
    await world.admin('POST', `metadata/${PATH}`, { delete_version_after: '0s' });
    await world.store.publish(publication(2, { type: 'Version', version }));
    const former = { fingerprint: fingerprint(new SecretValue(KEYS[0])), keyField: 'key', version };
    expect((await world.store.readReplaced(PATH, former))?.reveal()).toBe(KEYS[0]);
  });

  it.each<[string, (mount: string) => Parameters<VaultWorld['stand']['setPolicy']>[0], string]>([
    ['the mount', () => [], 'describe the mount'],
    ['its settings', (mount) => policyFor(mount, { config: false }), 'read the settings'],
  ])('fails its check when its policy does not reach %s, and says what was asked', async (_, policy, asked) => {
    await world.stand.setPolicy(policy(world.mount));
    const error = await errorOf(world.store.check());
    expect([error.outcome, error.reason]).toEqual(['denied', 'VaultPermissionDenied']);
    expect(error.message).toContain(asked);
  });

  it.each(['vault:8200', 'ftp://vault', 'http://user:pw@vault', 'http://vault/path', 'http://vault?x=1'])(
    'refuses the url %s',
    (url) => {
      expect(() => world.storeWith({ url })).toThrow('the url of a Vault store will not do');
    },
  );

  it('has one address for one place', () => {
    const { url } = world.proxy;
    const same = { url: `${url}/`, mount: `/${world.mount}/` };
    expect(world.storeWith(same).address).toBe(world.store.address);
    expect(world.storeWith({ namespace: 'team-a/' }).address).toBe(`vault:${url}/team-a/${world.mount}`);
  });
});
