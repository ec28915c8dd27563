import { afterEach, describe, expect, test } from 'vitest';
import { begin, type Story, type StoryOptions } from '../../stories/world/story.ts';
import type { CallOptions } from './call-plugin.ts';
import { SITUATIONS } from './page/situations.ts';
import { type ToldStory, tellStory } from './told-story.ts';

let story: Story;
let told: ToldStory;
afterEach(() => told.close());

/** The first key is in use by one of two pods. */
async function inUse(options: StoryOptions = {}): Promise<void> {
  story = begin(options);
  await story.firstKey();
  story.consume('api-0');
  told = await tellStory(story);
}

/** The second key is published, and one of two pods has moved to it. */
async function halfMoved(): Promise<void> {
  await inUse();
  story.annotate({ rotate: 'a' });
  await story.halfMoved();
}

const call = (words: string | readonly string[], options?: CallOptions) => told.callOverTime(words, options);
const keys = () => story.status().rotation;

describe('rotate', () => {
  test('asks for another key, with the reason, and tells that it has begun', async () => {
    await inUse();
    const { code, out } = await call(['rotate', 'apio', '--reason', 'laptop lost']);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^asked for another key \(rotate \d+\)\nrevision 2 has begun\n$/),
    ]);
    expect(story.status().rotation?.reason).toBe('laptop lost');
  });

  test('--no-wait only asks', async () => {
    await inUse();
    expect(await told.call('rotate apio --no-wait')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^asked .*\n$/),
    });
    await story.published(2);
  });

  test('says what it waits for: a running rotation, a suspension, the first key', async () => {
    await halfMoved();
    expect(await call('rotate apio')).toMatchObject({ code: 6, out: expect.stringContaining('revision 2 is running') });
    story.change({ suspend: true });
    expect(await call('rotate apio')).toMatchObject({ code: 6, out: expect.stringContaining('it is suspended') });
    await told.close();
    story = begin({ operators: 0 });
    story.create();
    told = await tellStory(story);
    expect(await told.call('rotate apio')).toMatchObject({
      code: 3,
      err: expect.stringContaining('apio has no key yet'),
    });
  });

  test('is another try for a rotation that is stuck, and waits for one that is held', async () => {
    await halfMoved();
    story.world.apio.revokeOutside(keys()?.newKey?.keyID ?? '');
    story.consume('api-1');
    await story.told('NeedsHuman');
    const stuck = await call('rotate apio');
    expect([stuck.code, stuck.out]).toEqual([0, expect.stringMatching(/\nrevision 2 issues another key\n$/)]);
    await told.close();
    story = await SITUATIONS.held();
    told = await tellStory(story);
    expect(await call('rotate apio')).toMatchObject({ code: 6, out: expect.stringContaining('revision 2 is running') });
  });

  test('that nobody can take tells what keeps them from it', async () => {
    story = await SITUATIONS.stalled();
    told = await tellStory(story);
    const { code, err } = await call('rotate apio --timeout 1s');
    expect([code, err]).toEqual([6, expect.stringMatching(/; its status says \w+: target vault: /)]);
  });

  test('waits for a window, and says when it opens', async () => {
    await inUse({ spec: { schedule: { cron: '0 3 1 * *', windows: [{ cron: '0 12 * * *', duration: '1h' }] } } });
    const { code, out } = await call('rotate apio');
    expect([code, out]).toEqual([6, expect.stringContaining('2030-01-01T12:00:00Z')]);
  });

  test('gives up where nobody answers, and names what to look at', async () => {
    await inUse();
    await story.world.stop();
    const { code, err } = await told.call('rotate apio --timeout 20ms');
    expect([code, err]).toEqual([
      6,
      expect.stringContaining(
        'nobody has answered within 0.02s; is an operator running? kubectl apikey doctor -n payments',
      ),
    ]);
  });

  test('-o json gives the answer as a document', async () => {
    await inUse();
    expect(JSON.parse((await call('rotate apio -o json')).out)).toEqual({
      answer: 'Taken',
      message: 'revision 2 has begun',
    });
  });
});

