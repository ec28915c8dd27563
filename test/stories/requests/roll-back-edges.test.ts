import { describe, expect, test } from 'vitest';
import {
  begin,
  deleteRotation,
  issueByHand,
  restore,
  type Story,
  type StoryOptions,
  writeOutside,
} from '../world/story.ts';
import { PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OTHER = 'payments/second';
const VAULT = { name: 'vault', storeRef: { name: 'vault' }, path: PATH };
const SECOND = { name: 'second', storeRef: { name: 'vault' }, path: OTHER };

interface RollingBack extends Story {
  readonly first: string;
  readonly second: string;
}

/** The roll back is asked for; how far it comes is up to the test. One pod of two reports. */
async function rollingBack(options: StoryOptions = {}): Promise<RollingBack> {
  const story = begin(options);
  await story.firstKey();
  const first = story.serves() ?? '';
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  const second = story.serves() ?? '';
  story.annotate({ rollback: '2/x' });
  return { ...story, first, second };
}

const published = (story: Story) => story.until(({ revision, rotation }) => revision === 3 && !!rotation?.publishedAt);
/** Committed, and stopped before it could write. */
async function unpublished(options: StoryOptions = {}): Promise<RollingBack> {
  const story = begin(options);
  const { faults } = story;
  await story.firstKey();
  const first = story.serves() ?? '';
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  const second = story.serves() ?? '';
  faults.push({ call: 'store write', type: 'Unavailable', times: Number.POSITIVE_INFINITY });
  story.annotate({ rollback: '2/x' });
  await story.until(({ revision }) => revision === 3);
  await story.world.clock.advance(5_000);
  return { ...story, first, second };
}

function lift({ faults }: Story): void {
  for (const fault of faults) fault.times = 0;
}

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

describe('a status from before the roll back', () => {
  test('is noticed, and the key that was rolled back to becomes current when a person accepts it', async () => {
    const story = await rollingBack({ exempt: ['S3', 'S10'] });
    const before = story.status();
    await published(story);
    restore(story, before);
    story.consume('api-1');
    await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'StateRegression'));
    expect(story.live()).toEqual([story.first, story.second]);
    story.annotate({ 'accept-state': '3' });
    await story.until(({ rotation, revision }) => !rotation && revision === 3);
    expect(story.status().current).toMatchObject({ keyID: story.first });
    story.annotate({ rotate: 'b' });
    await story.done(4);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.invariants()).toEqual([]);
  });

  test('of an adopted key is noticed as well: nobody planted it', async () => {
    const story = begin({ spec: { existingKey: { policy: 'Adopt' } }, exempt: ['S3', 'S10'] });
    const found = issueByHand(story.world);
    writeOutside(story.world, PATH, { key: found.text });
    story.create();
    await story.until(({ current }) => current !== undefined);
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.publishedAt);
    const before = story.status();
    story.annotate({ rollback: '1/x' });
    await story.until(({ revision, rotation }) => revision === 2 && !!rotation?.publishedAt);
    restore(story, before);
    await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'StateRegression'));
    story.annotate({ 'accept-state': '2' });
    await story.until(({ rotation, revision }) => !rotation && revision === 2);
    expect(story.status().current).toMatchObject({ keyID: found.id, adopted: true });
  });
});

describe('while a roll back runs', () => {
  test('suspending holds it, and resuming goes on', async () => {
    const story = await unpublished();
    story.change({ suspend: true });
    lift(story);
    await story.world.clock.advance(HOUR_MS);
    expect(story.serves()).toBe(story.second);
    story.change({ suspend: false });
    story.consume('api-0', 'api-1');
    await story.done(3);
    expect(story.live()).toEqual([story.first]);
    expect(story.wrong()).toEqual([]);
  });

  test('a spec that asks for another key issues nothing, and asks for it only after the roll back has been answered', async () => {
    const story = await rollingBack();
    await published(story);
    story.change({ key: { permissions: ['payments:read', 'payments:write'] } });
    story.consume('api-1');
    await story.done(3);
    await story.world.clock.advance(HOUR_MS);
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
    await story.world.clock.advance(10 * MINUTE_MS);
    story.annotate({ rollback: '3/y' });
    story.consume('api-0', 'api-1');
    await story.done(4);
    expect(story.live()).toEqual([story.second]);
    expect(story.serves()).toBe(story.second);
  });

  test('a target that cannot be written is dropped, and gets the restored key when it can', async () => {
    const story = await unpublished({ spec: { targets: [VAULT, SECOND] } });
    story.annotate({ 'drop-target': '3/second' });
    await story.until(({ rotation }) => rotation?.plan.targets.length === 1);
    lift(story);
    story.consume('api-0', 'api-1');
    await story.until(({ current, rotation }) => !rotation && current?.targets.length === 2);
    expect(story.serves()).toBe(story.first);
    expect(story.serves(OTHER)).toBe(story.first);
    expect(story.live()).toEqual([story.first]);
    expect(story.wrong()).toEqual([]);
  });

  test('orphans of the rotation before it are swept at its end', async () => {
    const story = begin();
    await story.firstKey();
    const first = story.serves() ?? '';
    story.faults.push({ call: 'issuer issue', type: 'LoseAnswer', times: 1 });
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.publishedAt);
    story.annotate({ rollback: '2/x' });
    story.consume('api-0', 'api-1');
    await story.done(3);
    expect(story.live()).toEqual([first]);
    expect(story.wrong()).toEqual([]);
  });
});

describe('a target that was dropped', () => {
  test('and still cannot be written is told, is not Ready, and gets the key without a new one when it can', async () => {
    const story = begin({ spec: { targets: [VAULT, SECOND] } });
    await story.firstKey();
    const { vault } = story.world;
    const handle = vault.handle.bind(vault);
    const answer = { status: 503, headers: {}, body: { errors: ['sealed'] } };
    story.consume('api-0', 'api-1');
    vault.handle = (request) =>
      request.method === 'POST' && request.path.includes(OTHER)
        ? { type: 'Answered', delayMs: 0, answer }
        : handle(request);
    story.annotate({ rotate: 'a' });
    await story.until(({ revision }) => revision === 2);
    await story.world.clock.advance(MINUTE_MS);
    story.annotate({ 'drop-target': '2/second' });
    await story.until(({ rotation, revision }) => revision === 2 && !rotation);
    await story.world.clock.advance(10 * MINUTE_MS);
    expect(story.tells('Ready')).toBe('TargetPending: these targets do not have the current key yet: second');
    vault.handle = handle;
    await story.until(({ current }) => current?.targets.length === 2);
    await story.world.clock.advance(MINUTE_MS);
    expect(story.serves(OTHER)).toBe(story.serves());
    expect(story.tells('Ready')).toMatch(/^KeyPublished/);
    expect(story.issued()).toBe(2);
    expect(story.wrong()).toEqual([]);
  });
});
