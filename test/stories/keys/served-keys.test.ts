import { expect, test } from 'vitest';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { begin, deleteRotation, type Story } from '../world/story.ts';
import { MOUNT, PATH, type World } from '../world/world.ts';

const MINUTE_MS = 60_000;
const GRACE = { migration: { gracePeriod: '10m' } };

/** Somebody else removes the value and all its history. */
function wipe({ vault }: World): void {
  vault.handle({ method: 'DELETE', path: `${MOUNT}/metadata/${PATH}`, token: vault.createToken() });
}

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
  await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'TargetChanged'));
  return second;
}

test('a published key that is replaced stays alive for those who loaded it, also when the next issue call is lost', async () => {
  const story = begin({ spec: GRACE });
  const second = await loseSecond(story);
  story.faults.push({ call: 'issuer issue', type: 'LoseAnswer', times: 1 });
  story.annotate({ rotate: 'b' });
  await story.until(({ rotation, attempt = 0 }) => attempt >= 4 && !!rotation?.publishedAt);
  await story.world.clock.advance(30 * MINUTE_MS);
  expect(story.live()).toContain(second);
  expect(story.wrongSoFar()).toEqual([]);
});

test('a published key that is replaced stays alive for those who loaded it when the object is deleted', async () => {
  const story = begin({ spec: GRACE });
  const second = await loseSecond(story);
  story.faults.push({ call: 'issuer issue', type: 'Unavailable', times: Number.POSITIVE_INFINITY });
  story.annotate({ rotate: 'b' });
  await story.until(({ attempt }) => attempt === 2);
  deleteRotation(story);
  await story.world.clock.runUntil(() => !story.world.rotation(), 20 * MINUTE_MS);
  expect(story.live()).toContain(second);
  expect(story.wrongSoFar()).toEqual([]);
});
