import { describe, expect, test } from 'vitest';
import { lift, published, rollingBack, unpublished } from '../requests/rolling-back.ts';
import { deleteRotation, issueByHand, writeOutside } from '../world/outsiders.ts';
import { begin, type Story } from '../world/story.ts';
import { PATH } from '../world/world.ts';

const HOUR_MS = 3_600_000;

const gone = ({ world }: Story) => world.clock.runUntil(() => !world.rotation(), HOUR_MS);

describe('an object that is deleted while it is rolled back', () => {
  test.each(['before it is published', 'while consumers move back'])(
    '%s: Retain keeps both keys and names them',
    async (phase) => {
      const story = phase === 'before it is published' ? await unpublished() : await rollingBack();
      if (phase !== 'before it is published') await published(story);
      lift(story);
      deleteRotation(story);
      await gone(story);
      await story.world.clock.idle();
      expect(story.live()).toEqual([story.first, story.second]);
      expect(story.events()).toContain('KeysRetained');
      expect(story.wrongSoFar()).toEqual([]);
    },
  );

  test.each(['before it is published', 'while consumers move back'])(
    '%s: Revoke leaves no key alive',
    async (phase) => {
      const options = { spec: { deletionPolicy: 'Revoke' }, exempt: ['S4'] } as const;
      const story = phase === 'before it is published' ? await unpublished(options) : await rollingBack(options);
      if (phase !== 'before it is published') await published(story);
      lift(story);
      deleteRotation(story);
      await gone(story);
      expect(story.live()).toEqual([]);
    },
  );

  test('Revoke kills an adopted key too, on the word of the issuer', async () => {
    const story = begin({
      spec: { existingKey: { policy: 'Adopt' }, deletionPolicy: 'Revoke' },
      exempt: ['S4'],
    });
    const found = issueByHand(story.world);
    writeOutside(story.world, PATH, { key: found.text });
    story.create();
    await story.until(({ current }) => current !== undefined);
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.publishedAt);
    story.annotate({ rollback: '1/x' });
    await story.until(({ revision, rotation }) => revision === 2 && !!rotation?.publishedAt);
    deleteRotation(story);
    await gone(story);
    expect(story.world.apio.statusOf(found)).toBe('revoked');
    expect(story.live()).toEqual([]);
  });
});
