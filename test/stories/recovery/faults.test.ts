import { describe, expect, test } from 'vitest';
import { type CallFault, FAULT_TYPES, FAULTY_CALLS } from '../../doubles/outside-calls.ts';
import { begin, type Story } from '../world/story.ts';

const MINUTE_MS = 60_000;
const PODS = ['api-0', 'api-1'];
const FIRST_ISSUE = FAULTY_CALLS.filter((call) => !/revoke|get|LIST/.test(call));
const everyFault = FAULTY_CALLS.flatMap((call) =>
  FAULT_TYPES.flatMap((type) => [1, 2, 3].map((times) => ({ call, type, times }))),
);

/** The first issue, then a rotation, with `fault` met in the one that `during` names. */
async function play(fault: CallFault, during: 1 | 2): Promise<Story> {
  const story = begin();
  if (during === 1) story.faults.push({ ...fault });
  await story.firstKey();
  story.consume(...PODS);
  if (during === 2) story.faults.push({ ...fault });
  story.annotate({ rotate: 'a' });
  await story.done(2);
  return story;
}

describe('answers lost, requests lost and calls refused, up to three in a row: it converges, and nobody notices', () => {
  test.each(everyFault.map((fault) => [`${fault.call}: ${fault.type} ${fault.times}x`, fault] as const))(
    '%s during a rotation',
    async (_name, fault) => {
      const story = await play(fault, 2);
      expect(story.faults[0]?.times, 'the fault must be met').toBeLessThan(fault.times);
      expect(story.live()).toEqual([story.status().current?.keyID]);
      expect(story.wrong()).toEqual([]);
    },
  );

  test.each(
    everyFault
      .filter(({ call, times }) => FIRST_ISSUE.includes(call) && times === 1)
      .map((fault) => [`${fault.call}: ${fault.type}`, fault] as const),
  )('%s during the first issue', async (_name, fault) => {
    const story = await play(fault, 1);
    expect(story.live()).toEqual([story.status().current?.keyID]);
    expect(story.wrong()).toEqual([]);
  });

  test('an issue call that was surely not carried out costs no attempt', async () => {
    const story = await play({ call: 'issuer issue', type: 'Unavailable', times: 3 }, 2);
    expect(story.status()).toMatchObject({ revision: 2, attempt: 1 });
    expect(story.issued()).toBe(2);
  });

  test('the key of an issue call whose answer was lost is revoked, never published', async () => {
    const story = await play({ call: 'issuer issue', type: 'LoseAnswer', times: 1 }, 2);
    expect(story.issued()).toBe(3);
    const [, orphan] = story.world.apio.keys.filter((key) => key.label);
    expect(story.world.vault.held().some(({ data }) => data.key === orphan?.text)).toBe(false);
    expect(story.status().history?.[0]?.attempts).toBe(3);
  });
});

describe('what does not get better by itself', () => {
  test('a store that is away for an hour with the key in hand: one key is issued, the old one is not touched', async () => {
    const story = begin();
    await story.firstKey();
    story.consume(...PODS);
    const before = story.serves();
    const away: CallFault = { call: 'store write', type: 'Unavailable', times: Number.POSITIVE_INFINITY };
    story.faults.push(away);
    story.annotate({ rotate: 'a' });
    await story.until(() => story.issued() === 2);
    await story.world.clock.advance(60 * MINUTE_MS);
    expect(story.issued()).toBe(2);
    expect(story.serves()).toBe(before);
    expect(story.live()).toContain(before);
    expect(story.tells('Rotating')).toBe(
      'ServiceUnavailable: store write: not now; attempt 2.1, begun at 2030-01-01T00:00:01Z, obtains and publishes a new key (trigger Requested)',
    );
    expect(story.tells('Ready')).toContain('KeyPublished');
    away.times = 0;
    await story.done(2);
    expect(story.issued()).toBe(2);
    expect(story.status().attempt).toBe(1);
    expect(story.wrong()).toEqual([]);
  });

  test('a request that the issuer refuses waits until spec.key is corrected', async () => {
    const story = begin({
      spec: { key: { environment: 'Live', organization: 'acme', permissions: ['Not A Permission'] } },
    });
    story.create();
    await story.world.clock.advance(30 * MINUTE_MS);
    expect(story.issued()).toBe(0);
    expect(story.status()).toMatchObject({ revision: 1, attempt: 1, rotation: { trigger: 'FirstIssue' } });
    expect(story.tells('Rotating')).toContain('Refused');
    expect(story.tells('Ready')).toContain('NoKey');
    story.change({ key: { permissions: ['payments:read'] } });
    await story.done(1);
    expect(story.issued()).toBe(1);
    expect(story.wrong()).toEqual([]);
  });

  test.each([false, true])(
    'keys that never verify: after the third it stops until a new token (restarted: %s)',
    async (restarted) => {
      let broken = true;
      const story = begin({
        afterEach({ apio, calls }) {
          const newest = apio.keys.at(-1);
          if (broken && newest?.label && calls.at(-1) === 'issuer issue') apio.revokeOutside(newest.id);
        },
      });
      story.create();
      await story.until(({ conditions }) => !!conditions?.some(({ reason }) => reason === 'VerificationFailed'));
      await story.world.clock.advance(60 * MINUTE_MS);
      expect(story.issued()).toBe(3);
      expect(story.serves()).toBeUndefined();
      expect(story.tells('Stalled')).toContain('the issuer gave 3 keys that did not verify');
      if (restarted) {
        await story.world.stop();
        story.world.start();
        await story.world.clock.advance(5 * MINUTE_MS);
        expect(story.issued()).toBe(3);
      }
      broken = false;
      story.annotate({ rotate: 'again' });
      await story.done(1);
      expect(story.issued()).toBe(4);
      expect(story.tells('Stalled')).toContain('Progressing');
      await story.world.clock.advance(10 * MINUTE_MS);
      expect(story.status().revision).toBe(1);
      expect(story.wrong()).toEqual([]);
    },
  );
});

describe('two operators at once', () => {
  test.each([1, 2, 3, 4, 5])(
    'work through a first issue and a rotation without a violation (seed %i)',
    async (seed) => {
      const story = begin({ operators: 2, seed });
      await story.firstKey();
      story.consume(...PODS);
      story.annotate({ rotate: 'a' });
      await story.done(2);
      expect(story.live()).toEqual([story.status().current?.keyID]);
      expect(story.wrong()).toEqual([]);
    },
  );

  test.each(
    everyFault.filter(({ times }) => times === 1).map((fault) => [`${fault.call}: ${fault.type}`, fault] as const),
  )('also when a call fails: %s', async (_name, fault) => {
    const story = begin({ operators: 2 });
    await story.firstKey();
    story.consume(...PODS);
    story.faults.push({ ...fault });
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(story.live()).toEqual([story.status().current?.keyID]);
    expect(story.wrong()).toEqual([]);
  });
});

test('a converged object causes no mutating call during a day', async () => {
  const story = begin();
  await story.firstKey();
  await story.world.clock.advance(MINUTE_MS);
  const before = story.world.calls.length;
  await story.world.clock.advance(24 * 60 * MINUTE_MS);
  const byVerb: Record<string, number> = {};
  for (const call of story.world.calls.slice(before)) byVerb[call] = (byVerb[call] ?? 0) + 1;
  const reading = ['issuer check', 'store check'];
  expect(Object.keys(byVerb).filter((call) => !reading.includes(call) && !call.startsWith('kube LIST'))).toEqual([]);
  expect(byVerb['issuer check']).toBeGreaterThan(0);
  expect(story.wrong()).toEqual([]);
});
