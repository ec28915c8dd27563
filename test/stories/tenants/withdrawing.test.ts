import { describe, expect, test } from 'vitest';
import { deleteRotation } from '../world/outsiders.ts';
import { PODS } from '../world/world.ts';
import { beginShared, grantKeys, grantPaths, KEYS, outsideCalls, PATHS } from './shared.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('a grant that is withdrawn while nothing runs', () => {
  test.each([
    ['for keys', (story: Parameters<typeof grantKeys>[0]) => grantKeys(story, []), 'ClusterApiKeyIssuer shared'],
    ['for a path', (story: Parameters<typeof grantKeys>[0]) => grantPaths(story, []), 'ClusterKeyStore shared'],
  ])(
    '%s: the key lives on, no other is made however it is asked for, until it is given back',
    async (_what, withdraw, named) => {
      const story = beginShared();
      await story.firstKey();
      const first = story.serves();
      withdraw(story);
      await story.told('NotGranted');
      const before = outsideCalls(story).length;
      story.annotate({ rotate: 'a' });
      await story.pass(6 * HOUR_MS);
      expect(story.tells('Ready')).toContain(named);
      expect(outsideCalls(story)).toHaveLength(before);
      expect(story.live()).toEqual([first]);
      expect(story.serves()).toBe(first);
      grantKeys(story, [KEYS]);
      grantPaths(story, [PATHS]);
      story.consume(...PODS);
      await story.done(2);
      expect(story.live()).toEqual([story.serves()]);
      expect(story.wrong()).toEqual([]);
    },
  );

  test('a key that leaks then needs people, who are told at once and loudly', async () => {
    const story = beginShared();
    await story.firstKey();
    const leaked = story.serves();
    grantKeys(story, []);
    await story.told('NotGranted');
    story.annotate({ emergency: `t1/${leaked}` });
    await story.stalled();
    expect(story.tells('Stalled')).toContain('NotGranted: spec.issuerRef: ClusterApiKeyIssuer shared grants no keys');
    grantKeys(story, [KEYS]);
    await story.until(({ lastHandled, rotation }) => lastHandled?.emergency !== undefined && !rotation);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.serves()).not.toBe(leaked);
    expect(story.wrong()).toEqual([]);
  });
});

describe('a grant that is withdrawn while a rotation runs', () => {
  test('for keys, before one was issued: none is, until it is given back', async () => {
    const story = beginShared();
    await story.firstKey();
    const down = story.refuse('issuer issue');
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => rotation !== undefined);
    await story.pass(MINUTE_MS);
    grantKeys(story, []);
    down.times = 0;
    await story.told('NotGranted');
    await story.pass(HOUR_MS);
    expect(story.issued()).toBe(1);
    expect(story.tells('Stalled')).toContain('NeedsHuman: spec.issuerRef: ClusterApiKeyIssuer shared grants no keys');
    grantKeys(story, [KEYS]);
    await story.published();
    story.consume(...PODS);
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('for keys, after one was published: the rotation ends, so that the old key does not stay alive', async () => {
    const story = beginShared();
    await story.firstKey();
    story.annotate({ rotate: 'a' });
    await story.published();
    grantKeys(story, []);
    story.consume(...PODS);
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('for a path, after a key was published: nothing is read there and nothing revoked, until it is given back', async () => {
    const story = beginShared();
    await story.firstKey();
    story.annotate({ rotate: 'a' });
    await story.published();
    grantPaths(story, []);
    await story.pass(MINUTE_MS);
    const before = outsideCalls(story).filter((call) => call.startsWith('store ')).length;
    story.consume(...PODS);
    await story.told('NotGranted');
    await story.pass(6 * HOUR_MS);
    expect(outsideCalls(story).filter((call) => call.startsWith('store '))).toHaveLength(before);
    expect(story.live()).toHaveLength(2);
    grantPaths(story, [PATHS]);
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });
});

describe('a grant that is withdrawn before the object is deleted', () => {
  test('Retain: the object goes, and an event names the key that is alive', async () => {
    const story = beginShared();
    await story.firstKey();
    grantKeys(story, []);
    grantPaths(story, []);
    await story.told('NotGranted');
    const [key = ''] = story.live();
    deleteRotation(story);
    expect(await story.gone()).toBeLessThan(MINUTE_MS);
    expect(story.live()).toEqual([key]);
    expect(story.messages('KeysRetained')).toEqual([expect.stringContaining(key)]);
  });

  test('Revoke: its key is revoked, for which no grant is needed', async () => {
    const story = beginShared({ spec: { deletionPolicy: 'Revoke' } });
    await story.firstKey();
    grantKeys(story, []);
    grantPaths(story, []);
    await story.told('NotGranted');
    deleteRotation(story);
    expect(await story.gone()).toBeLessThan(MINUTE_MS);
    expect(story.live()).toEqual([]);
  });

  test('while a key is on its way to a path: what cannot be fenced is told, and the object goes', async () => {
    const story = beginShared();
    await story.firstKey();
    const down = story.refuse('store write');
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => rotation !== undefined);
    await story.pass(MINUTE_MS);
    grantPaths(story, []);
    down.times = 0;
    const keys = story.live();
    deleteRotation(story);
    await story.gone();
    expect(story.serves()).toBe(keys[0]);
    const [told = ''] = story.messages('DeletionGaveUp');
    expect(told).toContain(keys[0]);
  });
});
