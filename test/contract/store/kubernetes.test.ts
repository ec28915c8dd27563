import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { formatMarker, type Marker, parseMarker } from '../../../src/key/marker.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { MARKER_ANNOTATION } from '../../../src/stores/kubernetes/secret-data.ts';
import { merge } from '../kube-api/api.ts';
import { type KubernetesWorld, setUpKubernetes } from './kubernetes-world.ts';
import {
  describeStoreContract,
  errorOf,
  formerKey,
  KEYS,
  markerAt,
  PATH,
  plain,
  publication,
  retiring,
} from './store-contract.ts';

describeStoreContract('KubernetesSecret', setUpKubernetes);

describe('KubernetesSecret as a store, beyond the contract', () => {
  let world: KubernetesWorld;
  beforeEach(async () => {
    world = await setUpKubernetes();
  });
  afterEach(() => world.close());

  const create = async ({ metadata, ...secret }: JsonObject & { metadata?: JsonObject }) => {
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: PATH, ...metadata }, ...secret };
    const answer = await world.api.request('POST', world.secrets, body);
    expect(answer.code).toBe(201);
    return answer.body;
  };
  const stored = async () => (await world.api.request('GET', `${world.secrets}/${PATH}`)).body;
  const publishOver = async (revision: number, fields?: Record<string, SecretValue>) => {
    const version = (await world.store.read(PATH))?.version ?? '';
    const base = { type: 'Version', version } as const;
    return world.store.publish({ ...publication(revision, base), ...(fields ? { fields } : {}) });
  };

  it('is named after its namespace, and says that versions do not name values', () => {
    expect([world.store.address, world.store.versionsNameValues]).toEqual([`kubernetes:${world.api.namespace}`, false]);
  });

  it('makes a Secret of type Opaque that nobody owns, so that it outlives the rotation', async () => {
    await world.store.publish(publication(1, { type: 'Absent' }));
    const secret = await stored();
    expect(secret.type).toBe('Opaque');
    expect(secret.metadata.ownerReferences).toBeUndefined();
    expect(Object.keys(secret.metadata.annotations ?? {})).toEqual(['apikeyrotation.io/marker']);
  });

  it('leaves labels, annotations and finalizers of others as they are', async () => {
    const others = { labels: { team: 'a' }, annotations: { note: 'b' }, finalizers: ['example.org/keep'] };
    await create({ metadata: others, data: {} });
    await publishOver(1);
    const { metadata } = await stored();
    expect(metadata.labels).toEqual(others.labels);
    expect(metadata.annotations).toMatchObject(others.annotations);
    expect(metadata.finalizers).toEqual(others.finalizers);
  });

  it.each<[string, JsonObject & { metadata?: JsonObject }]>([
    [
      'kubernetes.io/service-account-token',
      { metadata: { annotations: { 'kubernetes.io/service-account.name': 'x' } } },
    ],
    ['bootstrap.kubernetes.io/token', {}],
    ['kubernetes.io/tls', { data: { 'tls.crt': '', 'tls.key': '' } }],
  ])('refuses a Secret of type %s, for reading and for writing', async (type, extra) => {
    const { metadata: made } = await create({ ...extra, type });
    expect((await errorOf(world.store.read(PATH))).reason).toBe('SecretTypeRefused');
    const base = { type: 'Version', version: made.resourceVersion ?? '' } as const;
    expect((await errorOf(world.store.publish(publication(1, base)))).reason).toBe('SecretTypeRefused');
  });

  it('refuses an immutable Secret, and says what to do', async () => {
    await create({ immutable: true, data: {} });
    const error = await errorOf(publishOver(1));
    expect([error.outcome, error.reason]).toEqual(['refused', 'SecretImmutable']);
    expect(error.message).toContain('delete it');
  });

  it('answers conflict when only a label changed since the read: the version does not tell', async () => {
    await world.store.publish(publication(1, { type: 'Absent' }));
    const version = (await world.store.read(PATH))?.version ?? '';
    const path = `${world.secrets}/${PATH}`;
    await world.api.request('PATCH', path, { metadata: { labels: { touched: 'yes' } } }, merge);
    const error = await errorOf(world.store.publish(publication(2, { type: 'Version', version })));
    expect(error.outcome).toBe('conflict');
    expect(plain(await world.store.read(PATH))?.key).toBe(KEYS[0]);
  });

  it('writes bytes that are no text back as they were', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe]).toString('base64');
    await create({ data: { keystore: bytes } });
    const value = await world.store.read(PATH);
    await publishOver(1, { ...value?.fields, key: new SecretValue(KEYS[0]) });
    expect((await stored()).data).toMatchObject({ keystore: bytes });
    expect((await world.store.read(PATH))?.marker).toEqual(markerAt(1));
  });

  describe('keeps the key that a publish replaced in a second Secret, which', () => {
    const previous = async () => (await world.api.request('GET', `${world.secrets}/${PATH}-previous`)).body;
    const plantPrevious = (secret: JsonObject & { metadata?: JsonObject }) =>
      create({ ...secret, metadata: { ...secret.metadata, name: `${PATH}-previous` } });
    const retireFirst = async () => {
      const { version } = await world.store.publish(publication(1, { type: 'Absent' }));
      return world.store.publish(retiring(2, { type: 'Version', version }));
    };
    const marked = (marker: Marker) => ({ annotations: { [MARKER_ANNOTATION]: formatMarker(marker) } });

    it('holds that key alone, of type Opaque, without an owner, under a marker that names it', async () => {
      await retireFirst();
      const { type, data, metadata } = await previous();
      expect([type, metadata.ownerReferences]).toEqual(['Opaque', undefined]);
      expect(data).toEqual({ [formerKey(1).fingerprint]: Buffer.from(KEYS[0]).toString('base64') });
      expect(parseMarker(metadata.annotations?.[MARKER_ANNOTATION] ?? '')).toEqual({ ...markerAt(2), keyID: 'k_1' });
    });

    it('has nothing left of any key once it is forgotten, and serves the next revision', async () => {
      await retireFirst();
      await world.store.forgetReplaced(PATH, markerAt(2));
      const emptied = await previous();
      expect(emptied.data ?? {}).toEqual({});
      for (const secret of [
        ...KEYS,
        ...KEYS.map((key) => Buffer.from(key).toString('base64')),
        formerKey(1).fingerprint,
      ])
        expect(JSON.stringify(emptied)).not.toContain(secret);
      await world.store.publish(
        retiring(3, { type: 'Version', version: (await world.store.read(PATH))?.version ?? '' }),
      );
      expect((await world.store.readReplaced(PATH, formerKey(2)))?.reveal()).toBe(KEYS[1]);
    });

    it('is written once to keep a key and once to forget it, however often that is asked', async () => {
      await retireFirst();
      await world.store.forgetReplaced(PATH, markerAt(2));
      await world.store.forgetReplaced(PATH, markerAt(2));
      expect(await world.writes(`${PATH}-previous`)).toBe(2);
    });

    it('keeps what a later revision put there when an earlier one forgets late', async () => {
      await retireFirst();
      await world.store.forgetReplaced(PATH, markerAt(1));
      expect((await world.store.readReplaced(PATH, formerKey(1)))?.reveal()).toBe(KEYS[0]);
    });

    const ofOther = { ...markerAt(1), uid: 'uid-of-another' };
    it.each<[string, JsonObject & { metadata?: JsonObject }]>([
      ['somebody else made, though it is empty', {}],
      ['somebody else made', { data: { [formerKey(1).fingerprint]: 'c29tZXRoaW5n' } }],
      ['another rotation uses', { metadata: marked(ofOther), data: { key: 'c29tZXRoaW5n' } }],
      ['is immutable', { metadata: marked(markerAt(1)), immutable: true }],
      ['is of another type', { metadata: marked(markerAt(1)), type: 'example.org/other' }],
    ])('stops the publish where %s: nothing is overwritten, and the remedy is named', async (_, secret) => {
      await plantPrevious(secret);
      const before = await previous();
      const { version } = await world.store.publish(publication(1, { type: 'Absent' }));
      const error = await errorOf(world.store.publish(retiring(2, { type: 'Version', version })));
      expect([error.outcome, error.reason]).toEqual(['refused', 'ForeignValue']);
      expect(error.message).toContain(`kubectl -n ${world.api.namespace} delete secret ${PATH}-previous`);
      await world.store.forgetReplaced(PATH, markerAt(2));
      expect(await previous()).toEqual(before);
      expect(plain(await world.store.read(PATH))?.key).toBe(KEYS[0]);
    });

    it('is taken over where another rotation left it empty', async () => {
      await plantPrevious({ metadata: marked({ ...ofOther, keyID: '' }) });
      await retireFirst();
      expect((await world.store.readReplaced(PATH, formerKey(1)))?.reveal()).toBe(KEYS[0]);
    });

    it('gives out no text that is not the key that was asked for', async () => {
      await retireFirst();
      const patch = {
        data: { [formerKey(1).fingerprint]: Buffer.from('planted-by-somebody-else').toString('base64') },
      };
      await world.api.request('PATCH', `${world.secrets}/${PATH}-previous`, patch, merge);
      expect(await world.store.readReplaced(PATH, formerKey(1))).toBeUndefined();
    });

    it('comes first: a key that is no longer served was kept before', async () => {
      const { version } = await world.store.publish(publication(1, { type: 'Absent' }));
      world.loseNextWriteAnswer();
      await errorOf(world.store.publish(retiring(2, { type: 'Version', version })));
      expect(plain(await world.store.read(PATH))?.key).toBe(KEYS[0]);
      expect((await world.store.readReplaced(PATH, formerKey(1)))?.reveal()).toBe(KEYS[0]);
    });

    it.each([`${PATH}-previous`, 'a'.repeat(245)])('takes a name that no target may have: %s', async (path) => {
      const error = await errorOf(world.store.read(path));
      expect(error.reason).toBe('InvalidPath');
      expect(error.message).toContain('at most 244, and not end in -previous');
    });
  });

  it('names the verbs that the operator lacks', async () => {
    await world.denyWrites();
    const error = await errorOf(world.store.check());
    expect(error.outcome).toBe('denied');
    expect(error.message).toContain(`may not create, patch Secrets in namespace ${world.api.namespace}`);
  });
});
