import { afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { begin, type Story } from '../../stories/world/story.ts';
import { type ToldStory, tellStory } from './told-story.ts';

let story: Story;
let told: ToldStory;
afterEach(() => told.close());

/** The second key is published, and one of two pods has moved to it. */
async function halfMoved(): Promise<void> {
  story = begin();
  await story.firstKey();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.halfMoved();
  told = await tellStory(story);
}

describe('status', () => {
  test('is a document with all that the text tells, as JSON or YAML', async () => {
    await halfMoved();
    const { out } = await told.call('status apio -o yaml');
    expect(parse(out)).toMatchObject({
      name: 'apio',
      state: 'Rotating',
      reason: 'Migrating',
      revision: 2,
      ready: true,
      consumers: [{ name: 'api', state: 'Pending', missingPods: ['api-1'] }],
    });
    expect(JSON.parse((await told.call('status apio -o json')).out)).toEqual(parse(out));
  });

  test('--watch shows each change as it comes, and ends with the rotation', async () => {
    await halfMoved();
    let isMoving = false;
    const { code, out } = await told.callOverTime('status apio --watch', {
      onPrinted() {
        if (!isMoving) story.consume('api-1');
        isMoving = true;
      },
    });
    const heads = out.split('\n').filter((line) => line.startsWith('payments/apio'));
    expect([code, heads.at(0), heads.at(-1)]).toEqual([
      0,
      'payments/apio  Rotating, Migrating',
      'payments/apio  Settled',
    ]);
    expect(out).toContain('▸ old key revoked');
  });

  test('--watch ends by Ctrl-C', async () => {
    await halfMoved();
    const interrupted = new AbortController();
    const onPrinted = () => interrupted.abort();
    expect((await told.call('status apio --watch', { signal: interrupted.signal, onPrinted })).code).toBe(0);
  });

  test('--watch ends when the object is gone', async () => {
    await halfMoved();
    const onPrinted = () => {
      const key = { resource: 'apikeyrotations.apikeyrotation.io', namespace: 'payments', name: 'apio' };
      if (!story.world.rotation()) return;
      story.world.kube.patch(key, { type: 'merge', body: { metadata: { finalizers: null } } });
      story.world.kube.delete(key);
    };
    await story.world.stop();
    expect(await told.call('status apio --watch', { onPrinted })).toMatchObject({ code: 4 });
  });
});

describe('list', () => {
  test('--watch adds a row for each change', async () => {
    await halfMoved();
    const interrupted = new AbortController();
    const { out } = await told.callOverTime('list --watch', {
      signal: interrupted.signal,
      onPrinted(text) {
        if (text.split('\n').length === 3) story.annotate({ rotate: 'b' });
        if (text.split('\n').length > 3) interrupted.abort();
      },
    });
    expect(out).toMatch(/^NAME .*\napio +Rotating .*\napio +Rotating /);
  });

  test('of a namespace without any says where to look', async () => {
    await halfMoved();
    expect((await told.call('list -n other')).out).toBe('No ApiKeyRotation in namespace other; -A looks in all.\n');
    expect((await told.call('list -A')).out).toMatch(/^NAMESPACE +NAME .*\npayments +apio /);
  });
});

describe('a command line that is wrong', () => {
  test.each([
    ['statsu apio', "there is no command 'statsu'; see kubectl apikey --help"],
    ['status', 'NAME is missing: kubectl apikey status NAME'],
    ['status apio apio', "'apio' is too much: kubectl apikey status NAME"],
    ['status apio --wide', "Unknown option '--wide'"],
    ['status apio -o wide', '-o wide is not one of json, yaml'],
    ['rotate apio --timeout soon', '--timeout soon is not a duration'],
    ['rotate apio --wait --no-wait', 'exclude each other'],
    ['rotate apio --key key_a1', '--key goes with --emergency'],
    ['rollback apio --revision last', '--revision last is not a number'],
  ])('%s', async (words, text) => {
    await halfMoved();
    expect(await told.call(words)).toMatchObject({ code: 2, err: expect.stringContaining(text) });
  });
});

test('--help says what there is, of all and of each', async () => {
  await halfMoved();
  expect((await told.call('--help')).out).toMatch(/\n {2}status +timeline of one rotation/);
  expect((await told.call('rotate --help')).out).toMatch(
    /^kubectl apikey rotate NAME: .*\n\n[\s\S]*--emergency +a key has leaked/,
  );
  expect((await told.call('completion')).out).toContain('exec kubectl apikey __complete "$@"');
});
