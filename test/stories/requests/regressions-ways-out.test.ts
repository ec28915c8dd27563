import { describe, expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { begin, deleteRotation, issueByHand, writeOutside } from '../world/story.ts';
import { MOUNT, PATH } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OTHER = 'payments/second';
const VAULT = { name: 'vault', storeRef: { name: 'vault' }, path: PATH };
const SECOND = { name: 'second', storeRef: { name: 'vault' }, path: OTHER };
const ADOPT = { existingKey: { policy: 'Adopt' } } as const;

/** An issuer that asks to be left alone for an hour. */
function busyIssuer(): Issuer {
  const refuse = async () => {
    throw new CallError('unavailable', 'TooManyRequests', 'the issuer is busy', {
      status: 429,
      retryAfterSeconds: 3_600,
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
    revoke: refuse,
    check: async () => {},
  };
}

describe('while the issuer asks to be left alone for an hour', () => {
  test('suspending is obeyed within a quarter of a minute', async () => {
    const story = begin({ issuerOf: busyIssuer });
    story.create();
    await story.world.clock.advance(MINUTE_MS);
    story.change({ suspend: true });
    await story.world.clock.advance(15_000);
    expect(story.tells('Rotating')).toMatch(/^Suspended/);
  });

  test('a deletion is worked on, and ends when its tries are over', async () => {
    const story = begin({ issuerOf: busyIssuer });
    story.create();
    await story.world.clock.advance(MINUTE_MS);
    deleteRotation(story);
    await story.world.clock.advance(15 * MINUTE_MS);
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
    await story.world.clock.advance(30 * MINUTE_MS);
    expect(asked).toEqual(['issue']);
    expect(story.tells('Rotating')).toMatch(/^TooManyRequests/);
  });
});

test('a value that vanished while consumers moved is replaced by another key when a person asks for it', async () => {
  const story = begin({ exempt: ['S4', 'S3'], spec: { migration: { gracePeriod: '10m' } } });
  await story.firstKey();
  story.consume('api-0', 'api-1');
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.migratedAt);
  const { vault } = story.world;
  vault.handle({ method: 'DELETE', path: `${MOUNT}/metadata/${PATH}`, token: vault.createToken() });
  await story.world.clock.advance(30 * MINUTE_MS);
  expect(story.tells('Stalled')).toContain('apikeyrotation.io/rotate=');
  story.annotate({ rotate: 'b' });
  await story.done(2);
  expect(story.live()).toEqual([story.serves()]);
});

test('an adopted key is copied to an added target before the rotation that somebody asked for', async () => {
  const story = begin({ spec: ADOPT });
  const found = issueByHand(story.world);
  writeOutside(story.world, PATH, { key: found.text });
  story.create();
  await story.until(({ current }) => current !== undefined);
  story.consume('api-0', 'api-1');
  story.change({ targets: [VAULT, SECOND] });
  story.annotate({ rotate: 'a' });
  await story.done(1);
  expect(story.serves(OTHER)).toBe(story.serves());
  expect(story.world.apio.statusOf(found)).toBe('revoked');
});

describe('deletion with Revoke and an adopted key', () => {
  test('in the middle of its first rotation the adopted key dies too', async () => {
    const story = begin({ spec: { ...ADOPT, deletionPolicy: 'Revoke' }, exempt: ['S4'] });
    const found = issueByHand(story.world);
    writeOutside(story.world, PATH, { key: found.text });
    story.create();
    await story.until(({ current }) => current !== undefined);
    story.annotate({ rotate: 'a' });
    await story.until(({ rotation }) => !!rotation?.publishedAt);
    deleteRotation(story);
    await story.world.clock.runUntil(() => !story.world.rotation(), HOUR_MS);
    expect(story.world.apio.statusOf(found)).toBe('revoked');
    expect(story.live()).toEqual([]);
  });

  test('is told to be dead, not alive, when only the look afterwards failed', async () => {
    const story = begin({ spec: { ...ADOPT, deletionPolicy: 'Revoke' }, exempt: ['S4'] });
    const found = issueByHand(story.world);
    writeOutside(story.world, PATH, { key: found.text });
    story.create();
    await story.until(({ current }) => current !== undefined);
    await story.world.clock.advance(MINUTE_MS);
    story.faults.push({ call: 'issuer get', type: 'Unavailable', times: 1 });
    deleteRotation(story);
    await story.world.clock.runUntil(() => !story.world.rotation(), HOUR_MS);
    await story.world.clock.idle();
    expect(story.world.apio.statusOf(found)).toBe('revoked');
    expect(story.events().filter((event) => event.startsWith('KeysRetained'))).toEqual([]);
  });
});

test('a key that was killed after publishing is replaced at all targets of its plan, also at one that left the spec', async () => {
  const story = begin({ exempt: ['S3', 'S4'], spec: { targets: [VAULT, SECOND] } });
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  const killed = story.serves() ?? '';
  story.change({ targets: [VAULT] });
  story.world.apio.revokeOutside(killed);
  story.consume('api-0', 'api-1');
  await story.world.clock.advance(10 * MINUTE_MS);
  story.annotate({ rotate: 'b' });
  await story.done(2);
  expect(story.serves(OTHER)).toBe(story.serves());
  expect(story.serves()).not.toBe(killed);
});

test('a missing pod is named also while the issuer does not answer', async () => {
  const story = begin();
  await story.firstKey();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.publishedAt);
  story.faults.push({ call: 'issuer verify', type: 'Unavailable', times: Number.POSITIVE_INFINITY });
  await story.world.clock.advance(5 * MINUTE_MS);
  expect(story.status().rotation?.consumers?.[0]?.missingPods).toEqual(['api-1']);
});
