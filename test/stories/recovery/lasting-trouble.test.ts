import { describe, expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { deleteRotation } from '../world/outsiders.ts';
import { begin } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;

describe('what does not get better by itself', () => {
  test('a store that is away for an hour with the key in hand: one key is issued, the old one is not touched', async () => {
    const story = begin();
    await story.firstKey();
    story.consume(...PODS);
    const before = story.serves();
    const away = story.refuse('store write');
    story.annotate({ rotate: 'a' });
    await story.until(() => story.issued() === 2);
    await story.pass(60 * MINUTE_MS);
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
    await story.pass(30 * MINUTE_MS);
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
      await story.told('VerificationFailed');
      await story.pass(60 * MINUTE_MS);
      expect(story.issued()).toBe(3);
      expect(story.serves()).toBeUndefined();
      expect(story.tells('Stalled')).toContain('the issuer gave 3 keys that did not verify');
      if (restarted) {
        await story.world.stop();
        story.world.start();
        await story.pass(5 * MINUTE_MS);
        expect(story.issued()).toBe(3);
      }
      broken = false;
      story.annotate({ rotate: 'again' });
      await story.done(1);
      expect(story.issued()).toBe(4);
      expect(story.tells('Stalled')).toContain('Progressing');
      await story.pass(10 * MINUTE_MS);
      expect(story.status().revision).toBe(1);
      expect(story.wrong()).toEqual([]);
    },
  );
});

/** An issuer that asks to be left alone, unless told otherwise for an hour. */
function busyIssuer(retryAfterSeconds = 3_600): Issuer {
  const refuse = async () => {
    throw new CallError('unavailable', 'TooManyRequests', 'the issuer is busy', {
      status: 429,
      retryAfterSeconds,
    });
  };
  const capabilities = { replay: 'ID', list: true } as const;
  const list = async () => [];
  return {
    capabilities,
    origin: 'https://live.apio.test',
    issue: refuse,
    list,
    verify: refuse,
    get: refuse,
    usage: refuse,
    updatePermissions: refuse,
    revoke: refuse,
    check: async () => {},
  };
}

describe('while the issuer asks to be left alone for an hour', () => {
  test('suspending is obeyed within a quarter of a minute', async () => {
    const story = begin({ issuerOf: () => busyIssuer() });
    story.create();
    await story.pass(MINUTE_MS);
    story.change({ suspend: true });
    await story.pass(15_000);
    expect(story.tells('Rotating')).toMatch(/^Suspended/);
  });

  test('a deletion is worked on, and ends when its tries are over', async () => {
    const story = begin({ issuerOf: () => busyIssuer() });
    story.create();
    await story.pass(MINUTE_MS);
    deleteRotation(story);
    await story.pass(15 * MINUTE_MS);
    expect(story.world.rotation()).toBeUndefined();
  });

  test('its traces in the status do not make us ask again', async () => {
    const asked: string[] = [];
    const story = begin({
      issuerOf: () => ({
        ...busyIssuer(),
        issue: async () => {
          asked.push('issue');
          return busyIssuer().issue(
            { installation: '', uid: '', revision: 1, attempt: 1 },
            { environment: '', permissions: [] },
          );
        },
      }),
    });
    story.create();
    await story.pass(30 * MINUTE_MS);
    expect(asked).toEqual(['issue']);
    expect(story.tells('Rotating')).toMatch(/^TooManyRequests/);
  });
});

describe('while the issuer asks again and again for two seconds', () => {
  test('the status does not tell of the first few, and of all that last', async () => {
    const story = begin({ issuerOf: () => busyIssuer(2) });
    const writes = () => story.world.calls.filter((call) => call === 'kube PUT status apikeyrotations').length;
    story.create();
    await story.until(({ rotation }) => rotation?.claim !== undefined);
    const before = writes();
    await story.pass(5_000);
    expect(story.tells('Rotating')).toMatch(/^Issuing/);
    expect(writes()).toBe(before);
    await story.pass(25_000);
    expect(story.tells('Rotating')).toMatch(/^TooManyRequests/);
    expect(writes()).toBe(before + 1);
  });

  test('a leaked key has it told at once', async () => {
    let isBusy = false;
    const story = begin({ issuerOf: () => (isBusy ? busyIssuer(2) : undefined) });
    await story.firstKey();
    isBusy = true;
    story.annotate({ emergency: `now/${story.status().current?.keyID}` });
    await story.pass(1_000);
    expect(story.tells('Stalled')).toMatch(/^NeedsHuman/);
  });
});
