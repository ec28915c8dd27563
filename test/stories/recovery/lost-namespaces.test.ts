import { expect, test } from 'vitest';
import { deleteRotation } from '../world/outsiders.ts';
import { NAMESPACE } from '../world/places.ts';
import { begin, type Story, type StoryOptions } from '../world/story.ts';
import { PODS } from '../world/world.ts';

/** Longer than a watch may be silent. */
const LONG_MS = 20 * 60_000;
const OTHER = 'billing';
const KINDS = ['apikeyrotations', 'apikeyissuers', 'keystores', 'migrationreports'];

/** An operator of two namespaces, with a rotation in the first one. */
function beginInTwo(options: StoryOptions = {}): Story {
  const story = begin({ namespaces: [NAMESPACE, OTHER], ...options });
  const { kube } = story.world;
  kube.create({ resource: 'namespaces' }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OTHER } });
  return story;
}

/** What the probes and the metric say. */
function health({ world }: Story) {
  const operator = world.operator();
  return { dead: operator.deadWatches(), refused: operator.refused(), obstacles: operator.obstacles() };
}

const WELL = { dead: [], refused: [], obstacles: [] };
const WITHOUT_OTHER = {
  dead: [],
  refused: KINDS,
  obstacles: KINDS.map(
    (kind) =>
      `${kind} of namespace ${OTHER} cannot be listed: the operator's account may not (403); give it list and watch on ${kind}.apikeyrotation.io in namespace ${OTHER}, as docs/operator-rights.md does`,
  ),
};

test('a namespace that is lost is told, and stops no rotation in another one, before and after a restart', async () => {
  const story = beginInTwo();
  story.consume(...PODS);
  await story.firstKey();
  expect(health(story)).toEqual(WELL);

  story.world.forbid(OTHER, KINDS);
  await story.pass(LONG_MS);
  expect(health(story)).toEqual(WITHOUT_OTHER);
  story.annotate({ rotate: 'a' });
  await story.done(2);

  await story.world.stop();
  story.world.start();
  story.annotate({ rotate: 'b' });
  await story.done(3);
  await story.pass(LONG_MS);
  expect(health(story)).toEqual(WITHOUT_OTHER);
  expect(story.wrong()).toEqual([]);
});

test('a namespace that is given only after the start is worked in from then on', async () => {
  const story = beginInTwo({ namespaces: [OTHER, NAMESPACE] });
  story.world.forbid(NAMESPACE, KINDS);
  story.create();
  await story.pass(LONG_MS);
  expect(story.issued()).toBe(0);
  story.world.allow(NAMESPACE);
  await story.done(1);
  expect(health(story)).toEqual(WELL);
  const said = story.world.logs.filter((line) => line.includes('followed from now on'));
  expect(said.map((line) => JSON.parse(line).namespace)).toEqual(KINDS.map(() => NAMESPACE));
});

test('where no namespace may be listed nothing begins, and a replica does not call itself ready', async () => {
  const story = beginInTwo();
  for (const namespace of [NAMESPACE, OTHER]) story.world.forbid(namespace, KINDS);
  await story.world.stop();
  story.world.start();
  let isSynced = false;
  void story.world.operator().synced.then(() => {
    isSynced = true;
  });
  await story.pass(LONG_MS);
  expect(isSynced).toBe(false);
  expect(story.world.operator().deadWatches()).toEqual([]);
  story.world.allow(NAMESPACE);
  await story.firstKey();
  expect(isSynced).toBe(true);
});

test('a namespace that only times out counts as dead', async () => {
  const story = beginInTwo();
  await story.firstKey();
  story.world.partition();
  await story.pass(LONG_MS);
  expect(health(story)).toEqual({ dead: KINDS, refused: [], obstacles: [] });
});

test('in a namespace that is lost in mid-rotation nothing is issued or revoked, until it is given back', async () => {
  const story = beginInTwo();
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published(2);
  const keys = story.live();
  story.world.forbid(NAMESPACE, KINDS);
  story.consume(...PODS);
  await story.pass(LONG_MS);
  expect(story.live()).toEqual(keys);
  story.world.allow(NAMESPACE);
  await story.done(2);
  expect(story.wrong()).toEqual([]);
});

/** A published rotation of an operator that was started again without the right to list this kind. */
async function publishedWithout(plural: string): Promise<Story> {
  const story = beginInTwo({ spec: { deletionPolicy: 'Revoke' }, exempt: ['S4'] });
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published(2);
  await story.world.stop();
  story.world.forbid(NAMESPACE, [plural]);
  story.world.start();
  return story;
}

test.each([
  ['apikeyissuers', 'IssuerNotFound: ApiKeyIssuer apio cannot be used: apikeyissuers of namespace payments cannot be'],
  ['keystores', 'StoreNotFound: KeyStore vault cannot be used: keystores of namespace payments cannot be listed'],
  ['migrationreports', 'Migrating: waiting for api'],
])(
  'nobody takes %s for gone that may not be listed: a rotation that runs waits with both keys alive',
  async (plural, told) => {
    const story = await publishedWithout(plural);
    const keys = story.live();
    story.consume(...PODS);
    await story.pass(LONG_MS);
    expect(story.live()).toEqual(keys);
    expect(story.tells('Rotating')).toContain(told);
    story.world.allow(NAMESPACE);
    await story.done(2);
    expect(story.wrong()).toEqual([]);
  },
);

test('a deletion that has to revoke waits for an issuer that may not be listed', async () => {
  const story = await publishedWithout('apikeyissuers');
  deleteRotation(story);
  await story.pass(5 * 60_000);
  expect(story.live()).toHaveLength(2);
  story.world.allow(NAMESPACE);
  await story.gone();
  expect(story.live()).toEqual([]);
  expect(story.wrong()).toEqual([]);
});

test.each([
  ['apikeyissuers', 'IssuerNotFound', 'spec.issuerRef: ApiKeyIssuer apio'],
  ['keystores', 'StoreNotFound', 'spec.targets vault: KeyStore vault'],
])(
  'a rotation that needs %s which may not be listed is told what helps, and goes on when it is done',
  async (plural, reason, what) => {
    const story = beginInTwo();
    story.world.forbid(NAMESPACE, [plural]);
    await story.world.stop();
    story.world.start();
    story.create();
    await story.told(reason);
    expect(story.tells('Ready')).toBe(
      `${reason}: ${what} cannot be used: ${plural} of namespace ${NAMESPACE} cannot be listed: the operator's account may not (403); give it list and watch on ${plural}.apikeyrotation.io in namespace ${NAMESPACE}, as docs/operator-rights.md does`,
    );
    story.world.allow(NAMESPACE);
    await story.done(1);
  },
);
