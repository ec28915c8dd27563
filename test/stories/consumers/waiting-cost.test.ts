import { expect, test } from 'vitest';
import { begin } from '../world/story.ts';

const HOUR_MS = 3_600_000;

test('an hour of waiting for one pod of a consumer asks nothing of the issuer, reads the target every ten minutes, and writes no status', async () => {
  const story = begin();
  await story.firstKey();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.until(({ rotation }) => !!rotation?.consumers?.some(({ missingPods }) => missingPods?.length === 1));
  await story.world.clock.advance(60_000);
  const before = story.world.calls.length;
  await story.world.clock.advance(HOUR_MS);
  const calls = story.world.calls.slice(before);
  // Issuer and store objects are checked every five minutes, which is not the rotation's affair.
  const outside = calls.filter((call) => /^(issuer|store) /.test(call) && !call.endsWith(' check'));
  expect(outside.filter((call) => call !== 'store read')).toEqual([]);
  expect(outside.length).toBeGreaterThanOrEqual(5);
  expect(outside.length).toBeLessThanOrEqual(6);
  expect(calls.filter((call) => call.startsWith('kube PUT'))).toEqual([]);
  expect(calls.filter((call) => call === 'kube LIST pods').length).toBeLessThanOrEqual(HOUR_MS / 30_000 + 1);
});
