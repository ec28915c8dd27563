import { expect } from 'vitest';
import { TARGETS } from '../world/places.ts';
import { begin, issueByHand, type Story, type StoryOptions, writeSecretOutside } from '../world/story.ts';

const PODS = ['api-0', 'api-1'];
const { path: PATH } = TARGETS.KubernetesSecret;

/** A story with a KubernetesSecret target that came to its end. */
export interface Played {
  readonly story: Story;
  /** How many outside calls came before what the story is about. */
  readonly begun: number;
}

/** A key that people made is adopted, then retired by a rotation. */
async function retireAdopted(options: StoryOptions = {}): Promise<Played> {
  const story = begin({ stores: ['KubernetesSecret'], ...options, spec: { existingKey: { policy: 'Adopt' } } });
  const found = issueByHand(story.world);
  writeSecretOutside(story.world, PATH, { key: found.text });
  story.consume(...PODS);
  story.create();
  await story.until(({ current }) => current !== undefined);
  story.annotate({ rotate: 'a' });
  await story.done(1);
  expect(story.world.apio.statusOf(found)).toBe('revoked');
  expect(story.status().history).toMatchObject([{ revokedKeyID: found.id, result: 'Revoked', basis: 'Evidence' }]);
  return { story, begun: 0 };
}

/** The first issue and a rotation. */
async function rotate(options: StoryOptions = {}): Promise<Played> {
  const story = begin({ stores: ['KubernetesSecret'], ...options });
  await story.firstKey();
  story.consume(...PODS);
  story.annotate({ rotate: 'a' });
  await story.done(2);
  expect(story.live()).toEqual([story.serves()]);
  return { story, begun: 0 };
}

/** A rotation that is rolled back when one of two pods has moved, and, `twice`, forward again before the other one moved back. */
async function rollBack(options: StoryOptions, { twice = false } = {}): Promise<Played> {
  const story = begin({ stores: ['KubernetesSecret'], ...options });
  const oneHasMoved = (revision: number) =>
    story.until(
      (now) => now.revision === revision && !!now.rotation?.consumers?.some((it) => it.missingPods?.length === 1),
    );
  await story.firstKey();
  const first = story.serves();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await oneHasMoved(2);
  const second = story.serves();
  const begun = story.world.calls.length;
  story.annotate({ rollback: '2/x' });
  if (twice) {
    await oneHasMoved(3);
    story.annotate({ rollback: '3/y' });
  }
  await story.until(({ revision }) => revision === (twice ? 4 : 3));
  story.consume('api-1');
  await story.done(twice ? 4 : 3);
  expect(story.serves()).toBe(twice ? second : first);
  return { story, begun };
}

/** The new key leaks while consumers move: the old one is published again, the leaked one dies, and another is issued. */
async function replaceLeaked(options: StoryOptions = {}): Promise<Played> {
  const story = begin({ stores: ['KubernetesSecret'], ...options });
  await story.firstKey();
  const first = story.serves();
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  const leaked = story.serves();
  const begun = story.world.calls.length;
  story.annotate({ emergency: `x/${leaked}` });
  await story.until(({ revision, rotation }) => revision === 4 && !!rotation?.publishedAt);
  expect(story.live()).toEqual([first, story.serves()]);
  story.consume(...PODS);
  await story.done(4);
  return { story, begun };
}

/** What is played, by what happens to the key that is replaced. */
export const STORIES: Readonly<Record<string, (options?: StoryOptions) => Promise<Played>>> = {
  'an adopted key that is retired': retireAdopted,
  'a key of ours that is retired': rotate,
  'a key that is rolled back to': (options = {}) => rollBack(options),
  'a key that is rolled back to because the new one has leaked': replaceLeaked,
  'a key that is rolled back to, and forward from again': (options = {}) => rollBack(options, { twice: true }),
};
