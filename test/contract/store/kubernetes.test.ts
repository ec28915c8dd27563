import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { type KubernetesWorld, setUpKubernetes } from './kubernetes-world.ts';
import { describeStoreContract, errorOf, KEYS, markerAt, PATH, plain, publication } from './store-contract.ts';

describeStoreContract('KubernetesSecret', setUpKubernetes);

const key = { resource: 'secrets', namespace: 'default', name: PATH };

describe('KubernetesSecret as a store, beyond the contract', () => {
  let world: KubernetesWorld;
  beforeEach(async () => {
    world = await setUpKubernetes();
  });
  afterEach(() => world.close());

  const create = (secret: object) =>
    world.engine.create(
      { resource: 'secrets', namespace: 'default' },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: PATH, namespace: 'default' }, ...secret },
    );
  const publishOver = async (revision: number, fields?: Record<string, SecretValue>) => {
    const version = (await world.store.read(PATH))?.version ?? '';
    const base = { type: 'Version', version } as const;
    return world.store.publish({ ...publication(revision, base), ...(fields ? { fields } : {}) });
  };

  it('is named after its namespace, and says that versions do not name values', () => {
    expect([world.store.address, world.store.versionsNameValues]).toEqual(['kubernetes:default', false]);
  });

  it('makes a Secret of type Opaque that nobody owns, so that it outlives the rotation', async () => {
    await world.store.publish(publication(1, { type: 'Absent' }));
    const secret = world.engine.get(key);
    expect(secret.type).toBe('Opaque');
    expect(secret.metadata.ownerReferences).toBeUndefined();
    expect(Object.keys(secret.metadata.annotations ?? {})).toEqual(['apikeyrotation.io/marker']);
  });

  it('leaves labels, annotations and finalizers of others as they are', async () => {
    const others = { labels: { team: 'a' }, annotations: { note: 'b' }, finalizers: ['example.org/keep'] };
    create({ metadata: { name: PATH, namespace: 'default', ...others }, data: {} });
    await publishOver(1);
    const { metadata } = world.engine.get(key);
    expect(metadata.labels).toEqual(others.labels);
    expect(metadata.annotations).toMatchObject(others.annotations);
    expect(metadata.finalizers).toEqual(others.finalizers);
  });

  it.each([
    [
      'kubernetes.io/service-account-token',
      { metadata: { annotations: { 'kubernetes.io/service-account.name': 'x' } } },
    ],
    ['bootstrap.kubernetes.io/token', {}],
    ['kubernetes.io/tls', { data: { 'tls.crt': '', 'tls.key': '' } }],
  ])('refuses a Secret of type %s, for reading and for writing', async (type, extra) => {
    const metadata = { name: PATH, namespace: 'default', ...('metadata' in extra ? extra.metadata : {}) };
    const { metadata: made } = create({ ...extra, metadata, type });
    expect((await errorOf(world.store.read(PATH))).reason).toBe('SecretTypeRefused');
    const base = { type: 'Version', version: made.resourceVersion ?? '' } as const;
    expect((await errorOf(world.store.publish(publication(1, base)))).reason).toBe('SecretTypeRefused');
  });

  it('refuses an immutable Secret, and says what to do', async () => {
    create({ immutable: true, data: {} });
    const error = await errorOf(publishOver(1));
    expect([error.outcome, error.reason]).toEqual(['refused', 'SecretImmutable']);
    expect(error.message).toContain('delete it');
  });

  it('answers conflict when only a label changed since the read: the version does not tell', async () => {
    await world.store.publish(publication(1, { type: 'Absent' }));
    const version = (await world.store.read(PATH))?.version ?? '';
    const secret = world.engine.get(key);
    world.engine.update(key, { ...secret, metadata: { ...secret.metadata, labels: { touched: 'yes' } } });
    const error = await errorOf(world.store.publish(publication(2, { type: 'Version', version })));
    expect(error.outcome).toBe('conflict');
    expect(plain(await world.store.read(PATH))?.key).toBe(KEYS[0]);
  });

  it('writes bytes that are no text back as they were', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe]).toString('base64');
    create({ data: { keystore: bytes } });
    const value = await world.store.read(PATH);
    await publishOver(1, { ...value?.fields, key: new SecretValue(KEYS[0]) });
    expect(world.engine.get(key).data).toMatchObject({ keystore: bytes });
    expect((await world.store.read(PATH))?.marker).toEqual(markerAt(1));
  });

  it('names the verbs that the operator lacks', async () => {
    world.denyWrites();
    const error = await errorOf(world.store.check());
    expect(error.outcome).toBe('denied');
    expect(error.message).toContain('may not create, patch Secrets in namespace default');
  });
});
