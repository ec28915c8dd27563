import { describe, expect, test } from 'vitest';
import { MOUNT, NAMESPACE, type StoreType, TARGETS } from '../world/places.ts';
import { begin, type Story, type StoryOptions } from '../world/story.ts';
import type { World } from '../world/world.ts';

const FIELDS = { API_KEY: 'key', API_KEY_ID: 'keyID' } as const;
const MINUTE_MS = 60_000;
/** Who changes other fields writes our marker again. */
const KEPT_MARKER = ['S10'];

/** A rotation into a place where fields of others stand already. */
async function beside(type: StoreType, options: Omit<StoryOptions, 'stores' | 'spec'> = {}): Promise<Story> {
  const story = begin({
    ...options,
    stores: [type],
    spec: {
      withoutEvidence: { overlap: '10m' },
      targets: [{ ...TARGETS[type], fields: FIELDS, fieldsPolicy: 'Merge' }],
    },
  });
  plant(story.world, type, { host: 'db.internal', port: '5432' });
  await story.firstKey();
  return story;
}

/** Somebody adds or changes fields and leaves all others, as `vault kv patch` and `kubectl patch` do. */
function plant({ vault, kube, places }: World, type: StoreType, fields: Record<string, string>): void {
  if (type === 'KubernetesSecret') {
    const secret = { resource: 'secrets', namespace: NAMESPACE, name: TARGETS.KubernetesSecret.path };
    if (kube.exists(secret)) kube.patch(secret, { type: 'merge', body: { stringData: fields } });
    else
      kube.create(
        { resource: 'secrets', namespace: NAMESPACE },
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret.name }, stringData: fields },
      );
    return;
  }
  const { path } = TARGETS.Vault;
  const data = { ...places.serving(path), ...fields };
  vault.handle({ method: 'POST', path: `${MOUNT}/data/${path}`, token: vault.createToken(), body: { data } });
}

function served({ world: { places, apio } }: Story, type: StoreType) {
  const { API_KEY: text, API_KEY_ID: id, host, port, note } = places.serving(TARGETS[type].path) ?? {};
  const key = apio.keys.find((each) => each.text === text);
  return { id, isThatKey: key !== undefined && key.id === id, isAlive: key?.revokedAt === undefined, host, port, note };
}

const OTHERS = { host: 'db.internal', port: '5432' };
const RIGHT = { isThatKey: true, isAlive: true };

describe.each(['Vault', 'KubernetesSecret'] as const)('fields of others beside ours, in %s', (type) => {
  test('stay as they are when keys come, go, and come back', async () => {
    const story = await beside(type);
    expect(served(story, type)).toMatchObject({ ...OTHERS, ...RIGHT });
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(served(story, type)).toMatchObject({ ...OTHERS, ...RIGHT });
    story.annotate({ rotate: 'b' });
    await story.published(3);
    story.annotate({ rollback: '3/x' });
    await story.done(4);
    expect(served(story, type)).toMatchObject({ ...OTHERS, ...RIGHT });
    expect(story.live()).toEqual([served(story, type).id]);
    expect(story.wrong()).toEqual([]);
  });

  test('that are changed between our look and our write are not lost', async () => {
    let changes = 0;
    const story = await beside(type, {
      exempt: KEPT_MARKER,
      afterEach(world) {
        // The target was looked at before the second key was issued.
        if (changes > 0 || world.apio.keys.filter(({ label }) => label).length < 2) return;
        changes += 1;
        plant(world, type, { note: 'added meanwhile' });
      },
    });
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(changes).toBe(1);
    expect(served(story, type)).toMatchObject({ ...OTHERS, ...RIGHT, note: 'added meanwhile' });
    expect(story.wrong()).toEqual([]);
  });

  test('may be changed while consumers move, which neither stops nor repeats anything', async () => {
    const story = await beside(type, { exempt: KEPT_MARKER });
    story.annotate({ rotate: 'a' });
    await story.published(2);
    plant(story.world, type, { note: 'added meanwhile' });
    await story.pass(5 * MINUTE_MS);
    plant(story.world, type, { port: '5433' });
    await story.done(2);
    expect(served(story, type)).toMatchObject({ ...RIGHT, host: 'db.internal', port: '5433', note: 'added meanwhile' });
    expect(story.issued()).toBe(2);
    expect(story.wrong()).toEqual([]);
  });

  test('stay, and so does the key, when the rotation is deleted', async () => {
    const story = await beside(type);
    const before = served(story, type);
    story.world.kube.delete({ resource: 'apikeyrotations.apikeyrotation.io', namespace: NAMESPACE, name: 'apio' });
    await story.gone();
    expect(served(story, type)).toEqual(before);
    expect(story.live()).toEqual([before.id]);
  });
});
