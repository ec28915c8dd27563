import { expect, test } from 'vitest';
import { deleteRotation } from '../world/outsiders.ts';
import { TARGETS } from '../world/places.ts';
import { OBJECT, type Story, type StoryOptions } from '../world/story.ts';
import { beginShared } from './shared.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** From now on nobody may list kinds of the cluster, until the function that it answers is called. */
function withhold({ faults }: Story): () => void {
  const refused = ['clusterapikeyissuers', 'clusterkeystores'].map((plural) => ({
    call: `kube LIST ${plural}`,
    type: 'Forbidden' as const,
    times: Number.POSITIVE_INFINITY,
  }));
  faults.push(...refused);
  return () => {
    for (const fault of refused) fault.times = 0;
  };
}

/** A rotation that names nothing of the cluster. */
function createModest({ world }: Story): () => unknown {
  const modest = { ...OBJECT, name: 'modest' };
  const { name, resource, namespace } = modest;
  const spec = {
    issuerRef: { name: 'apio' },
    key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'] },
    targets: [{ ...TARGETS.Vault, path: 'payments/modest' }],
    withoutEvidence: { overlap: '1h' },
  };
  world.kube.create(
    { resource, namespace },
    { apiVersion: 'apikeyrotation.io/v1alpha1', kind: 'ApiKeyRotation', metadata: { name }, spec },
  );
  return () => (world.kube.get(modest) as { status?: { current?: object } }).status?.current;
}

test('where kinds of the cluster may not be listed, who names them waits and is told why, and others do not wait', async () => {
  const story = beginShared();
  withhold(story);
  const current = createModest(story);
  await story.world.clock.runUntil(() => current() !== undefined, MINUTE_MS);
  story.create();
  await story.told('ClusterKindsNotFollowed');
  expect(story.tells('Ready')).toBe(
    "ClusterKindsNotFollowed: spec.issuerRef: this operator cannot use ClusterApiKeyIssuer shared: clusterapikeyissuers cannot be listed: the operator's account may not (403); give it list and watch on clusterapikeyissuers.apikeyrotation.io in the whole cluster, as docs/operator-rights.md does; name one of namespace payments, or ask whoever runs the operator to see to that",
  );
});

test.each([
  ['names what is there', {}, 'done'],
  ['names what is not there', { issuerRef: { kind: 'ClusterApiKeyIssuer', name: 'other' } }, 'IssuerNotFound'],
] satisfies [string, StoryOptions['spec'], string][])(
  'who %s is woken when they may be',
  async (_what, spec, wanted) => {
    const story = beginShared({ spec });
    const allow = withhold(story);
    story.create();
    await story.told('ClusterKindsNotFollowed');
    await story.pass(HOUR_MS);
    allow();
    if (wanted === 'done') await story.until(({ current }) => current !== undefined, MINUTE_MS);
    else await story.told(wanted, MINUTE_MS);
    expect(story.wrong()).toEqual([]);
  },
);

test('a rotation that runs waits with both keys alive, and nobody takes what is not known for gone', async () => {
  const story = beginShared({ spec: { deletionPolicy: 'Revoke' }, exempt: ['S4'] });
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published(2);
  const keys = story.live();
  await story.world.stop();
  const allow = withhold(story);
  story.world.start();
  await story.told('ClusterKindsNotFollowed');
  await story.pass(HOUR_MS);
  expect(story.live()).toEqual(keys);
  deleteRotation(story);
  await story.pass(5 * MINUTE_MS);
  expect(story.live()).toEqual(keys);
  allow();
  await story.gone();
  expect(story.live()).toEqual([]);
  expect(story.wrong()).toEqual([]);
});
