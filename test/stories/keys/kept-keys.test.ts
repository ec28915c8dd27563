import { describe, expect, test } from 'vitest';
import { deleteRotation, writeSecretOutside } from '../world/outsiders.ts';
import { NAMESPACE, TARGETS } from '../world/places.ts';
import { begin } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const { path: PATH } = TARGETS.KubernetesSecret;
const PREVIOUS = { resource: 'secrets', namespace: NAMESPACE, name: `${PATH}-previous` };

describe('the Secret beside a KubernetesSecret target', () => {
  test('a foreign one stops the publish before anything is overwritten, and the rotation ends once it is gone', async () => {
    const story = begin({ stores: ['KubernetesSecret'] });
    await story.firstKey();
    const first = story.serves();
    writeSecretOutside(story.world, PREVIOUS.name, { key: 'a-value-of-somebody-else' });
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.stalled();
    expect(story.tells('Stalled')).toContain(`kubectl -n ${NAMESPACE} delete secret ${PREVIOUS.name}`);
    expect(story.serves()).toBe(first);
    expect(story.world.places.kept(PATH)).toEqual(['a-value-of-somebody-else']);
    story.world.kube.delete(PREVIOUS);
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('holds the retired key, and not the one that an attempt served for a moment', async () => {
    // Somebody kills the new key: the target serves a dead one until a person asks for another.
    const story = begin({ stores: ['KubernetesSecret'], exempt: ['S3', 'S4'] });
    await story.firstKey();
    const first = story.world.places.serving(PATH)?.key;
    story.annotate({ rotate: 'a' });
    await story.published();
    const second = story.status().rotation?.newKey?.keyID ?? '';
    story.world.apio.revokeOutside(second);
    story.consume(...PODS);
    await story.told('NeedsHuman');
    story.annotate({ rotate: 'b' });
    await story.until(({ rotation }) => !!rotation?.newKey && rotation.newKey.keyID !== second);
    expect(story.world.places.kept(PATH)).toEqual([first]);
    await story.done(2);
    expect(story.world.places.kept(PATH)).toEqual([]);
    expect(story.invariants()).toEqual([]);
  });

  test('holds the retired key also where the new one goes to another field', async () => {
    const story = begin({ stores: ['KubernetesSecret'] });
    await story.firstKey();
    const first = story.world.places.serving(PATH)?.key;
    story.change({ targets: [{ ...TARGETS.KubernetesSecret, fields: { API_KEY: 'key' } }] });
    story.annotate({ rotate: 'a' });
    await story.published();
    expect(Object.keys(story.world.places.serving(PATH) ?? {})).toEqual(['API_KEY']);
    expect(story.world.places.kept(PATH)).toEqual([first]);
    expect(story.wrongSoFar()).toEqual([]);
  });

  test('is emptied when the object is deleted in the middle of a rotation, and serves the next of that name', async () => {
    // The next object counts its revisions anew, beside markers of the one before it.
    const story = begin({ stores: ['KubernetesSecret'], spec: { existingKey: { policy: 'Adopt' } }, exempt: ['S10'] });
    await story.firstKey();
    story.annotate({ rotate: 'a' });
    await story.published();
    expect(story.world.places.kept(PATH)).toHaveLength(1);
    deleteRotation(story);
    await story.gone(20 * MINUTE_MS);
    expect(story.world.places.kept(PATH)).toEqual([]);
    const served = story.serves();
    story.consume(...PODS);
    story.create();
    await story.until(({ current }) => current?.keyID === served);
    story.annotate({ rotate: 'b' });
    await story.done(1);
    expect(story.status().history).toMatchObject([{ revokedKeyID: served, result: 'Revoked' }]);
    expect(story.world.places.kept(PATH)).toEqual([]);
    expect(story.wrongSoFar()).toEqual([]);
  });

  test('holds deletion up no longer than other things do', async () => {
    const story = begin({ stores: ['KubernetesSecret'], spec: { deletionPolicy: 'Retain' } });
    await story.firstKey();
    story.annotate({ rotate: 'a' });
    await story.published();
    story.faults.push({ call: 'kube PATCH secrets', type: 'Unavailable', times: 1_000 });
    deleteRotation(story);
    await story.gone(20 * MINUTE_MS);
    expect(story.events()).toContain('DeletionGaveUp');
  });
});
