import { describe, expect, test } from 'vitest';
import { rollingBack } from '../requests/rolling-back.ts';
import { adoptFound, restore, stepBack } from '../world/outsiders.ts';
import { begin, type Story } from '../world/story.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

describe('a status restored from the past', () => {
  test('stops before any intent, and goes on when a person accepts it', async () => {
    // The history that proves the earlier revocations is lost with the status.
    const story = begin({ exempt: ['S3', 'S10'] });
    await story.firstKey();
    const old = story.status();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    const served = story.serves();
    const { rotate: _, ...rest } = old.lastHandled ?? {};
    restore(story, { ...old, lastHandled: rest });
    await story.told('StateRegression');
    await story.pass(30 * MINUTE_MS);
    expect(story.issued()).toBe(2);
    expect(story.serves()).toBe(served);
    expect(story.tells('Stalled')).toContain('belongs to attempt 2.1, but this status knows only 1.1');
    story.annotate({ 'accept-state': '2' });
    await story.done(3);
    expect(story.issued()).toBe(3);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('is accepted also where the issuer does not say which key it is shown, on the word of the person', async () => {
    const story = begin({ exempt: ['S3', 'S10'], isReticent: true });
    await story.firstKey();
    const old = story.status();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    const served = story.serves();
    restore(story, { ...old, lastHandled: {} });
    await story.told('StateRegression');
    story.annotate({ 'accept-state': '2' });
    await story.until(({ current }) => current?.keyID === served);
    await story.done(3);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  test('a wrong revision is not accepted', async () => {
    const story = begin({ exempt: ['S3', 'S10'] });
    await story.firstKey();
    const old = story.status();
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    restore(story, { ...old, lastHandled: {} });
    story.annotate({ 'accept-state': '1' });
    await story.pass(10 * MINUTE_MS);
    expect(story.tells('Stalled')).toContain('StateRegression');
    expect(story.issued()).toBe(2);
    expect(story.live()).toEqual([story.serves()]);
  });

  const losses = {
    'and nothing else goes wrong': undefined,
    'and the answer of the next issue call is lost': 'issuer issue',
  };
  test.each(Object.entries(losses))('a key that a consumer still uses survives it, %s', async (_what, call) => {
    const story = begin({ exempt: ['S3', 'S10'] });
    await story.firstKey();
    const old = story.status();
    const first = story.serves();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.halfMoved();
    restore(story, { ...old, lastHandled: {} });
    await story.told('StateRegression');
    if (call) story.faults.push({ call, type: 'LoseAnswer', times: 1 });
    story.annotate({ 'accept-state': '2' });
    await story.pass(30 * MINUTE_MS);
    expect(story.status()).toMatchObject({ revision: 3, rotation: { publishedAt: expect.any(String) } });
    expect(story.live(), 'api-1 has not moved').toContain(first);
    story.consume('api-1');
    await story.done(3);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });
});

test('accepting a state revokes nothing, lists the other living keys, and the next rotation revokes them at its end', async () => {
  // Until it is accepted the markers are above the restored status, and what is swept in the end was listed until then.
  const story = begin({ exempt: ['S3', 'S10'] });
  const { first, second } = await stepBack(story);
  story.annotate({ 'accept-state': '2' });
  await story.until(({ current }) => current?.keyID === second);
  expect(story.status()).toMatchObject({
    abandoned: [{ keyID: first, revision: 1 }],
    lastHandled: { acceptState: '2' },
  });
  await story.published(3);
  await story.pass(HOUR_MS);
  expect(story.live(), 'nobody has moved').toEqual([first, second, story.serves()]);
  expect(story.messages('StateAccepted')).toEqual([
    `state accepted at 2.1; key ${second} is current; also alive until the next rotation ends: ${first}`,
  ]);
  story.consume(...PODS);
  await story.done(3);
  expect(story.live()).toEqual([story.serves()]);
  expect(story.wrong()).toEqual([]);
});

test('a status from the past is noticed by the markers where keys cannot be listed', async () => {
  const story = begin({
    capabilities: { replay: 'ID', list: false, replayWindowMs: 24 * HOUR_MS },
    exempt: ['S3', 'S10'],
  });
  await story.firstKey();
  const old = story.status();
  story.consume(...PODS);
  story.annotate({ rotate: 'a' });
  await story.done(2);
  restore(story, { ...old, lastHandled: {} });
  await story.told('StateRegression');
  expect(story.issued()).toBe(2);
  story.annotate({ 'accept-state': '2' });
  await story.done(3);
  expect(story.live()).toEqual([story.serves()]);
});

describe('a status from before the roll back', () => {
  test('is noticed, and the key that was rolled back to becomes current when a person accepts it', async () => {
    const story = await rollingBack({ exempt: ['S3', 'S10'] });
    const before = story.status();
    await story.published(3);
    restore(story, before);
    story.consume('api-1');
    await story.told('StateRegression');
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
    const found = await adoptFound(story);
    story.annotate({ rotate: 'a' });
    await story.published();
    const before = story.status();
    story.annotate({ rollback: '1/x' });
    await story.published(2);
    restore(story, before);
    await story.told('StateRegression');
    story.annotate({ 'accept-state': '2' });
    await story.until(({ rotation, revision }) => !rotation && revision === 2);
    expect(story.status().current).toMatchObject({ keyID: found.id, adopted: true });
  });
});

const statusWrites = ({ world }: Story) =>
  world.calls.filter((call) => call === 'kube PUT status apikeyrotations').length;

test('a status of another installation is not written over with ours, and nothing is done', async () => {
  const story = begin();
  await story.firstKey();
  restore(story, { ...story.status(), installation: 'another' });
  story.annotate({ rotate: 'a' });
  await story.pass(10 * MINUTE_MS);
  expect(story.status()).toMatchObject({ installation: 'another', revision: 1 });
  expect(story.tells('Stalled')).toBe(
    'UnknownState: status was written by installation another, this operator is sim; start it with --installation another or make a new object',
  );
  const before = statusWrites(story);
  await story.pass(HOUR_MS);
  expect(statusWrites(story)).toBe(before);
  expect(story.issued()).toBe(1);
  expect(story.wrong()).toEqual([]);
});
