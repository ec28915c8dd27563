import { describe, expect, it } from 'vitest';
import type { RotationStatus } from '../../../src/api/types.ts';
import { assessConsumers } from '../../../src/evidence/assess-consumers.ts';
import { podView } from '../../../src/evidence/pod-view.ts';
import { CallError } from '../../../src/http/call-error.ts';
import {
  AT_REST,
  addPod,
  createWorld,
  migrating,
  NEW,
  NEW_KEY,
  OLD,
  OLD_KEY,
  prove,
  proving,
  reporting,
  rollingBack,
  rotation,
  TOKEN,
} from './reports-world.ts';

const API = reporting('api', 'api');
const BATCH = proving('batch');
const MIGRATING = rotation([API, BATCH], migrating(['api', 'batch']));
const BOTH = { name: 'api', evidence: [...API.evidence, ...BATCH.evidence] };

describe('a report of the new key during a migration', () => {
  it('costs one TokenReview, one pod GET and one write, and is answered after the record stands', async () => {
    const world = createWorld(MIGRATING);
    const { status, body } = await world.report({ fingerprint: NEW });
    expect(status).toBe(200);
    expect(body).toEqual({
      uid: 'rotation-uid',
      revision: 2,
      consumer: 'api',
      fingerprint: NEW,
      state: 'Migrated',
      recorded: ['Report'],
    });
    expect(world.kube.calls).toEqual(['POST tokenreviews', 'GET pods', 'POST migrationreports']);
    expect(world.liveLooks).toBe(0);
    expect(world.records().map(({ spec }) => spec)).toEqual([
      {
        rotationRef: { name: 'payments', uid: 'rotation-uid' },
        revision: 2,
        consumer: 'api',
        type: 'Report',
        fingerprint: NEW,
        reporter: { username: 'system:serviceaccount:team:api', podName: 'api-1', podUID: 'uid-of-api-1' },
        reportedAt: '2030-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('is what the assessment counts', async () => {
    const world = createWorld(rotation([BOTH], migrating(['api'])));
    await world.report({ fingerprint: NEW, proof: prove('api') });
    const [assessment] = assessConsumers({
      namespace: 'team',
      rotationName: 'payments',
      uid: 'rotation-uid',
      revision: 2,
      fingerprint: NEW,
      publishedAt: '2030-01-01T00:00:05Z',
      rollouts: new Map(),
      consumers: [BOTH],
      statuses: [],
      reports: world.records(),
      pods: world.kube.all('pods').map(podView),
      usage: undefined,
      guard: undefined,
    });
    expect(assessment).toMatchObject({ state: 'Migrated' });
  });

  it('writes nothing when the cached record says the same', async () => {
    const world = createWorld(MIGRATING);
    await world.report({ fingerprint: NEW });
    world.cachedReport = world.records()[0];
    world.kube.calls.length = 0;
    await world.clock.advance(300_000);
    expect((await world.report({ fingerprint: NEW })).body).toMatchObject({ state: 'Migrated', recorded: ['Report'] });
    expect(world.kube.calls).toEqual(['POST tokenreviews', 'GET pods']);
  });

  it('finds out that the record stands already when the cache does not know it', async () => {
    const world = createWorld(MIGRATING);
    await world.report({ fingerprint: NEW });
    expect((await world.report({ fingerprint: NEW })).body).toMatchObject({ state: 'Migrated' });
    expect(world.kube.calls.slice(-2)).toEqual(['POST migrationreports', 'GET migrationreports']);
    expect(world.records()).toHaveLength(1);
  });

  it('overwrites the record of the revision before, also when the cached version of it is old', async () => {
    const world = createWorld(MIGRATING);
    await world.report({ fingerprint: NEW });
    const [record] = world.records();
    world.cachedReport = record && { ...record, metadata: { ...record.metadata, resourceVersion: '0' } };
    world.cached = world.live = rotation([API], migrating(['api'], 3));
    expect((await world.report({ fingerprint: NEW })).body).toMatchObject({ state: 'Migrated', revision: 3 });
    expect(world.records().map(({ spec }) => spec.revision)).toEqual([3]);
  });

  it('never overwrites a record of a higher revision: it looks live and records what holds now', async () => {
    const world = createWorld(rotation([API], migrating(['api'], 3)));
    await world.report({ fingerprint: NEW });
    world.cached = MIGRATING;
    expect((await world.report({ fingerprint: NEW })).body).toMatchObject({ state: 'Migrated', revision: 3 });
    expect(world.records().map(({ spec }) => spec.revision)).toEqual([3]);
  });

  it('is not called migrated when the write failed', async () => {
    const world = createWorld(MIGRATING);
    const error = new CallError('unknown', 'RequestTimedOut', `body of ${NEW_KEY.reveal()}`);
    world.kube.failNext = { call: 'POST migrationreports', error };
    const { status, headers, text } = await world.report({ fingerprint: NEW });
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('2');
    expect(text).not.toContain('body of');
    expect(world.failures).toEqual([error]);
  });
});

describe('a report of another key', () => {
  it('is Current and writes nothing when no rotation runs', async () => {
    const world = createWorld(rotation([API], AT_REST));
    const { status, body } = await world.report({ fingerprint: NEW });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'Current', revision: 2, fingerprint: NEW, recorded: [] });
    expect(world.records()).toEqual([]);
  });

  it('is Current while the new key is not published yet', async () => {
    const world = createWorld(rotation([API], without(migrating(['api']), ['newKey', 'publishedAt'])));
    expect((await world.report({ fingerprint: OLD })).body).toMatchObject({ state: 'Current', revision: 1 });
    expect((await world.report({ fingerprint: NEW })).status).toBe(425);
  });

  it('is Current when the first key has nothing to replace', async () => {
    const { current, ...first } = without(migrating(['api']), ['oldKey']);
    expect(current?.fingerprint).toBe(OLD);
    const world = createWorld(rotation([API], first));
    expect((await world.report({ fingerprint: NEW })).body).toMatchObject({ state: 'Current' });
    expect(world.records()).toEqual([]);
  });

  it('is Superseded for the old key, and says which one to use', async () => {
    const world = createWorld(MIGRATING);
    const { status, body } = await world.report({ fingerprint: OLD });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'Superseded', fingerprint: NEW, recorded: [] });
    expect(world.records()).toEqual([]);
  });

  it('is not called Superseded by an old view of a rotation that was rolled back since', async () => {
    const world = createWorld(MIGRATING);
    world.live = rotation([API], rollingBack({ isPublished: true }));
    const { status, body } = await world.report({ fingerprint: OLD });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'Migrated', fingerprint: OLD, revision: 3, recorded: ['Report'] });
  });

  it('comes too early while a roll back publishes it again, since nobody can tell when it was loaded', async () => {
    const world = createWorld(rotation([API], rollingBack({ isPublished: false })));
    const { status, headers } = await world.report({ fingerprint: OLD });
    expect([status, headers['retry-after']]).toEqual([425, '1']);
    expect(world.records()).toEqual([]);
  });

  it('is looked up live once when the cache does not know it', async () => {
    const world = createWorld(rotation([API], { revision: 1 }));
    world.live = MIGRATING;
    expect((await world.report({ fingerprint: NEW })).body).toMatchObject({ state: 'Migrated' });
    expect(world.liveLooks).toBe(1);
  });

  it('is asked to come again when nobody knows it', async () => {
    const world = createWorld(MIGRATING);
    const { status, headers, body } = await world.report({ fingerprint: '0123456789abcdef' });
    expect([status, headers['retry-after']]).toEqual([425, '10']);
    expect(body.error.code).toBe('UnknownFingerprint');
    expect(world.liveLooks).toBe(1);
    expect(world.records()).toEqual([]);
  });

  it('is left alone when a newer operator wrote the status', async () => {
    const world = createWorld(rotation([API], { ...migrating(['api']), protocol: 2 }));
    const { status, body } = await world.report({ fingerprint: NEW });
    expect([status, body.error.code]).toEqual([503, 'UnknownProtocol']);
    expect(world.records()).toEqual([]);
  });
});

