import { describe, expect, test } from 'vitest';
import type { IssuerCapabilities } from '../../../src/issuers/port.ts';
import type { CallFault } from '../../doubles/outside-calls.ts';
import { begin, type Story, type StoryOptions } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ISSUERS: Readonly<Record<string, IssuerCapabilities>> = {
  'Full and a list': { replay: 'Full', list: true, replayWindowMs: DAY_MS },
  'Full without a list': { replay: 'Full', list: false, replayWindowMs: DAY_MS },
  'ID and a list': { replay: 'ID', list: true },
  'ID without a list': { replay: 'ID', list: false, replayWindowMs: DAY_MS },
  'a list only': { replay: 'None', list: true },
};
const NEITHER: IssuerCapabilities = { replay: 'None', list: false };

/** What befalls the issue call of a rotation. */
const FATES: Readonly<Record<string, CallFault['type']>> = {
  'whose answer is lost': 'LoseAnswer',
  'whose request is lost': 'LoseRequest',
  'before which the process dies': 'DieBefore',
  'after which the process dies': 'DieAfter',
};
const everyCase = Object.entries(ISSUERS).flatMap(([issuer, capabilities]) =>
  Object.entries(FATES).map(([fate, type]) => ({ issuer, fate, capabilities, type })),
);

/** A rotation whose issue call meets the fault; a process that dies is followed by the next. */
async function play(
  capabilities: IssuerCapabilities,
  type: CallFault['type'],
  options: StoryOptions = {},
): Promise<Story> {
  const story = begin({ ...options, capabilities });
  await story.firstKey();
  story.consume(...PODS);
  const fault = { call: 'issuer issue', type, times: 1 };
  story.faults.push(fault);
  story.annotate({ rotate: 'a' });
  await story.until(() => fault.times === 0);
  return story;
}

