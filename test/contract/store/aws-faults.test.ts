import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { Base } from '../../../src/stores/port.ts';
import type { ApiProxy, CannedAnswer, Matching } from '../../e2e/components/api-proxy.ts';
import { type AwsWorld, calls, hastyClock, isWrite, setUpAws } from './aws-world.ts';
import { errorOf, formerKey, KEYS, markerAt, PATH, plain, publication, retiring } from './store-contract.ts';
import { createImpatientTransport } from './vault-world.ts';

const ABSENT = { type: 'Absent' } as const;

/** What the proxy is told for calls that match. */
type Fault = (proxy: ApiProxy, matching: Matching) => void;

const failure = (name: string, words = '', status = 400): CannedAnswer => ({
  status,
  body: { __type: name, message: `${words} ${KEYS[0]}` },
});
const answers =
  (name: string, words?: string, status?: number): Fault =>
  (proxy, matching) =>
    proxy.answer(failure(name, words, status), matching);

const isMove = calls('UpdateSecretVersionStage');
const isPut = calls('PutSecretValue');
const isRead = calls('GetSecretValue');
const isDescription = calls('DescribeSecret');

describe('AWS Secrets Manager as a store, when AWS will not', () => {
  let world: AwsWorld;
  beforeEach(async () => {
    world = await setUpAws();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await world.close();
  });

  const served = async () => plain(await world.store.read(PATH))?.key;
  const over = (version: string): Base => ({ type: 'Version', version });
  const publishFirst = async () => (await world.store.publish(publication(1, ABSENT))).version;

  it.each<[string, Fault, string, string]>([
    ['too many calls', answers('ThrottlingException', 'Rate exceeded'), 'unavailable', 'AWSThrottled'],
    ['a secret that it does not know yet', answers('ResourceNotFoundException'), 'unavailable', 'AWSReadsLate'],
    ['a missing permission', answers('AccessDeniedException', 'not authorized'), 'denied', 'AWSAccessDenied'],
    ['a missing permission on the key', answers('AccessDeniedException', 'to KMS is not'), 'denied', 'AWSKeyUnusable'],
    ['a disabled key', answers('EncryptionFailure'), 'denied', 'AWSKeyUnusable'],
    ['an access key that is gone', answers('UnrecognizedClientException'), 'denied', 'AWSCredentialRefused'],
    ['an expired credential', answers('ExpiredTokenException'), 'denied', 'AWSCredentialExpired'],
    ['a region that is off', answers('OptInRequired'), 'refused', 'AWSRegionDisabled'],
    ['a deletion that is scheduled', answers('InvalidRequestException', 'for deletion'), 'refused', 'AWSSecretDeleted'],
    ['a full secret', answers('LimitExceededException'), 'refused', 'AWSLimitExceeded'],
    ['a request that it does not take', answers('InvalidParameterException'), 'refused', 'AWSRequestRefused'],
    ['another value under its id', answers('ResourceExistsException'), 'conflict', 'AWSVersionExists'],
    ['an internal failure', answers('InternalServiceError', '', 500), 'unknown', 'ServerError'],
    ['a gateway', answers('', '', 502), 'unknown', 'ServerError'],
    ['a load balancer', answers('', '', 503), 'unavailable', 'ServiceUnavailable'],
    [
      'an answer that says nothing',
      (proxy, matching) => proxy.answer({ status: 200, body: {} }, matching),
      'unknown',
      'UnusableAnswer',
    ],
    ['a cut connection', (proxy, matching) => proxy.drop(matching), 'unknown', 'ConnectionLost'],
  ])('names a write that meets %s', async (_, fault, outcome, reason) => {
    fault(world.proxy, isPut);
    const error = await errorOf(world.store.publish(publication(1, ABSENT)));
    expect([error.outcome, error.reason]).toEqual([outcome, reason]);
  });

  it('leaves open whether a write was done that meets silence', async () => {
    const transport = createImpatientTransport(500);
    world.proxy.freeze(isPut);
    const error = await errorOf(world.storeWith({ transport }).publish(publication(1, ABSENT)));
    expect([error.outcome, error.reason]).toEqual(['unknown', 'RequestTimedOut']);
    await transport.close();
  });

  it('hands on how long AWS wants to be left alone', async () => {
    world.proxy.answer({ ...failure('ThrottlingException'), headers: { 'Retry-After': '7' } }, isDescription);
    expect((await errorOf(world.store.read(PATH))).retryAfterSeconds).toBe(7);
  });

  it('leaves AWS alone for a second where it says that there were too many calls, and not for how long', async () => {
    world.proxy.answer(failure('ThrottlingException'), isDescription);
    expect((await errorOf(world.store.read(PATH))).retryAfterSeconds).toBe(1);
  });

  it.each<[string, Fault]>([
    ['no answer comes', (proxy, matching) => proxy.loseAnswers(matching, 1)],
    [
      'the answer is a failure',
      (proxy, matching) => proxy.answer(failure('InternalServiceError', '', 500), matching, 1),
    ],
  ])('serves the old key when %s to the write of a version, and makes no second one', async (_, fault) => {
    const first = await publishFirst();
    fault(world.proxy, isPut);
    expect((await errorOf(world.store.publish(retiring(2, over(first))))).outcome).toBe('unknown');
    expect(await served()).toBe(KEYS[0]);
    await world.store.publish(retiring(2, over(first)));
    expect(await served()).toBe(KEYS[1]);
    expect(Object.keys(await world.labels(PATH))).toHaveLength(2);
  });

  it('says unknown when the answer to the move of AWSCURRENT is lost, and shows its marker to whoever looks', async () => {
    const first = await publishFirst();
    world.proxy.loseAnswers(isMove, 1);
    expect((await errorOf(world.store.publish(retiring(2, over(first))))).outcome).toBe('unknown');
    expect((await world.store.read(PATH))?.marker).toEqual(markerAt(2));
  });

  it('says unavailable when the move never went out, and serves the old key', async () => {
    const first = await publishFirst();
    world.proxy.answer(failure('ThrottlingException'), isMove, 1);
    expect((await errorOf(world.store.publish(retiring(2, over(first))))).outcome).toBe('unavailable');
    expect(await served()).toBe(KEYS[0]);
  });

  it('looks again where what it wrote cannot be read yet', async () => {
    const first = await publishFirst();
    world.proxy.answer(failure('ResourceNotFoundException'), isRead, 2);
    await world.storeWith({ clock: hastyClock }).publish(retiring(2, over(first)));
    expect(await served()).toBe(KEYS[1]);
  });

  it('serves nothing that it could not read back', async () => {
    const first = await publishFirst();
    world.proxy.answer(failure('ResourceNotFoundException'), isRead);
    const error = await errorOf(world.storeWith({ clock: hastyClock }).publish(retiring(2, over(first))));
    expect([error.outcome, error.reason]).toEqual(['unavailable', 'AWSReadsLate']);
    world.proxy.pass();
    expect(await served()).toBe(KEYS[0]);
  });

  it('leaves open what a first version did that cannot be read back: it is served at once', async () => {
    world.proxy.answer(failure('InternalServiceError', '', 500), isRead);
    expect((await errorOf(world.store.publish(publication(1, ABSENT)))).outcome).toBe('unknown');
  });

  it.each<[string, object, string, string]>([
    ['is scheduled for deletion', { DeletedDate: 1.7e9 }, 'AWSSecretDeleted', `restore-secret --secret-id ${PATH}`],
    ['is rotated by AWS', { RotationEnabled: true }, 'AWSSecretRotated', `cancel-rotate-secret --secret-id ${PATH}`],
    ['belongs to another service', { OwningService: 'rds' }, 'AWSSecretManaged', 'another path'],
    ['is a replica', { PrimaryRegion: 'eu-west-1' }, 'AWSSecretReplica', 'primary region'],
  ])('refuses a secret that %s, for reading and for writing', async (_, description, reason, remedy) => {
    const ARN = `arn:aws:secretsmanager:eu-north-1:${world.stand.account}:secret:${PATH}-AbCdEf`;
    world.proxy.answer({ status: 200, body: { ARN, Name: PATH, ...description } }, isDescription);
    const error = await errorOf(world.store.read(PATH));
    expect([error.outcome, error.reason]).toEqual(['refused', reason]);
    expect(error.message).toContain(remedy);
    expect((await errorOf(world.store.publish(publication(1, ABSENT)))).reason).toBe(reason);
  });

  it('refuses account and region that are not those of the store', async () => {
    await world.plant(PATH, { key: 'old' });
    const other = world.storeWith({ accountID: '999999999999' });
    for (const call of [() => other.read(PATH), () => other.check()]) {
      const error = await errorOf(call());
      expect([error.outcome, error.reason]).toEqual(['refused', 'AWSWrongAccount']);
      expect(error.message).toContain(`account ${world.stand.account}`);
    }
  });

  it('keeps regions apart', async () => {
    await publishFirst();
    const other = world.storeWith({ region: 'eu-west-1' });
    expect(await other.read(PATH)).toBeUndefined();
    await other.publish(publication(2, ABSENT));
    expect([await served(), plain(await other.read(PATH))?.key]).toEqual([KEYS[0], KEYS[1]]);
    expect([world.store.address, other.address]).toEqual([
      `aws:eu-north-1:${world.stand.account}`,
      `aws:eu-west-1:${world.stand.account}`,
    ]);
  });

  it('writes values that are no text back as what they were', async () => {
    await world.plant(PATH, { port: 5432, tags: ['a'] } as never);
    const value = await world.store.read(PATH);
    const fields = { ...value?.fields, key: new SecretValue(KEYS[0]) };
    await world.store.publish({ ...publication(1, over(value?.version ?? '')), fields });
    // Without a label moto gives out the first version.
    const { SecretString = '' } = await world.stand.admin.send(
      new GetSecretValueCommand({ SecretId: PATH, VersionStage: 'AWSCURRENT' }),
    );
    expect(JSON.parse(SecretString)).toEqual({ port: 5432, tags: ['a'], key: KEYS[0] });
  });

  it('refuses a text without fields, which a write would destroy', async () => {
    await world.plant(PATH, 'a bare text' as never);
    expect((await errorOf(world.store.read(PATH))).reason).toBe('AWSValueWithoutFields');
  });

  describe('the labels of the versions', () => {
    const ours = async (version: string) =>
      ((await world.labels(PATH))[version] ?? []).filter((text) => text.startsWith('akr'));

    it('keep the old key until it is forgotten, and the new one after that', async () => {
      const first = await publishFirst();
      const { version } = await world.store.publish(retiring(2, over(first)));
      expect(await ours(first)).toEqual(['akr/cluster-1/uid-1/1.1/k_1']);
      expect(await world.store.forgetReplaced(PATH, markerAt(2))).toBe(true);
      expect([await ours(first), await ours(version)]).toEqual([[], ['akr/cluster-1/uid-1/2.1/k_2']]);
      expect(await world.store.forgetReplaced(PATH, markerAt(2))).toBe(false);
    });

    it('keep an old key that somebody else put there', async () => {
      await world.plant(PATH, { key: KEYS[0] });
      const planted = (await world.store.read(PATH))?.version ?? '';
      await world.store.publish(retiring(2, over(planted)));
      expect(await ours(planted)).toEqual(['akr-kept/cluster-1/uid-1/2.1/k_1']);
      await world.store.forgetReplaced(PATH, markerAt(2));
      expect(await ours(planted)).toEqual([]);
    });

    it('stay when an earlier revision forgets late', async () => {
      const first = await publishFirst();
      await world.store.publish(retiring(2, over(first)));
      expect(await world.store.forgetReplaced(PATH, markerAt(1))).toBe(false);
      expect(await ours(first)).toHaveLength(1);
    });

    it('make room for as many attempts as a revision takes, and the old key stays', async () => {
      const first = await publishFirst();
      const version = async () => (await world.store.read(PATH))?.version ?? '';
      for (let attempt = 1; attempt <= 25; attempt += 1) {
        const marker = { ...markerAt(2), attempt };
        const base = over(await version());
        await world.store.publish({ ...(attempt === 1 ? retiring(2, base) : publication(2, base)), marker });
      }
      expect((await world.store.readReplaced(PATH, formerKey(1, first)))?.reveal()).toBe(KEYS[0]);
      expect(Object.values(await world.labels(PATH)).flat().length).toBeLessThanOrEqual(20);
    });
  });

  describe('logged in as a ServiceAccount', () => {
    const irsa = () => {
      const { roleARN, jwt } = world.stand;
      return world.storeWith({ auth: { type: 'IRSA', roleARN, jwt } });
    };

    it('reads and writes with the credentials of the role', async () => {
      const store = irsa();
      await store.check();
      await store.publish(publication(1, ABSENT));
      expect(await served()).toBe(KEYS[0]);
    });

    it('logs in again when its credentials have ended early', async () => {
      const store = irsa();
      await store.read(PATH);
      world.proxy.answer(failure('ExpiredTokenException'), isDescription, 1);
      await store.publish(publication(1, ABSENT));
      expect(await served()).toBe(KEYS[0]);
    });

    it('does not take a lost login for a write in doubt', async () => {
      world.proxy.loseAnswers((request) => !isWrite(request));
      expect((await errorOf(irsa().publish(publication(1, ABSENT)))).outcome).toBe('unavailable');
    });

    it('says denied when the role lets it in no more, and what to look at', async () => {
      const xml = { status: 403, body: { not: 'xml' } };
      world.proxy.answer(xml, ({ headers }) => headers['x-amz-target'] === undefined);
      const error = await errorOf(irsa().read(PATH));
      expect([error.outcome, error.reason]).toEqual(['denied', 'AWSLoginRefused']);
      expect(error.message).toContain('trust policy');
    });
  });

  it('reads a Secret again whose credential AWS refuses', async () => {
    const wrong = { accessKeyID: 'AKIAUNKNOWN', secretAccessKey: new SecretValue('wrong') };
    const held = [wrong, world.stand.credentials];
    const credentials = async () => (held.length > 1 ? (held.shift() ?? wrong) : world.stand.credentials);
    world.proxy.answer(failure('UnrecognizedClientException'), isDescription, 1);
    const store = world.storeWith({ auth: { type: 'Static', credentials } });
    expect(await store.read(PATH)).toBeUndefined();
  });

  it.each(['with a\nbreak', ''])('refuses a credential that is none (%j) without showing it', async (text) => {
    const credentials = async () => ({ accessKeyID: 'AKIA', secretAccessKey: new SecretValue(text) });
    const error = await errorOf(world.storeWith({ auth: { type: 'Static', credentials } }).read(PATH));
    expect(error.reason).toBe('InvalidCredential');
    expect(error.message).not.toContain('with a');
  });

  it('never follows a redirect, so that what was signed stays with its origin', async () => {
    const visitors: unknown[] = [];
    const thief = createServer((request, response) => {
      visitors.push(request.headers);
      response.end('{}');
    });
    await new Promise<void>((resolve) => void thief.listen(0, '127.0.0.1', resolve));
    const Location = `http://127.0.0.1:${(thief.address() as AddressInfo).port}/`;
    world.proxy.answer({ status: 307, headers: { Location } });
    const error = await errorOf(world.store.read(PATH));
    expect([error.outcome, error.reason]).toEqual(['refused', 'Redirected']);
    thief.close();
    expect(visitors).toEqual([]);
  });

  it('takes nothing from the environment', async () => {
    const names = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_SECRETS_MANAGER', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'];
    for (const name of [...names, 'HTTP_PROXY', 'http_proxy']) vi.stubEnv(name, 'http://127.0.0.1:1');
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'AWS_PROFILE'])
      vi.stubEnv(name, 'x');
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
    vi.stubEnv('AWS_MAX_ATTEMPTS', '5');
    await world.storeWith({}).publish(publication(1, ABSENT));
    expect(await served()).toBe(KEYS[0]);
  });

  it('moves nothing once it leads no more: each call that writes asks', async () => {
    const first = await publishFirst();
    let answersLeft = 1;
    const leadership = { holds: () => answersLeft-- > 0 };
    const error = await errorOf(world.storeWith({ leadership }).publish(retiring(2, over(first))));
    expect([error.outcome, error.reason]).toEqual(['unavailable', 'NotLeading']);
    expect(Object.keys(await world.labels(PATH))).toHaveLength(2);
    expect(await served()).toBe(KEYS[0]);
  });

  it('says unavailable when nobody listens, and unknown never before sending', async () => {
    const store = world.storeWith({ endpoint: world.proxy.url.replace('127.0.0.1', 'aws.invalid') });
    expect((await errorOf(store.publish(publication(1, ABSENT)))).outcome).toBe('unavailable');
  });
});
