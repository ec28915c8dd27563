import { expect, test } from 'vitest';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { deleteRotation, wipe } from '../world/outsiders.ts';
import { SECOND, TARGETS } from '../world/places.ts';
import { begin, type Story } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const GRACE = { migration: { gracePeriod: '10m' } };

/** A second key was published, both pods went on with it, and the value was wiped. Answers the second's id. */
async function loseSecond(story: Story): Promise<string | undefined> {
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  const pods = story.consume('api-0', 'api-1');
  await story.until(({ rotation }) => !!rotation?.migratedAt);
  const second = story.serves();
  const text = story.world.apio.keys.find(({ id }) => id === second)?.text ?? '';
  for (const pod of pods) pod.pin(new SecretValue(text));
  wipe(story.world);
  await story.told('TargetChanged');
  return second;
}

test('a published key that is replaced stays alive for those who loaded it, also when the next issue call is lost', async () => {
  const story = begin({ spec: GRACE });
  const second = await loseSecond(story);
  story.faults.push({ call: 'issuer issue', type: 'LoseAnswer', times: 1 });
  story.annotate({ rotate: 'b' });
  await story.until(({ rotation, attempt = 0 }) => attempt >= 4 && !!rotation?.publishedAt);
  await story.pass(30 * MINUTE_MS);
  expect(story.live()).toContain(second);
  expect(story.wrongSoFar()).toEqual([]);
});

test('a published key that is replaced stays alive for those who loaded it when the object is deleted', async () => {
  const story = begin({ spec: GRACE });
  const second = await loseSecond(story);
  story.refuse('issuer issue');
  story.annotate({ rotate: 'b' });
  await story.until(({ attempt }) => attempt === 2);
  deleteRotation(story);
  await story.gone(20 * MINUTE_MS);
  expect(story.live()).toContain(second);
  expect(story.wrongSoFar()).toEqual([]);
});

test('a value that vanished while consumers moved is replaced by another key when a person asks for it', async () => {
  const story = begin({ exempt: ['S4', 'S3'], spec: { migration: { gracePeriod: '10m' } } });
  await story.firstKey();
  story.consume('api-0', 'api-1');
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.migratedAt);
  wipe(story.world);
  await story.pass(30 * MINUTE_MS);
  expect(story.tells('Stalled')).toContain('apikeyrotation.io/rotate=');
  story.annotate({ rotate: 'b' });
  await story.done(2);
  expect(story.live()).toEqual([story.serves()]);
});

test('a key that was killed after publishing is replaced at all targets of its plan, also at one that left the spec', async () => {
  const story = begin({ exempt: ['S3', 'S4'], spec: { targets: [TARGETS.Vault, SECOND] } });
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published();
  const killed = story.serves() ?? '';
  story.change({ targets: [TARGETS.Vault] });
  story.world.apio.revokeOutside(killed);
  story.consume('api-0', 'api-1');
  await story.pass(10 * MINUTE_MS);
  story.annotate({ rotate: 'b' });
  await story.done(2);
  expect(story.serves(SECOND.path)).toBe(story.serves());
  expect(story.serves()).not.toBe(killed);
});

test('a new key that the issuer rejects is told as Stalled, and a rotate token asks for another one', async () => {
  // Somebody else killed the key that the target serves.
  const story = begin({ exempt: ['S3', 'S4'] });
  await story.firstKey();
  const first = story.serves();
  story.annotate({ rotate: 'a' });
  await story.published();
  const killed = story.serves() ?? '';
  story.world.apio.revokeOutside(killed);
  story.consume(...PODS);
  await story.pass(10 * MINUTE_MS);
  expect(story.tells('Stalled')).toBe(
    `NeedsHuman: the issuer rejects key ${killed} that the targets serve; the old key ${first} stays alive. ` +
      'kubectl annotate --overwrite akr -n payments apio apikeyrotation.io/rotate=$(date +%s) asks for another key',
  );
  expect(story.live()).toEqual([first]);
  expect(story.issued()).toBe(2);
  story.annotate({ rotate: 'b' });
  await story.done(2);
  expect(story.issued()).toBe(3);
  expect(story.live()).toEqual([story.serves()]);
  await story.pass(10 * MINUTE_MS);
  expect(story.status().revision).toBe(2);
  expect(story.invariants()).toEqual([]);
});
