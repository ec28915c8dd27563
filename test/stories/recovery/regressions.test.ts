import { describe, expect, test } from 'vitest';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { begin, issueByHand, recreateIssuer, restore, type Story, writeOutside } from '../world/story.ts';
import { MOUNT, PATH, ROTATION } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PODS = ['api-0', 'api-1'];
const statusWrites = ({ world }: Story) =>
  world.calls.filter((call) => call === 'kube PUT status apikeyrotations').length;

test.each([
  ['with an organization', 'acme'],
  ['without one', undefined],
])(
  'members in another order than we wrote them are no change of the plan: one attempt is enough, %s',
  async (_what, organization) => {
    const key = { environment: 'Live', permissions: ['payments:read'], ...(organization && { organization }) };
    const story = begin({ spec: { key } });
    await story.firstKey();
    expect(story.status().attempt).toBe(1);
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(story.status()).toMatchObject({ attempt: 1, history: [{ attempts: 1 }, { attempts: 1 }] });
    expect(story.issued()).toBe(2);
    expect(story.wrong()).toEqual([]);
  },
);

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
    await story.world.clock.advance(6 * HOUR_MS);
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
    await story.until(({ rotation }) => !!rotation?.publishedAt);
    await recreateIssuer(story);
    story.consume(...PODS);
    await story.done(2);
    expect(story.issued()).toBe(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });
});

test('a status of another installation is not written over with ours, and nothing is done', async () => {
  const story = begin();
  await story.firstKey();
  restore(story, { ...story.status(), installation: 'another' });
  story.annotate({ rotate: 'a' });
  await story.world.clock.advance(10 * MINUTE_MS);
  expect(story.status()).toMatchObject({ installation: 'another', revision: 1 });
  expect(story.tells('Stalled')).toBe(
    'UnknownState: status was written by installation another, this operator is sim; start it with --installation another or make a new object',
  );
  const before = statusWrites(story);
  await story.world.clock.advance(HOUR_MS);
  expect(statusWrites(story)).toBe(before);
  expect(story.issued()).toBe(1);
  expect(story.wrong()).toEqual([]);
});

test('a value that another installation manages is not adopted', async () => {
  const story = begin({ spec: { existingKey: { policy: 'Adopt' } } });
  const { id, text } = issueByHand(story.world);
  const marker = { installation: 'another', uid: 'uid-a', revision: 7, attempt: 1, keyID: id };
  const value = { key: text, keyID: id, APIKEYROTATION_MARKER: JSON.stringify(marker) };
  writeOutside(story.world, PATH, value);
  story.create();
  await story.world.clock.advance(10 * MINUTE_MS);
  expect(story.status().current).toBeUndefined();
  expect(story.tells('Stalled')).toBe(
    'Conflict: the existing key cannot be adopted: the value belongs to installation another; correct spec, or what the targets hold',
  );
  expect(story.world.vault.serving(MOUNT, PATH)).toEqual(value);
  expect(story.issued()).toBe(0);
});

test("a lost answer to the claim's own status write does not cost the time after which others take over", async () => {
  const story = begin();
  story.faults.push({ call: 'kube PUT status apikeyrotations', type: 'LoseAnswer', times: 1 });
  const from = story.world.clock.now();
  await story.firstKey();
  expect(story.faults).toMatchObject([{ times: 0 }]);
  expect(story.status()).toMatchObject({ revision: 1, attempt: 1 });
  expect(story.world.clock.now() - from).toBeLessThan(10_000);
  expect(story.wrong()).toEqual([]);
});

test('renewal starts in time, without turning in a circle until then', async () => {
  const story = begin({ spec: { renewBefore: '30m' } });
  story.world.apio.settings.keyLifetimeMs = HOUR_MS;
  await story.firstKey();
  const renewAt = Date.parse(story.status().current?.expiresAt ?? '') - 30 * MINUTE_MS;
  expect(Date.parse(story.status().nextRotationTime ?? '')).toBe(renewAt);
  story.consume(...PODS);
  const [before, lines] = [story.world.reconciled(), story.world.logs.length];
  await story.until(({ revision }) => revision === 2);
  expect(story.status().rotation?.trigger).toBe('Expiring');
  expect(Math.abs(story.world.clock.now() - renewAt)).toBeLessThan(3_000);
  expect(story.world.reconciled() - before).toBeLessThan(10);
  expect(story.world.logs.length - lines).toBeLessThan(10);
  await story.done(2);
  expect(story.wrong()).toEqual([]);
});
