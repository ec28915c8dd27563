import { expect, test } from 'vitest';
import { begin } from './scenario.ts';

const HOUR_MS = 3_600_000;

test('an hour of waiting for one pod of a consumer asks neither issuer nor store, and writes no status', async () => {
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
  expect(outside).toEqual([]);
  expect(calls.filter((call) => call.startsWith('kube PUT'))).toEqual([]);
  expect(calls.filter((call) => call === 'kube LIST pods').length).toBeLessThanOrEqual(HOUR_MS / 30_000 + 1);
});
