import { describe, expect, test } from 'vitest';
import { SECOND, TARGETS } from '../world/places.ts';
import { begin } from '../world/story.ts';
import { lift, rollingBack, unpublished } from './rolling-back.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('while a roll back runs', () => {
  test('suspending holds it, and resuming goes on', async () => {
    const story = await unpublished();
    story.change({ suspend: true });
    lift(story);
    await story.pass(HOUR_MS);
    expect(story.serves()).toBe(story.second);
    story.change({ suspend: false });
    story.consume('api-0', 'api-1');
    await story.done(3);
    expect(story.live()).toEqual([story.first]);
    expect(story.wrong()).toEqual([]);
  });

  test('a spec that asks for another key issues nothing, and asks for it only after the roll back has been answered', async () => {
    const story = await rollingBack();
    await story.published(3);
    story.change({ key: { permissions: ['payments:read', 'payments:write'] } });
    story.consume('api-1');
    await story.done(3);
    await story.pass(HOUR_MS);
    expect(story.issued()).toBe(2);
    expect(story.tells('Stalled')).toContain('RolledBack');
    story.annotate({ rotate: 'b' });
    await story.done(4);
    expect(story.status().current?.permissions).toEqual(['payments:read', 'payments:write']);
    expect(story.wrong()).toEqual([]);
  });

  test('a restored key that somebody kills is told, and the way back is to roll back the roll back', async () => {
    const story = await unpublished({ exempt: ['S3'] });
    story.world.apio.revokeOutside(story.first);
    lift(story);
    await story.pass(10 * MINUTE_MS);
    story.annotate({ rollback: '3/y' });
    story.consume('api-0', 'api-1');
    await story.done(4);
    expect(story.live()).toEqual([story.second]);
    expect(story.serves()).toBe(story.second);
  });

  test('a target that cannot be written is dropped, and gets the restored key when it can', async () => {
    const story = await unpublished({ spec: { targets: [TARGETS.Vault, SECOND] } });
    story.annotate({ 'drop-target': '3/second' });
    await story.until(({ rotation }) => rotation?.plan.targets.length === 1);
    lift(story);
    story.consume('api-0', 'api-1');
    await story.until(({ current, rotation }) => !rotation && current?.targets.length === 2);
    expect(story.serves()).toBe(story.first);
    expect(story.serves(SECOND.path)).toBe(story.first);
    expect(story.live()).toEqual([story.first]);
    expect(story.wrong()).toEqual([]);
  });

  test('orphans of the rotation before it are swept at its end', async () => {
    const story = begin();
    await story.firstKey();
    const first = story.serves() ?? '';
    story.faults.push({ call: 'issuer issue', type: 'LoseAnswer', times: 1 });
    story.annotate({ rotate: 'a' });
    await story.published();
    story.annotate({ rollback: '2/x' });
    story.consume('api-0', 'api-1');
    await story.done(3);
    expect(story.live()).toEqual([first]);
    expect(story.wrong()).toEqual([]);
  });
});
