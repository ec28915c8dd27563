import { describe, expect, test } from 'vitest';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { recreateIssuer } from '../world/outsiders.ts';
import { begin } from '../world/story.ts';
import { PODS, ROTATION } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

test('an issuer object that cannot be used stops the rotations that name it, and nobody else', async () => {
  const story = begin({
    issuerOf({ metadata }) {
      if (metadata.namespace !== 'other') return undefined;
      throw new CallError('refused', 'InvalidURL', 'the url of ApiKeyIssuer other/apio (Live) will not do');
    },
  });
  const { kube, clock } = story.world;
  applyManifests(kube, OTHER_TENANT + ROTATION.replaceAll('namespace: payments', 'namespace: other'));
  await clock.advance(MINUTE_MS);
  await story.firstKey();
  expect(clock.now() - Date.parse(story.world.rotation()?.metadata.creationTimestamp ?? '')).toBeLessThan(MINUTE_MS);
  const [other] = kube.list({ resource: 'apikeyrotations.apikeyrotation.io', namespace: 'other' }).items;
  expect(JSON.stringify(other?.status)).toContain('ApiKeyIssuer other/apio (Live) will not do');
  expect(story.world.logs.filter((line) => line.includes('defect'))).toEqual([]);
});

const OTHER_TENANT = `
apiVersion: v1
kind: Namespace
metadata: {name: other}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyIssuer
metadata: {name: apio, namespace: other}
spec:
  type: APIO
  apio: {environments: [{name: Live, url: "https://live.apio.test", credentials: {secretRef: {name: apio, key: apiKey}}}]}
---
`;

describe('an issuer object that was deleted and made again', () => {
  test('is the same issuer: nothing is rotated because of it', async () => {
    const story = begin();
    await story.firstKey();
    await recreateIssuer(story);
    await story.pass(6 * HOUR_MS);
    expect(story.status()).toMatchObject({ revision: 1 });
    expect(story.status().rotation).toBeUndefined();
    expect(story.tells('Ready')).toContain('KeyPublished');
    expect(story.issued()).toBe(1);
    expect(story.wrong()).toEqual([]);
  });

  test('in the middle of a rotation: it goes on, and the old key is revoked there', async () => {
    const story = begin();
    await story.firstKey();
    story.annotate({ rotate: 'a' });
    await story.published();
    await recreateIssuer(story);
    story.consume(...PODS);
    await story.done(2);
    expect(story.issued()).toBe(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });
});