describe('rotate --emergency', () => {
  test('names the current key by itself, and another one is issued', async () => {
    await inUse();
    const leaked = story.serves();
    const { code, out } = await call(['rotate', 'apio', '--emergency', '--reason', 'found in a/log']);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(
        `revision 2: key ${leaked} is revoked when another is in every target; no consumer is waited for`,
      ),
    ]);
    await story.done(2);
    expect(story.status().history?.[0]).toMatchObject({
      revokedKeyID: leaked,
      basis: 'Emergency',
      reason: expect.stringContaining('found in a log'),
    });
  });

  test('must name the key while a rotation runs', async () => {
    await halfMoved();
    const { oldKey, newKey } = keys() ?? {};
    const { code, err } = await call('rotate apio --emergency');
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(`by --key KEYID, one of ${oldKey?.keyID}, ${newKey?.keyID}`),
    ]);
  });

  test('with the old key ends the wait, and with --watch is followed to its end', async () => {
    await halfMoved();
    const { oldKey } = keys() ?? {};
    const { code, out } = await call(`rotate apio --emergency --key ${oldKey?.keyID} --watch`);
    expect([code, out]).toEqual([0, expect.stringContaining(`${oldKey?.keyID} Revoked, by Emergency`)]);
  });

  test('with a key of nobody is refused, in the words of the operator', async () => {
    await halfMoved();
    const { code, err } = await call('rotate apio --emergency --key key_other');
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/^error: emergency refused: key_other is no key of this rotation; its keys are key_/),
    ]);
  });

  test('while it is suspended says that it begins then', async () => {
    await inUse({ spec: { suspend: false } });
    story.change({ suspend: true });
    await story.told('Suspended');
    const { code, out } = await call('rotate apio --emergency');
    expect([code, out]).toEqual([6, expect.stringMatching(/emergency \d+\/key_\w+ begins then\n$/)]);
  });
});

describe('rollback', () => {
  test('publishes the old key again', async () => {
    await halfMoved();
    const { oldKey } = keys() ?? {};
    const { code, out } = await call('rollback apio --revision 2');
    expect([code, out]).toEqual([0, expect.stringContaining('revision 3 rolls revision 2 back')]);
    await story.published(3);
    expect(story.serves()).toBe(oldKey?.keyID);
  });

  test('of another revision than runs, or of none, is not even asked', async () => {
    await halfMoved();
    expect(await call('rollback apio --revision 1')).toMatchObject({
      code: 3,
      err: 'error: revision 2 is running, not 1\n',
    });
    story.consume('api-1');
    await story.done(2);
    expect(await call('rollback apio')).toMatchObject({
      code: 3,
      err: 'error: no rotation is running; for another key: kubectl apikey rotate apio -n payments\n',
    });
    expect(story.world.rotation()?.metadata.annotations).not.toHaveProperty('apikeyrotation.io/rollback');
  });

  test('that is refused tells why', async () => {
    await halfMoved();
    story.refuse('issuer revoke');
    await call(`rotate apio --emergency --key ${keys()?.oldKey?.keyID} --no-wait`);
    await story.until(({ rotation }) => !!rotation?.revokeIntent);
    const { code, err } = await call('rollback apio');
    expect([code, err]).toEqual([3, expect.stringMatching(/^error: roll back refused: key key_\w+ has leaked/)]);
  });
});

describe('suspend and resume', () => {
  test('wait until the operator has seen it, and remind of GitOps', async () => {
    await inUse();
    expect(await call('suspend apio')).toEqual({
      code: 0,
      out: 'spec.suspend is true\nthe operator has seen it: nothing begins\n',
      err: 'note: where GitOps applies this rotation, set spec.suspend: true in its repository too\n',
    });
    expect((await told.call('status apio')).out).toContain('Suspended');
    expect((await call('resume apio')).out).toContain('it goes on');
    expect(story.world.rotation()?.spec.suspend).toBe(false);
  });
});
