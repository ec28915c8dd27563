import { expect, test } from 'vitest';
import { deleteRotation, wipe } from '../world/outsiders.ts';
import { TARGETS } from '../world/places.ts';
import { PODS } from '../world/world.ts';
import { beginShared, grantKeys, KEYS, otherTenant, SPEC } from './shared.ts';

const MINUTE_MS = 60_000;

test('a namespace that asked for as many keys as its grant allows waits, is told until when, and goes on by itself', async () => {
  const story = beginShared();
  grantKeys(story, [{ ...KEYS, issueCallsPerHour: 1 }]);
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.told('IssueLimit');
  expect(story.tells('Rotating')).toBe(
    'IssueLimit: 1 keys, or permissions for one, were asked for within an hour, by namespace payments, which ClusterApiKeyIssuer shared grants no more of (issueCallsPerHour in its spec.grants); going on at 2030-01-01T01:00:01Z',
  );
  await story.pass(50 * MINUTE_MS);
  expect(story.issued()).toBe(1);
  await story.published(2);
  story.consume(...PODS);
  await story.done(2);
  expect(story.live()).toEqual([story.serves()]);
  expect(story.wrong()).toEqual([]);
});

test('whoever deletes a rotation and makes it anew has asked for as many keys as before', async () => {
  const story = beginShared();
  grantKeys(story, [{ ...KEYS, issueCallsPerHour: 1 }]);
  await story.firstKey();
  deleteRotation(story);
  await story.gone();
  wipe(story.world);
  story.create();
  await story.told('IssueLimit');
  await story.pass(50 * MINUTE_MS);
  expect(story.issued()).toBe(1);
  await story.done(1);
  expect(story.issued()).toBe(2);
});

test('a key is counted where it was issued, whatever issuer the rotation names since then', async () => {
  const ofNamespace = { kind: 'ApiKeyIssuer', name: 'apio' };
  const story = beginShared({
    spec: { targets: [TARGETS.Vault], withoutEvidence: { overlap: '1s' } },
  });
  grantKeys(story, [{ ...KEYS, issueCallsPerHour: 2 }]);
  await story.firstKey();
  story.change({ issuerRef: ofNamespace });
  await story.done(2);
  story.change({ issuerRef: SPEC.issuerRef });
  await story.done(3);
  story.change({ issuerRef: ofNamespace });
  await story.done(4);
  story.change({ issuerRef: SPEC.issuerRef });
  await story.told('IssueLimit');
  expect(story.tells('Rotating')).toContain('IssueLimit: 2 keys');
  expect(story.live()).toEqual([story.serves()]);
});

test('what a namespace asked for is not counted for another one', async () => {
  const story = beginShared();
  grantKeys(story, [{ ...KEYS, namespaces: ['*'], issueCallsPerHour: 1 }]);
  const { targets } = SPEC;
  const own = targets.map((target) => ({ ...target, path: 'team-a/apio' }));
  const key = { environment: 'Live', organization: 'acme', permissions: ['payments:read'] };
  otherTenant(story, 'team-a', { ...SPEC, targets: own, key, withoutEvidence: { overlap: '1h' } });
  await story.firstKey();
  const [other] = story.world.kube.list({ resource: 'apikeyrotations.apikeyrotation.io', namespace: 'team-a' }).items;
  expect(other?.status).toMatchObject({ revision: 1, current: { targets: [{ path: 'team-a/apio' }] } });
});

test('a key that leaked is replaced at once, however many keys the namespace asked for', async () => {
  const story = beginShared();
  grantKeys(story, [{ ...KEYS, issueCallsPerHour: 1 }]);
  await story.firstKey();
  const leaked = story.serves();
  story.annotate({ emergency: `t1/${leaked}` });
  await story.until(({ revision, rotation }) => revision === 2 && !rotation, MINUTE_MS);
  expect(story.live()).toEqual([story.serves()]);
  expect(story.serves()).not.toBe(leaked);
  expect(story.wrong()).toEqual([]);
});
