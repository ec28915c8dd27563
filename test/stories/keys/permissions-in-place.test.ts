import { describe, expect, test } from 'vitest';
import type { CallFault } from '../../doubles/outside-calls.ts';
import { deleteRotation, issueByHand, recreateIssuer, restore } from '../world/outsiders.ts';
import { begin, type Story, type StoryOptions } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const READ = ['payments:read'];
const BOTH = ['payments:read', 'payments:write'];
const HOUR_MS = 3_600_000;

/** A key in use that shall rather be changed than replaced. */
async function inUse(options: Partial<StoryOptions> = {}): Promise<Story> {
  const key = { environment: 'Live', organization: 'acme', permissions: READ, onPermissionChange: 'PreferInPlace' };
  const story = begin({ ...options, spec: { key: key as never, ...options.spec } });
  await story.firstKey();
  story.consume(...PODS);
  return story;
}

/** The issuer does not take the change before the answer is `correct`ed. */
async function stuck(story: Story): Promise<CallFault> {
  const fault = story.refuse('issuer update');
  story.change({ key: { permissions: BOTH } });
  await story.until(({ rotation }) => rotation?.inPlace !== undefined);
  return fault;
}

const told = (story: Story) =>
  [...(story.world.apio.keys.find(({ id }) => id === story.serves())?.permissions ?? [])].sort();
const updates = ({ world }: Story) => world.calls.filter((call) => call === 'issuer update').length;

/** The first key is in use, alone, and may do exactly this. */
function expectKept(story: Story, permissions: readonly string[]): void {
  expect(story.issued()).toBe(1);
  expect(told(story)).toEqual(permissions);
  expect(story.status().current?.permissions).toEqual(permissions);
  expect(story.wrong()).toEqual([]);
}

/** A second key is in use, alone, and may do exactly this. */
function expectReplaced(story: Story, permissions: readonly string[]): void {
  expect(story.issued()).toBe(2);
  expect(story.live()).toEqual([story.serves()]);
  expect(told(story)).toEqual(permissions);
  expect(story.wrong()).toEqual([]);
}

describe('a permission is added', () => {
  test('the key stays, in its targets and with its consumers, and history says why', async () => {
    const story = await inUse();
    const before = story.status();
    story.change({ key: { permissions: BOTH, reason: 'refunds by hand' } });
    await story.done(2);
    expectKept(story, BOTH);
    const { current, history, lastRotationTime } = story.status();
    expect(current).toEqual({ ...before.current, permissions: BOTH });
    expect(lastRotationTime).toBe(before.lastRotationTime);
    expect(history?.[0]).toMatchObject({
      revision: 2,
      trigger: 'KeyChanged',
      reason: 'permissions [payments:read] -> [payments:read payments:write]: refunds by hand',
      result: 'PermissionsUpdated',
      keyID: current?.keyID,
    });
    expect(history?.[0]?.revokedKeyID).toBeUndefined();
    expect(story.messages('PermissionsUpdated')).toEqual([
      `key ${current?.keyID} has permissions [payments:read payments:write] now; no new key was needed`,
    ]);
    expect(story.world.audit.map(({ effect, step }) => step ?? effect).slice(-3)).toEqual([
      'Intent',
      'Update',
      'Updated',
    ]);
  });

  test.each([1, 2, 3])('%i operators ask for it, and nobody for a key', async (operators) => {
    const story = await inUse({ operators });
    story.change({ key: { permissions: BOTH } });
    await story.done(2);
    await story.pass(5 * 60_000);
    expectKept(story, BOTH);
    expect(updates(story)).toBe(1);
  });

  test.each(['DieBefore', 'DieAfter', 'LoseAnswer', 'LoseRequest', 'Unavailable'] as const)(
    '%s at the call: it is made again or found done',
    async (type) => {
      const story = await inUse();
      story.faults.push({ call: 'issuer update', type, times: 1 });
      story.change({ key: { permissions: BOTH } });
      await story.done(2);
      expectKept(story, BOTH);
    },
  );

  test('a status from before it is restored: it is found done', async () => {
    const story = await inUse();
    const before = story.status();
    story.change({ key: { permissions: BOTH } });
    await story.done(2);
    restore(story, before);
    await story.done(2);
    expectKept(story, BOTH);
    expect(updates(story)).toBe(1);
  });

  test('to a key that was rotated since: the new one keeps it', async () => {
    const story = await inUse();
    story.change({ key: { permissions: BOTH } });
    await story.done(2);
    story.annotate({ rotate: 'a' });
    await story.done(3);
    expectReplaced(story, BOTH);
  });
});

describe('a new key is issued', () => {
  test('where the issuer demands one; the old one lives until its consumers have moved', async () => {
    const story = await inUse();
    const old = story.serves();
    story.world.apio.settings.permissionChange = 'NewKey';
    story.change({ key: { permissions: BOTH } });
    await story.done(2);
    expectReplaced(story, BOTH);
    expect(updates(story)).toBe(1);
    expect(story.status().history?.[0]).toMatchObject({ result: 'Revoked', revokedKeyID: old, basis: 'Evidence' });
    expect(story.messages('NewKeyRequired')).toEqual([
      `key ${old} cannot get permissions [payments:read payments:write] in place: the issuer demands a new key for that. A new key is issued, and consumers are waited for`,
    ]);
  });

  test.each([
    ['a permission is taken away', ['refunds:read']],
    ['one is taken away and another added', ['payments:write']],
  ])('where %s', async (_what, permissions) => {
    const story = await inUse();
    story.change({ key: { permissions } });
    await story.done(2);
    expectReplaced(story, permissions);
    expect(updates(story)).toBe(0);
  });

  test('where somebody gave the key more than is wanted', async () => {
    const story = await inUse();
    const key = story.world.apio.keys.find(({ id }) => id === story.serves());
    if (key) key.permissions = [...READ, 'payouts:write'];
    story.change({ key: { permissions: BOTH } });
    await story.done(2);
    expectReplaced(story, BOTH);
    expect(story.messages('NewKeyRequired')[0]).toContain('it would lose payouts:write');
  });

  test('where the key is dead', async () => {
    const story = await inUse({ exempt: ['S3', 'S4'] });
    const fault = await stuck(story);
    fault.times = 0;
    story.world.apio.revokeOutside(story.serves() ?? '');
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(told(story)).toEqual(BOTH);
  });

  test('where no permissions are kept in place, as by default', async () => {
    const story = await inUse();
    story.change({ key: { permissions: BOTH, onPermissionChange: null } });
    await story.done(2);
    expectReplaced(story, BOTH);
    expect(updates(story)).toBe(0);
  });
});

