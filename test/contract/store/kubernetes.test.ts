import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { merge } from '../kube-api/api.ts';
import { type KubernetesWorld, setUpKubernetes } from './kubernetes-world.ts';
import { describeStoreContract, errorOf, KEYS, markerAt, PATH, plain, publication } from './store-contract.ts';

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

  it('names the verbs that the operator lacks', async () => {
    await world.denyWrites();
    const error = await errorOf(world.store.check());
    expect(error.outcome).toBe('denied');
    expect(error.message).toContain(`may not create, patch Secrets in namespace ${world.api.namespace}`);
  });
});