/** The status without some fields of its running rotation. */
function without(status: RotationStatus, fields: readonly string[]): RotationStatus {
  return JSON.parse(JSON.stringify(status, (name, value) => (fields.includes(name) ? undefined : value)));
}

describe('a proof', () => {
  it('needs no bearer and is recorded without a reporter', async () => {
    const world = createWorld(MIGRATING);
    const { body } = await world.report({ consumer: 'batch', fingerprint: NEW, proof: prove('batch') }, {});
    expect(body).toMatchObject({ state: 'Migrated', consumer: 'batch', recorded: ['Proof'] });
    expect(world.kube.calls).toEqual(['POST migrationreports']);
    expect(world.records()[0]?.spec).not.toHaveProperty('reporter');
  });

  it.each([
    ['of the old key', prove('batch', 2, OLD_KEY)],
    ['of the old revision', prove('batch', 1)],
    ['of another consumer', prove('api')],
    ['made up', '0'.repeat(64)],
  ])('%s is refused and writes nothing', async (_what, proof) => {
    const world = createWorld(MIGRATING);
    const { status, body, text } = await world.report({ consumer: 'batch', fingerprint: NEW, proof }, {});
    expect([status, body.error.code]).toEqual([403, 'WrongProof']);
    expect(text).not.toContain(proof);
    expect(world.records()).toEqual([]);
  });

  it('that is wrong spoils a report that would count without it', async () => {
    const world = createWorld(MIGRATING);
    expect((await world.report({ fingerprint: NEW, proof: '0'.repeat(64) })).status).toBe(403);
    expect(world.records()).toEqual([]);
  });

  it('for a consumer added just now comes too early until its hash is in status', async () => {
    const world = createWorld(rotation([API, BATCH], migrating(['api'])));
    const proof = { consumer: 'batch', fingerprint: NEW, proof: prove('batch') };
    expect((await world.report(proof, {})).body.error.code).toBe('ProofNotReady');
    world.live = MIGRATING;
    expect((await world.report(proof, {})).body).toMatchObject({ state: 'Migrated' });
  });

  it('alone is no report of a consumer that gives reports', async () => {
    const world = createWorld(MIGRATING);
    const { status, body } = await world.report({ consumer: 'api', fingerprint: NEW, proof: prove('api') }, {});
    expect([status, body.error.code]).toEqual([401, 'TokenNeeded']);
    expect(world.records()).toEqual([]);
  });

  it('cannot be replaced by a token', async () => {
    const world = createWorld(MIGRATING);
    const { status, body } = await world.report({ consumer: 'batch', fingerprint: NEW });
    expect([status, body.error.code]).toEqual([400, 'ProofNeeded']);
    expect(world.records()).toEqual([]);
  });

  it('together with a token gives both records of a consumer that needs both', async () => {
    const world = createWorld(rotation([BOTH], migrating(['api'])));
    const { body } = await world.report({ fingerprint: NEW, proof: prove('api') });
    expect(body).toMatchObject({ state: 'Migrated', recorded: ['Report', 'Proof'] });
    expect(world.records().map(({ spec }) => spec.type)).toEqual(['Report', 'Proof']);
  });

  it('is recorded once, whichever pod gives it', async () => {
    const world = createWorld(rotation([BOTH], migrating(['api'])));
    addPod(world.kube, 'api-2', 'api', 'dddd.eeee.ffff');
    await world.report({ fingerprint: NEW, proof: prove('api') });
    await world.report({ fingerprint: NEW, proof: prove('api') }, { authorization: 'Bearer dddd.eeee.ffff' });
    expect(world.records().map(({ spec }) => spec.type)).toEqual(['Report', 'Proof', 'Report']);
  });
});

