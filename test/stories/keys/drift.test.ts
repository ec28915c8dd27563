import { expect, test } from 'vitest';
import { writeOutside } from '../world/outsiders.ts';
import { MOUNT, NAMESPACE, SECOND, TARGETS } from '../world/places.ts';
import { begin, type Story } from '../world/story.ts';
import { PATH, PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Until the next look at rest, and the one that confirms it. */
const NOTICED_MS = 7 * HOUR_MS;
const EMERGENCY = { key: 'a-value-put-there-in-an-emergency' };
const REPAIR = { onDrift: 'Repair' } as const;
const SECRET = { resource: 'secrets', namespace: NAMESPACE, name: TARGETS.KubernetesSecret.path };

function writes({ world }: Story): number {
  return world.audit.filter(({ effect }) => effect === 'Publish').length;
}

/** Somebody deletes the latest version of the value, as `vault kv delete` does. */
function deleteVersion({ world: { vault } }: Story): void {
  vault.handle({ method: 'DELETE', path: `${MOUNT}/data/${PATH}`, token: vault.createToken() });
}

/** Somebody writes the same text again, and nothing else. */
function loseMarker({ world }: Story): void {
  const { key } = world.vault.serving(MOUNT, PATH) ?? {};
  writeOutside(world, PATH, { key: String(key) });
}

/** Somebody restores a version as `vault kv rollback` does: what it held, our marker with it, in a new version. */
function rollBackTo({ world }: Story, version: number): void {
  const found = world.vault.held().find((held) => held.path === PATH && held.version === version);
  writeOutside(world, PATH, found?.data as Record<string, string>);
}

test('by default a changed value is told and left as it is, also after a restart of the operator, until a person restores it', async () => {
  // Who restores a version writes our marker a second time.
  const story = begin({ exempt: ['S4', 'S10'] });
  await story.firstKey();
  const held = story.serves();
  writeOutside(story.world, PATH, EMERGENCY);
  await story.told('Drifted', NOTICED_MS);
  const told = story.tells('Stalled');
  expect(told).toContain(`target vault: ${PATH} no longer holds key ${held}, its value was changed; seen at 20`);
  expect(story.tells('Ready')).toBe(told);
  expect(story.tells('Rotating')).toBe(told);
  story.world.partition();
  story.world.start();
  await story.pass(24 * HOUR_MS);
  story.world.heal();
  expect(story.messages('Drifted')).toEqual([
    `target vault: ${PATH} no longer holds key ${held}, its value was changed`,
  ]);
  expect([writes(story), story.issued(), story.live()]).toEqual([1, 1, [held]]);
  rollBackTo(story, 1);
  await story.until(({ drift }) => !drift, 11 * MINUTE_MS);
  expect(story.tells('Stalled')).toContain('Progressing');
  expect(story.serves()).toBe(held);
  story.annotate({ rotate: 'a' });
  story.consume(...PODS);
  await story.done(2);
  expect(story.wrong()).toEqual([]);
});

test.each([
  ['is changed', (story: Story) => writeOutside(story.world, PATH, EMERGENCY)],
  ['is deleted', deleteVersion],
  ['loses our marker', loseMarker],
])(
  'with Repair a value that %s gets the current key again from another target, without another key',
  async (_how, harm) => {
    const story = begin({ stores: ['Vault', 'KubernetesSecret'], spec: REPAIR, exempt: ['S4'] });
    await story.firstKey();
    const [held, secret] = [story.serves(), story.world.kube.get(SECRET).metadata.resourceVersion];
    harm(story);
    await story.until(({ attempt }) => attempt === 2, NOTICED_MS);
    await story.until(({ drift }) => !drift);
    expect(story.serves()).toBe(held);
    expect(story.world.kube.get(SECRET).metadata.resourceVersion, 'what was well is not written').toBe(secret);
    expect([story.events().filter((reason) => reason !== 'KeyPublished'), story.issued()]).toEqual([
      ['Drifted', 'Repaired'],
      1,
    ]);
    expect(story.status()).toMatchObject({
      revision: 1,
      current: { targets: [{ version: harm === deleteVersion ? '2' : '3' }, {}] },
    });
    story.annotate({ rotate: 'a' });
    story.consume(...PODS);
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  },
);

test('the only target is restored from its own earlier version', async () => {
  const story = begin({ spec: REPAIR, exempt: ['S4'] });
  await story.firstKey();
  const held = story.serves();
  writeOutside(story.world, PATH, EMERGENCY);
  await story.until(({ attempt, drift }) => attempt === 2 && !drift, NOTICED_MS);
  expect([story.serves(), story.issued()]).toEqual([held, 1]);
  expect(story.wrong()).toEqual([]);
});

test('a key that no place has any more is replaced, and dies when its consumers have moved', async () => {
  const story = begin({ stores: ['KubernetesSecret'], spec: REPAIR, exempt: ['S4'] });
  await story.firstKey();
  const [lost] = story.live();
  story.world.kube.delete(SECRET);
  await story.until(({ rotation }) => rotation?.trigger === 'Drift' && !!rotation.publishedAt, NOTICED_MS);
  await story.pass(HOUR_MS);
  expect(story.live(), 'nobody has moved yet').toContain(lost);
  story.consume(...PODS);
  await story.done(2);
  expect(story.live()).not.toContain(lost);
  expect(story.status()).toMatchObject({ history: [{ trigger: 'Drift', revokedKeyID: lost }, {}] });
  expect(story.status()).not.toHaveProperty('drift');
  expect(story.wrong()).toEqual([]);
});

test('a writer that comes back each time is given way to after five repairs within seven days, until a person asks for another key', async () => {
  const story = begin({ spec: { ...REPAIR, targets: [TARGETS.Vault, SECOND] }, exempt: ['S4'] });
  await story.firstKey();
  const held = story.serves();
  for (let repair = 1; repair <= 5; repair += 1) {
    writeOutside(story.world, PATH, EMERGENCY);
    await story.until(({ repairs = [], drift }) => repairs.length === repair && !drift, NOTICED_MS);
    expect(story.serves()).toBe(held);
  }
  writeOutside(story.world, PATH, EMERGENCY);
  await story.told('RepairedTooOften', NOTICED_MS);
  await story.pass(48 * HOUR_MS);
  expect(story.serves()).toBeUndefined();
  expect([writes(story), story.messages('RepairedTooOften').length, story.issued()]).toEqual([7, 1, 1]);
  expect(story.tells('Stalled')).toContain('stop whoever writes there, then ask for another key: kubectl annotate');
  story.annotate({ rotate: 'a' });
  story.consume(...PODS);
  await story.done(2);
  expect(story.tells('Stalled')).toContain('Progressing');
  expect(story.status()).not.toHaveProperty('repairs');
  expect(story.invariants()).toEqual([]);
});
