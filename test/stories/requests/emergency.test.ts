import { describe, expect, test } from 'vitest';
import { MOUNT, SECOND, TARGETS } from '../world/places.ts';
import { begin, type Story } from '../world/story.ts';
import { PATH, PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Nobody reports: what an emergency does not wait for. */
async function silent(options: Parameters<typeof begin>[0] = {}): Promise<Story & { readonly first: string }> {
  const story = begin(options);
  await story.firstKey();
  return { ...story, first: story.serves() ?? '' };
}

/** The same in the middle of a rotation. */
async function silentlyMigrating(options: Parameters<typeof begin>[0] = {}) {
  const story = await silent(options);
  story.annotate({ rotate: 'a' });
  await story.published();
  return { ...story, second: story.serves() ?? '' };
}

describe('the current key has leaked', () => {
  test('another is issued and published, and the leaked one dies at once, whatever consumers and grace say', async () => {
    const story = await silent({ spec: { migration: { gracePeriod: '1h' } } });
    story.annotate({ emergency: `x/${story.first}` });
    await story.until(({ history }) => history?.[0]?.revision === 2, MINUTE_MS);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.serves()).not.toBe(story.first);
    expect(story.status()).toMatchObject({
      lastHandled: { emergency: `x/${story.first}` },
      history: [{ trigger: 'Emergency', basis: 'Emergency', result: 'Revoked', revokedKeyID: story.first }, {}],
    });
    await story.pass(HOUR_MS);
    expect(story.status().revision).toBe(2);
    expect(story.events()).toEqual(expect.arrayContaining(['EmergencyBegun', 'OldKeyRevoked']));
    expect(story.wrong()).toEqual([]);
  });

  test('not while suspended, and that is told', async () => {
    const story = await silent();
    story.change({ suspend: true });
    story.annotate({ emergency: `x/${story.first}` });
    await story.pass(HOUR_MS);
    expect(story.live()).toEqual([story.first]);
    expect(story.tells('Rotating')).toContain(`the emergency x/${story.first} begins then`);
    story.change({ suspend: false });
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('a limit on issue calls does not hold it up', async () => {
    const story = await silent();
    for (let revision = 2; revision <= 6; revision += 1) {
      story.annotate({ emergency: `${revision}/${story.serves()}` });
      await story.done(revision);
    }
    story.annotate({ emergency: `x/${story.serves()}` });
    await story.until(({ history }) => history?.[0]?.revision === 7, MINUTE_MS);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('a target that does not take the new key wakes people, and dropping it lets the leaked key die', async () => {
    const story = await silent({ spec: { targets: [TARGETS.Vault, SECOND] } });
    const { vault } = story.world;
    const write = vault.handle.bind(vault);
    vault.handle = (request) =>
      request.method === 'POST' && request.path.includes(SECOND.path)
        ? {
            type: 'Answered',
            delayMs: 0,
            answer: { status: 403, headers: {}, body: { errors: ['permission denied'] } },
          }
        : write(request);
    story.annotate({ emergency: `x/${story.first}` });
    await story.pass(10 * MINUTE_MS);
    expect(story.live()).toContain(story.first);
    expect(story.tells('Stalled')).toContain(`meanwhile the leaked key ${story.first} is alive`);
    expect(story.tells('Stalled')).toContain('apikeyrotation.io/drop-target=2/<vault|second>');
    story.annotate({ 'drop-target': '2/second' });
    await story.until(({ history }) => history?.[0]?.revision === 2, MINUTE_MS);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.events()).toContain('TargetDropped');
    vault.handle = write;
    await story.until(({ current }) => current?.targets.length === 2);
    expect(story.serves(SECOND.path)).toBe(story.serves());
    expect(story.issued()).toBe(2);
    expect(story.wrong()).toEqual([]);
  });
});

test('a store that does not answer before the emergency could begin wakes people, and its target is up to the spec', async () => {
  const story = await silent({ spec: { targets: [TARGETS.Vault, SECOND] } });
  const { vault } = story.world;
  const handle = vault.handle.bind(vault);
  const answer = { status: 503, headers: {}, body: { errors: ['sealed'] } };
  vault.handle = (request) =>
    request.path.includes(SECOND.path) ? { type: 'Answered', delayMs: 0, answer } : handle(request);
  story.faults.push({ call: 'store read', type: 'Unavailable', times: 3 });
  story.annotate({ emergency: `x/${story.first}` });
  await story.stalled();
  expect(story.tells('Stalled')).toContain(`meanwhile the leaked key ${story.first} is alive`);
  expect(story.tells('Stalled')).toContain('take it out of spec.targets');
  story.change({ targets: [TARGETS.Vault] });
  await story.until(({ history }) => history?.[0]?.revision === 2);
  expect(story.live()).toEqual([story.serves()]);
  expect(story.wrong()).toEqual([]);
});

describe('a key has leaked in the middle of a rotation', () => {
  test('the old one: nothing new is issued, and it dies without a wait', async () => {
    const story = await silentlyMigrating();
    story.annotate({ emergency: `x/${story.first}` });
    await story.until(({ history }) => history?.[0]?.revision === 2, MINUTE_MS);
    expect(story.live()).toEqual([story.second]);
    expect(story.status().history?.[0]).toMatchObject({ trigger: 'Requested', basis: 'Emergency' });
    expect(story.wrong()).toEqual([]);
  });

  test('the old one while its revocation is decided and the issuer is down: evidence is not asked for again', async () => {
    const story = begin();
    await story.firstKey();
    const first = story.serves() ?? '';
    const pods = story.consume(...PODS);
    story.faults.push({ call: 'issuer revoke', type: 'Unavailable', times: 3 });
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.revokeIntent);
    for (const pod of pods) pod.stop();
    story.annotate({ emergency: `x/${first}` });
    await story.done(2);
    expect(story.status().history?.[0]?.basis).toBe('Emergency');
    expect(story.wrong()).toEqual([]);
  });

  test('the new one: back to the old key without a wait, then another is issued and waited for', async () => {
    const story = await silentlyMigrating();
    story.annotate({ emergency: `x/${story.second}` });
    await story.until(({ revision, rotation }) => revision === 4 && !!rotation?.publishedAt, 2 * MINUTE_MS);
    const third = story.serves();
    expect(story.live()).toEqual([story.first, third]);
    expect(story.status()).toMatchObject({
      rotation: { trigger: 'AfterEmergency' },
      history: [
        { revision: 3, trigger: 'Emergency', rollbackOf: 2, basis: 'Emergency', revokedKeyID: story.second },
        { revision: 2, result: 'RolledBack' },
        { revision: 1 },
      ],
    });
    story.consume(...PODS);
    await story.done(4);
    expect(story.live()).toEqual([third]);
    await story.pass(HOUR_MS);
    expect(story.status().revision).toBe(4);
    expect(story.wrong()).toEqual([]);
  });

  test('the new one, and no way leads back: another is issued in the same rotation, and the leaked one dies when it is published', async () => {
    // The list that authorised its revocation goes with the rotation.
    const story = await silentlyMigrating({ exempt: ['S3'] });
    const { vault } = story.world;
    vault.handle({
      method: 'POST',
      path: `${MOUNT}/destroy/${PATH}`,
      token: vault.createToken(),
      body: { versions: [1] },
    });
    story.annotate({ emergency: `x/${story.second}` });
    await story.until(({ rotation, attempt }) => attempt === 2 && !!rotation?.publishedAt, 2 * MINUTE_MS);
    const third = story.serves();
    await story.pass(MINUTE_MS);
    expect(story.live()).toEqual([story.first, third]);
    expect(story.tells('Rotating')).toContain('waiting for api');
    expect(story.events()).toContain('LeakedKeyRevoked');
    story.consume(...PODS);
    await story.done(2);
    expect(story.live()).toEqual([third]);
    expect(story.wrong()).toEqual([]);
  });

  test('the new one after the revocation of the old one is decided: that ends first', async () => {
    const story = begin();
    await story.firstKey();
    story.consume(...PODS);
    story.faults.push({ call: 'issuer revoke', type: 'Unavailable', times: 3 });
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.revokeIntent);
    const second = story.serves() ?? '';
    for (const pod of story.consume()) pod.stop();
    story.annotate({ emergency: `x/${second}` });
    await story.until(({ history }) => history?.[0]?.revision === 3);
    expect(story.status().history).toMatchObject([
      { revision: 3, trigger: 'Emergency', basis: 'Emergency', revokedKeyID: second },
      { revision: 2, basis: 'Evidence' },
      {},
    ]);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.invariants()).toEqual([]);
  });

  test('both of them: one after the other', async () => {
    const story = await silentlyMigrating();
    story.annotate({ emergency: `x/${story.first}` });
    await story.until(({ lastHandled }) => lastHandled?.emergency !== undefined);
    story.annotate({ emergency: `y/${story.second}` });
    await story.until(({ history }) => history?.[0]?.revision === 3);
    expect(story.live()).toEqual([story.serves()]);
    expect([story.first, story.second]).not.toContain(story.serves());
    expect(story.wrong()).toEqual([]);
  });

  test('a roll back to the leaked key is refused', async () => {
    const story = await silentlyMigrating({ spec: { targets: [TARGETS.Vault, SECOND] } });
    story.faults.push({ call: 'store read', type: 'Unavailable', times: 4 });
    story.annotate({ emergency: `x/${story.first}` });
    await story.until(({ rotation }) => !!rotation?.leakedKeyID);
    story.annotate({ rollback: '2/x' });
    await story.done(2);
    expect(story.events()).toContain('RollbackImpossible');
    expect(story.live()).toEqual([story.second]);
    expect(story.wrong()).toEqual([]);
  });
});

test.each([
  ['a key of somebody else', 'x/key_other'],
  ['no key at all', 'x'],
])('an emergency that names %s is refused with the keys that can be named', async (_what, emergency) => {
  const story = await silentlyMigrating();
  story.annotate({ emergency });
  await story.until(({ lastHandled }) => lastHandled?.emergency === emergency);
  await story.world.clock.idle();
  expect(story.messages('EmergencyRefused')[0]).toContain(`its keys are ${story.first}, ${story.second}`);
  expect(story.live()).toEqual([story.first, story.second]);
  expect(story.wrong()).toEqual([]);
});

test('an emergency from before the first key counts as handled', async () => {
  const story = begin({ annotations: { 'apikeyrotation.io/emergency': 'x/key' } });
  await story.firstKey();
  await story.pass(MINUTE_MS);
  expect(story.events()).not.toContain('EmergencyRefused');
});