describe('the consumer that a pod speaks for', () => {
  const WEB = reporting('web', 'api', { app: 'web' });
  const ALL = reporting('all', 'api');

  it('is found by ServiceAccount and labels', async () => {
    const world = createWorld(rotation([WEB, ALL, BATCH], migrating(['web', 'all'])));
    expect((await world.report({ fingerprint: NEW })).body).toMatchObject({ consumer: 'all' });
  });

  it('must be named when there are several', async () => {
    const world = createWorld(rotation([WEB, ALL], migrating(['web', 'all'])));
    addPod(world.kube, 'api-1', 'api', TOKEN, { app: 'web' });
    const { status, body } = await world.report({ fingerprint: NEW });
    expect([status, body.error.code]).toEqual([400, 'ConsumerAmbiguous']);
    expect(body.error.message).toContain('web, all');
    expect((await world.report({ fingerprint: NEW, consumer: 'web' })).body).toMatchObject({ consumer: 'web' });
  });

  it.each<[string, object, number, string]>([
    ['whose ServiceAccount is another', { consumer: 'other' }, 403, 'NotAConsumer'],
    ['that nobody declared', { consumer: 'nobody' }, 403, 'NoSuchConsumer'],
    ['whose labels the pod lacks', { consumer: 'web' }, 403, 'NotAConsumer'],
  ])('cannot be one %s', async (_what, body, status, code) => {
    const world = createWorld(rotation([WEB, ALL, reporting('other', 'other')], migrating([])));
    const answer = await world.report({ fingerprint: NEW, ...body });
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(world.records()).toEqual([]);
  });

  it('is refused to a pod that is of no consumer', async () => {
    const world = createWorld(rotation([reporting('other', 'other')], migrating(['other'])));
    expect((await world.report({ fingerprint: NEW })).body.error.code).toBe('NotAConsumer');
  });
});

describe('the question which key to use', () => {
  it('is answered Pending, and Migrated after the report', async () => {
    const world = createWorld(MIGRATING);
    const expected = { uid: 'rotation-uid', revision: 2, consumer: 'api', fingerprint: NEW };
    expect((await world.ask()).body).toEqual({ ...expected, state: 'Pending' });
    await world.report({ fingerprint: NEW });
    world.cachedReport = world.records()[0];
    expect((await world.ask()).body).toEqual({ ...expected, state: 'Migrated' });
  });

  it('is answered Current at rest', async () => {
    const world = createWorld(rotation([API], AT_REST));
    expect((await world.ask('?consumer=api')).body).toMatchObject({ state: 'Current', fingerprint: NEW });
  });

  it('is put off before the first key', async () => {
    const { status, headers } = await createWorld(rotation([API], {})).ask();
    expect([status, headers['retry-after']]).toEqual([425, '10']);
  });

  it('is refused to whoever shows no token', async () => {
    expect((await createWorld(MIGRATING).ask('', {})).status).toBe(401);
  });

  it('is refused for a rotation that does not exist', async () => {
    expect((await createWorld(undefined).ask()).body.error.code).toBe('NoSuchRotation');
  });
});