describe('while the issuer does not take the change', () => {
  test('the wait says what it is for and what ends it; the key is Ready meanwhile', async () => {
    const story = await inUse();
    await stuck(story);
    await story.told('ServiceUnavailable');
    expect(story.tells('Rotating')).toMatch(
      /since .*Z the issuer is asked to add permissions \[payments:write\] to key key_\w+, which stays in use; to have a new key issued instead, set spec.key.onPermissionChange to Reissue$/,
    );
    expect(story.tells('Ready')).toMatch(/^KeyPublished/);
  });

  test('suspend is obeyed, and resuming goes on', async () => {
    const story = await inUse();
    const fault = await stuck(story);
    story.change({ suspend: true });
    await story.told('Suspended');
    fault.times = 0;
    const before = updates(story);
    await story.pass(HOUR_MS);
    expect(updates(story)).toBe(before);
    story.change({ suspend: false });
    await story.done(2);
    expectKept(story, BOTH);
  });

  test('the permissions are changed back: nothing is left of it', async () => {
    const story = await inUse();
    await stuck(story);
    story.change({ key: { permissions: READ } });
    await story.done(2);
    expectKept(story, READ);
  });

  test('other permissions are asked for: those are added', async () => {
    const story = await inUse();
    const fault = await stuck(story);
    story.change({ key: { permissions: ['payments:read', 'refunds:read'] } });
    await story.until(({ attempt }) => attempt === 2);
    fault.times = 0;
    await story.done(2);
    expectKept(story, ['payments:read', 'refunds:read']);
  });

  test('a permission that the issuer does not know is corrected', async () => {
    const story = await inUse();
    story.change({ key: { permissions: ['payments:read', 'payments-write'] } });
    await story.told('NeedsHuman');
    story.change({ key: { permissions: BOTH } });
    await story.done(2);
    expectKept(story, BOTH);
  });

  test('a new key is asked for instead', async () => {
    const story = await inUse();
    await stuck(story);
    story.change({ key: { onPermissionChange: 'Reissue' } });
    await story.done(2);
    expectReplaced(story, BOTH);
  });

  test('the key leaks: another one replaces it at once', async () => {
    const story = await inUse();
    await stuck(story);
    const leaked = story.serves();
    story.annotate({ emergency: `e/${leaked}` });
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(told(story)).toEqual(BOTH);
    expect(story.status().history?.[0]).toMatchObject({ basis: 'Emergency', revokedKeyID: leaked });
    expect(story.invariants()).toEqual([]);
  });

  test('an emergency of another key is refused', async () => {
    const story = await inUse();
    await stuck(story);
    story.annotate({ emergency: 'e/key_unknown' });
    await story.until(({ lastHandled }) => lastHandled?.emergency !== undefined);
    expect(story.messages('EmergencyRefused')).toEqual([
      `emergency refused: key_unknown is no key of this rotation; its keys are ${story.serves()}`,
    ]);
  });

  test('roll back and drop-target are refused, and say what helps', async () => {
    const story = await inUse();
    await stuck(story);
    story.annotate({ rollback: '2/a', 'drop-target': '2/vault' });
    await story.until(({ lastHandled }) => !!lastHandled?.rollback && !!lastHandled.dropTarget);
    expect(story.messages('RollbackImpossible')).toEqual([
      `roll back refused: revision 2 adds permissions to key ${story.serves()} and issues no other key; to take them back, correct spec.key.permissions`,
    ]);
    expect(story.messages('DropTargetRefused')).toEqual([
      'drop-target refused: revision 2 writes to no target; take it out of spec.targets',
    ]);
  });

  test.each(['Retain', 'Revoke'] as const)('the object is deleted (%s)', async (deletionPolicy) => {
    const story = await inUse({ spec: { deletionPolicy } });
    await stuck(story);
    const serving = story.serves();
    deleteRotation(story);
    await story.gone();
    expect(story.live()).toEqual(deletionPolicy === 'Retain' ? [serving] : []);
  });

  test('the issuer object is made again under its name: it goes on there', async () => {
    const story = await inUse();
    const fault = await stuck(story);
    await recreateIssuer(story);
    fault.times = 0;
    await story.until(({ rotation }) => rotation === undefined);
    expectKept(story, BOTH);
  });
});

test('a status that names a key of others gives it no permissions', async () => {
  const story = await inUse({ exempt: ['S4'] });
  const others = issueByHand(story.world);
  const { current } = story.status();
  if (current) restore(story, { ...story.status(), current: { ...current, keyID: others.id } });
  story.change({ key: { permissions: BOTH } });
  await story.told('Conflict');
  await story.pass(HOUR_MS);
  expect(others.permissions).toEqual(READ);
  expect(updates(story)).toBe(0);
  expect(story.tells('Stalled')).toContain(`key ${others.id} at https://live.apio.test does not carry our label`);
});
