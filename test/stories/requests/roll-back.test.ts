import { describe, expect, test } from 'vitest';
import { adoptFound } from '../world/outsiders.ts';
import { MOUNT } from '../world/places.ts';
import { begin, type Story } from '../world/story.ts';
import { PATH, PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Two keys live, one pod of two has moved, and the first key is what somebody wants back. */
async function halfMoved(options: Parameters<typeof begin>[0] = {}): Promise<Story & { readonly first: string }> {
  const story = begin(options);
  await story.firstKey();
  const first = story.serves() ?? '';
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.halfMoved();
  return { ...story, first };
}

describe('a roll back that somebody asks for', () => {
  test('publishes the old key again, waits for all consumers, revokes the new one, and nothing new begins', async () => {
    const story = await halfMoved({ spec: { schedule: { cron: '0 * * * *' } } });
    const second = story.serves() ?? '';
    story.annotate({ rollback: '2/x' });
    await story.published(3);
    expect(story.serves()).toBe(story.first);
    await story.pass(5 * MINUTE_MS);
    expect(story.live()).toEqual([story.first, second]);
    expect(story.tells('Rotating')).toContain('api-1');
    story.consume('api-1');
    await story.done(3);
    expect(story.live()).toEqual([story.first]);
    expect(story.issued()).toBe(2);
    expect(story.status()).toMatchObject({
      current: { keyID: story.first, revision: 3 },
      lastHandled: { rollback: '2/x' },
      history: [
        { revision: 3, trigger: 'RollBack', rollbackOf: 2, result: 'Revoked', basis: 'Evidence', revokedKeyID: second },
        { revision: 2, result: 'RolledBack', keyID: second },
        { revision: 1 },
      ],
    });
    await story.pass(3 * HOUR_MS);
    expect(story.status().revision).toBe(3);
    expect(story.status().nextRotationTime).toBeUndefined();
    expect(story.tells('Stalled')).toContain(`RolledBack: revision 2 was rolled back to key ${story.first}`);
    expect(story.events()).toEqual(expect.arrayContaining(['RollBackBegun', 'TickSkipped']));
    expect(story.wrong()).toEqual([]);
    story.annotate({ rotate: 'b' });
    await story.done(4);
    expect(story.tells('Stalled')).toBe('Progressing: no human is needed');
    expect(story.issued()).toBe(3);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('of a change of permissions does not begin again before the spec is changed', async () => {
    const story = begin();
    await story.firstKey();
    story.consume('api-0');
    story.change({ key: { permissions: ['payments:write'] } });
    await story.published(2);
    story.annotate({ rollback: '2/x' });
    story.consume('api-1');
    await story.done(3);
    await story.pass(HOUR_MS);
    expect(story.status()).toMatchObject({ revision: 3, current: { permissions: ['payments:read'] } });
    story.change({ key: { permissions: ['payments:write', 'payments:read'] } });
    await story.done(4);
    expect(story.status().history?.[0]).toMatchObject({ trigger: 'KeyChanged', result: 'Revoked' });
    expect(story.wrong()).toEqual([]);
  });

  test('before the key is published begins when it is, and is told meanwhile', async () => {
    const story = begin();
    await story.firstKey();
    const first = story.serves();
    story.consume(...PODS);
    story.faults.push({ call: 'store write', type: 'Unavailable', times: 8 });
    story.annotate({ rotate: 'a' });
    await story.until(({ revision }) => revision === 2);
    story.annotate({ rollback: '2/x' });
    await story.done(3);
    expect(story.serves()).toBe(first);
    expect(story.live()).toEqual([first]);
    expect(story.wrong()).toEqual([]);
  });

  test('to an adopted key keeps it adopted, and the rotation after that retires it', async () => {
    const story = begin({ spec: { existingKey: { policy: 'Adopt' } } });
    const found = await adoptFound(story);
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.published();
    story.annotate({ rollback: '1/x' });
    story.consume('api-1');
    await story.done(2);
    expect(story.status().current).toMatchObject({ keyID: found.id, adopted: true, revision: 2 });
    expect(story.live()).toEqual([]);
    story.annotate({ rotate: 'b' });
    await story.done(3);
    expect(story.world.apio.statusOf(found)).toBe('revoked');
    expect(story.wrong()).toEqual([]);
  });

  test('of a roll back goes forward again', async () => {
    const story = await halfMoved();
    const second = story.serves();
    story.annotate({ rollback: '2/x' });
    await story.published(3);
    story.annotate({ rollback: '3/y' });
    await story.published(4);
    story.consume('api-1');
    await story.done(4);
    expect(story.serves()).toBe(second);
    expect(story.live()).toEqual([second]);
    expect(story.wrong()).toEqual([]);
  });
});

describe('a roll back is refused with an event, and the rotation goes on', () => {
  test.each([
    ['no target gives the old text any more', '2/x', 'no target gives its text any more'],
    ['another revision is meant', '1/x', 'revision 2 is running, not 1'],
    ['the annotation is not of its form', 'x', 'must read <running revision>/<token>'],
  ])('%s', async (_why, rollback, told) => {
    const story = await halfMoved();
    const { vault } = story.world;
    vault.handle({
      method: 'POST',
      path: `${MOUNT}/destroy/${PATH}`,
      token: vault.createToken(),
      body: { versions: [1] },
    });
    story.annotate({ rollback });
    await story.until(({ lastHandled }) => lastHandled?.rollback === rollback);
    await story.pass(MINUTE_MS);
    expect(story.events()).toContain('RollbackImpossible');
    expect(story.tells('Rotating')).toMatch(/^RollbackImpossible: waiting for api/);
    expect(story.tells('Rotating')).toContain(told);
    story.consume('api-1');
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('no rotation is running', async () => {
    const story = begin();
    await story.firstKey();
    story.annotate({ rollback: '1/x' });
    await story.pass(MINUTE_MS);
    expect(story.events()).toContain('RollbackImpossible');
    expect(story.status()).toMatchObject({ revision: 1, lastHandled: { rollback: '1/x' } });
  });

  test('the revocation is decided', async () => {
    const story = begin();
    await story.firstKey();
    story.consume(...PODS);
    story.faults.push({ call: 'issuer revoke', type: 'Unavailable', times: 5 });
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.revokeIntent);
    story.annotate({ rollback: '2/x' });
    await story.done(2);
    expect(story.events()).toContain('RollbackImpossible');
    expect(story.status().history?.[0]).toMatchObject({ revision: 2, result: 'Revoked' });
    expect(story.wrong()).toEqual([]);
  });

  test('a token from before the first key counts as handled', async () => {
    const story = begin({ annotations: { 'apikeyrotation.io/rollback': '1/x' } });
    await story.firstKey();
    expect(story.events()).not.toContain('RollbackImpossible');
    expect(story.status().lastHandled).toMatchObject({ rollback: '1/x' });
  });
});

describe('onDeadline: RollBack', () => {
  const spec = { migration: { deadline: '1h', onDeadline: 'RollBack' } } as const;

  test('rolls back at the deadline and waits for the same consumers', async () => {
    const story = await halfMoved({ spec });
    const second = story.serves() ?? '';
    await story.until(({ revision, rotation }) => revision === 3 && !!rotation?.publishedAt, 2 * HOUR_MS);
    expect(story.serves()).toBe(story.first);
    expect(story.live()).toEqual([story.first, second]);
    story.consume('api-1');
    await story.done(3);
    expect(story.tells('Stalled')).toContain('RolledBack');
    expect(story.status().history?.[0]).toMatchObject({ trigger: 'Deadline', rollbackOf: 2 });
    expect(story.wrong()).toEqual([]);
  });

  test('holds at the deadline of the roll back itself', async () => {
    const story = await halfMoved({ spec });
    await story.told('Held', 4 * HOUR_MS);
    expect(story.status()).toMatchObject({ revision: 3, rotation: { rollbackOf: 2 } });
    await story.pass(3 * HOUR_MS);
    expect(story.status().revision).toBe(3);
    expect(story.live()).toHaveLength(2);
    expect(story.wrong()).toEqual([]);
  });

  test('holds where the old key cannot be had again', async () => {
    const story = await halfMoved({ spec });
    const { vault } = story.world;
    vault.handle({
      method: 'POST',
      path: `${MOUNT}/destroy/${PATH}`,
      token: vault.createToken(),
      body: { versions: [1] },
    });
    await story.told('Held', 2 * HOUR_MS);
    expect(story.tells('Stalled')).toContain('roll back refused');
    expect(story.status().revision).toBe(2);
    expect(story.wrong()).toEqual([]);
  });
});
