import { describe, expect, test } from 'vitest';
import { lift, rollingBack, unpublished } from '../requests/rolling-back.ts';
import { adoptFound, deleteRotation } from '../world/outsiders.ts';
import { begin, type StoryOptions } from '../world/story.ts';

const PHASES = {
  'before it is published': unpublished,
  async 'while consumers move back'(options?: StoryOptions) {
    const story = await rollingBack(options);
    await story.published(3);
    return story;
  },
};

describe('an object that is deleted while it is rolled back', () => {
  test.each(Object.entries(PHASES))('%s: Retain keeps both keys and names them', async (_phase, rollBack) => {
    const story = await rollBack();
    lift(story);
    deleteRotation(story);
    await story.gone();
    expect(story.live()).toEqual([story.first, story.second]);
    expect(story.events()).toContain('KeysRetained');
    expect(story.wrongSoFar()).toEqual([]);
  });

  test.each(Object.entries(PHASES))('%s: Revoke leaves no key alive', async (_phase, rollBack) => {
    const story = await rollBack({ spec: { deletionPolicy: 'Revoke' }, exempt: ['S4'] });
    lift(story);
    deleteRotation(story);
    await story.gone();
    expect(story.live()).toEqual([]);
  });

  test('Revoke kills an adopted key too, on the word of the issuer', async () => {
    const story = begin({
      spec: { existingKey: { policy: 'Adopt' }, deletionPolicy: 'Revoke' },
      exempt: ['S4'],
    });
    const found = await adoptFound(story);
    story.annotate({ rotate: 'a' });
    await story.published();
    story.annotate({ rollback: '1/x' });
    await story.published(2);
    deleteRotation(story);
    await story.gone();
    expect(story.world.apio.statusOf(found)).toBe('revoked');
    expect(story.live()).toEqual([]);
  });
});