describe('an issue call', () => {
  test.each(everyCase)('$fate, at an issuer with $issuer: it converges, and no key is left over', async (given) => {
    const story = await play(given.capabilities, given.type);
    await story.done(2);
    const isRepeated = given.capabilities.replay === 'Full' && given.type.startsWith('Lose');
    expect(story.status().history?.[0]?.attempts, 'the holder repeats a call that gives the whole answer again').toBe(
      isRepeated ? 1 : 3,
    );
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test.each(Object.entries(FATES))(
    '%s, at an issuer with neither: a person looks before the one more call',
    async (_fate, type) => {
      const story = await play(NEITHER, type);
      await story.told('NeedsHuman');
      const before = story.issued();
      await story.pass(60 * MINUTE_MS);
      expect(story.issued()).toBe(before);
      expect(story.tells('Stalled')).toMatch(
        /NeedsHuman: .* a key labelled sim\/[-0-9a-f]+\/2\.1 at https:\/\/live\.apio\.test may be alive/,
      );
      const [first, lost] = story.live();
      if (lost) story.world.apio.revokeOutside(lost);
      expect(story.serves()).toBe(first);
      story.annotate({ rotate: 'b' });
      await story.done(2);
      expect(story.issued()).toBe(before + 1);
      expect(story.live()).toEqual([story.serves()]);
      await story.pass(60 * MINUTE_MS);
      expect(story.status()).toMatchObject({ revision: 2 });
      expect(story.wrong()).toEqual([]);
    },
  );

  test('that nobody can find is parked once, also by two operators', async () => {
    const story = await play(NEITHER, 'LoseAnswer', { operators: 2 });
    await story.told('NeedsHuman');
    const { attempt } = story.status();
    await story.pass(60 * MINUTE_MS);
    expect(story.status().attempt).toBe(attempt);
    expect(story.issued()).toBe(2);
    expect(story.wrongSoFar()).toEqual([]);
  });

  test.each(['LoseAnswer', 'DieAfter'] as const)(
    '(%s) that the issuer has forgotten when somebody could repeat it: nobody does, and a person looks',
    async (type) => {
      const story = await play({ replay: 'Full', list: false, replayWindowMs: DAY_MS }, type, {
        afterEach({ calls, clock }) {
          // The window passes while the call is under way: no process has time to repeat it.
          if (calls.at(-1) === 'issuer issue' && calls.filter((call) => call === 'issuer issue').length === 2)
            clock.jump(DAY_MS);
        },
      });
      await story.told('NeedsHuman');
      expect(story.issued()).toBe(2);
      await story.pass(60 * MINUTE_MS);
      expect(story.issued()).toBe(2);
      expect(story.tells('Stalled')).toContain('/2.1 at https://live.apio.test may be alive');
      expect(story.wrongSoFar()).toEqual([]);
    },
  );

  test.each(['Full and a list', 'Full without a list'])(
    'that is repeated after spec.key was changed, at an issuer with %s: its key is not forgotten',
    async (issuer) => {
      const story = await play(ISSUERS[issuer] ?? NEITHER, 'LoseAnswer');
      story.change({ key: { permissions: ['payments:read', 'payments:write'] } });
      await story.until(({ current }) => current?.permissions?.length === 2, 6 * 60 * MINUTE_MS);
      await story.done(story.status().revision ?? 0);
      expect(story.live()).toEqual([story.serves()]);
      expect(story.wrong()).toEqual([]);
    },
  );

  test('that is repeated in vain is left for the next attempt while the hour still has calls for others', async () => {
    const story = begin({ capabilities: { replay: 'Full', list: true } });
    await story.firstKey();
    story.consume(...PODS);
    const silent: CallFault = { call: 'issuer issue', type: 'LoseAnswer', times: Number.POSITIVE_INFINITY };
    story.faults.push(silent);
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => rotation?.recovering === true);
    expect(story.issued(), 'every repeat was known for one').toBe(2);
    expect(story.status().issueCalls).toHaveLength(6);
    silent.times = 0;
    await story.until(
      ({ current, rotation, revision }) => revision === 2 && !!current && !rotation,
      3 * 60 * MINUTE_MS,
    );
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });
});

describe('a process that dies in the middle of publishing', () => {
  test.each(Object.entries({ ...ISSUERS, neither: NEITHER }))(
    'at an issuer with %s: the next one takes the key over and issues none',
    async (_issuer, capabilities) => {
      const story = begin({ capabilities });
      await story.firstKey();
      story.consume(...PODS);
      const fault: CallFault = { call: 'store write', type: 'DieAfter', times: 1 };
      story.faults.push(fault);
      story.annotate({ rotate: 'a' });
      await story.done(2);
      expect(fault.times).toBe(0);
      expect(story.issued()).toBe(2);
      expect(story.live()).toEqual([story.serves()]);
      expect(story.wrong()).toEqual([]);
    },
  );
});

describe('an issuer that allows two keys at a time', () => {
  const TWO = { maxKeys: 2 };
  test.each(Object.entries(ISSUERS))(
    'with %s: also a lost key leaves room for the next',
    async (_issuer, capabilities) => {
      const story = await play({ ...capabilities, ...TWO }, 'DieAfter');
      await story.done(2);
      expect(story.live()).toEqual([story.serves()]);
      expect(story.wrong()).toEqual([]);
    },
  );

  test('names the keys when there is no room, and goes on when there is', async () => {
    const story = begin({ capabilities: { replay: 'ID', list: true, maxKeys: 1 } });
    await story.firstKey();
    const first = story.serves();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.pass(10 * MINUTE_MS);
    expect(story.status().revision).toBe(1);
    expect(story.tells('Stalled')).toBe(
      `KeyLimit: issuer apio allows 1 living keys, and there are: ${first}; a rotation needs two at a time: raise the limit, or use another issuer`,
    );
    expect(story.wrong()).toEqual([]);
  });
});

describe('an issuer that does not say which key it is shown', () => {
  const DEATHS = ['issuer issue', 'issuer verify', 'issuer revoke'];
  test.each(DEATHS)('has no key left over when a process dies after its %s', async (call) => {
    const story = begin({ isReticent: true });
    await story.firstKey();
    story.consume(...PODS);
    const fault: CallFault = { call, type: 'DieAfter', times: 1 };
    story.faults.push(fault);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(fault.times).toBe(0);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('and has room for two keys waits for a person after such a death, and names both', async () => {
    const story = begin({
      isReticent: true,
      capabilities: { replay: 'ID', list: true, maxKeys: 2 },
    });
    await story.firstKey();
    const first = story.serves();
    const fault: CallFault = { call: 'store write', type: 'DieAfter', times: 1 };
    story.faults.push(fault);
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.told('KeyLimit');
    const carried = story.serves();
    expect(story.tells('Stalled')).toContain(
      `there are: ${first}, ${carried}; revoke there by hand one that nobody uses`,
    );
    await story.pass(10 * MINUTE_MS);
    expect(story.live()).toEqual([first, carried]);
    // This is no rest: status does not name the key that only a marker names, KeyLimit does.
    expect(story.wrong()).toEqual([expect.stringMatching(/^S2 /)]);
  });

  test('has a key that only a marker names left alive until the consumers use the one after it', async () => {
    // S3 of the stories forgets what was listed when the rotation has ended.
    const story = begin({ isReticent: true, exempt: ['S3'] });
    await story.firstKey();
    const fault: CallFault = { call: 'store write', type: 'DieAfter', times: 1 };
    story.faults.push(fault);
    story.annotate({ rotate: 'a' });
    await story.published();
    const [first, carried, second] = story.world.apio.keys.filter(({ label }) => label).map(({ id }) => id);
    expect(fault.times).toBe(0);
    expect(story.live(), 'consumers may have loaded any of them').toEqual([first, carried, second]);
    expect(story.serves()).toBe(second);
    story.consume(...PODS);
    await story.done(2);
    expect(story.live()).toEqual([second]);
    expect(story.wrong()).toEqual([]);
  });
});
