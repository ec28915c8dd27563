import { describe, expect, test } from 'vitest';
import type { RotationSpec } from '../../../src/api/types.ts';
import { begin } from '../world/story.ts';
import { addPod, PODS } from '../world/world.ts';
import { beginArmed } from './armed-story.ts';
import { PHASES } from './phases.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

type Consumers = NonNullable<RotationSpec['consumers']>;

const reporting = (name: string): Consumers[number] => ({
  name,
  evidence: [{ type: 'Report', report: { serviceAccountName: name } }, { type: 'Proof' }],
});

describe('a consumer is added', () => {
  test.each(PHASES)('$name', async ({ hasCome, moved, afterIntent }) => {
    const { story, arm, isOver } = beginArmed({ spec: { migration: { gracePeriod: '10m' } } }, hasCome, (told) =>
      told.change({ consumers: [reporting('api'), reporting('batch')] }),
    );
    await story.firstKey();
    addPod(story.world.kube, 'batch-0');
    story.consume(...PODS.slice(0, moved));
    arm();
    story.annotate({ rotate: 'a' });
    await story.until(isOver);
    story.consume(...PODS.slice(moved));
    await story.pass(HOUR_MS);
    if (!afterIntent) {
      expect(story.live(), 'both keys live while the new consumer has not moved').toHaveLength(2);
      expect(story.tells('Rotating')).toContain('waiting for batch (waiting for reports of pod batch-0');
      expect(story.status().consumersSummary).toBe('1/2');
      story.consume('batch-0');
    }
    await story.done(2);
    expect(story.issued()).toBe(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });
});

describe('the deadline', () => {
  const first = { deadline: '1h' };

  test.each(['Hold', 'RollBack'] as const)(
    'is extended before it passes: with %s nothing happens at the first one',
    async (onDeadline) => {
      const story = begin({ spec: { migration: { ...first, onDeadline } } });
      await story.firstKey();
      story.consume('api-0');
      story.annotate({ rotate: 'a' });
      await story.halfMoved();
      story.change({ migration: { deadline: '4h' } });
      await story.pass(3 * HOUR_MS);
      expect(story.tells('Stalled')).toBe('Progressing: no human is needed');
      expect(story.status()).toMatchObject({ revision: 2, rotation: { publishedAt: expect.any(String) } });
      story.consume('api-1');
      await story.done(2);
      expect(story.issued()).toBe(2);
      expect(story.wrong()).toEqual([]);
    },
  );

  test('is extended when the rotation is held already: it waits again, and names the new one', async () => {
    const story = begin({ spec: { migration: first } });
    await story.firstKey();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.told('Held', 2 * HOUR_MS);
    story.change({ migration: { deadline: '4h' } });
    await story.pass(MINUTE_MS);
    expect(story.tells('Stalled')).toBe('Progressing: no human is needed');
    expect(story.tells('Rotating')).toMatch(/^Migrating: waiting for api .* until 2030-01-01T04:/);
    story.consume('api-1');
    await story.done(2);
    expect(story.issued()).toBe(2);
    expect(story.wrong()).toEqual([]);
  });

  test('is extended too late for a roll back: that goes on, and no key is lost by it', async () => {
    const story = begin({ spec: { migration: { ...first, onDeadline: 'RollBack' } } });
    await story.firstKey();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.until(({ revision }) => revision === 3, 2 * HOUR_MS);
    story.change({ migration: { deadline: '72h' } });
    story.consume('api-1');
    await story.until(({ rotation }) => !rotation);
    expect(story.tells('Stalled')).toMatch(/^RolledBack/);
    expect(story.issued()).toBe(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('is brought forward into the past: it is held at once, with both keys alive', async () => {
    const story = begin({ spec: { migration: { deadline: '72h' } } });
    await story.firstKey();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.halfMoved();
    await story.pass(2 * HOUR_MS);
    story.change({ migration: first });
    await story.told('Held', MINUTE_MS);
    expect(story.live()).toHaveLength(2);
    story.consume('api-1');
    await story.done(2);
    expect(story.wrong()).toEqual([]);
  });
});

test('evidence is exchanged for an overlap while consumers are waited for, and no key is lost by it', async () => {
  const story = begin();
  await story.firstKey();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.halfMoved();
  story.consume('api-1');
  story.change({ consumers: null, withoutEvidence: { overlap: '2h' } });
  await story.pass(HOUR_MS);
  expect(story.live()).toHaveLength(2);
  await story.until(({ rotation }) => !rotation, 2 * HOUR_MS);
  expect(story.issued()).toBe(2);
  expect(story.live()).toEqual([story.serves()]);
  expect(story.wrong()).toEqual([]);
});
