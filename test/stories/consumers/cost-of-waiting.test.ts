import { expect, test } from 'vitest';
import { begin } from '../world/story.ts';
import { addPod, PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

test('an hour of waiting for one pod of a consumer asks nothing of the issuer, reads the target every ten minutes, and writes no status', async () => {
  const story = begin();
  await story.firstKey();
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.halfMoved();
  await story.pass(60_000);
  const before = story.world.calls.length;
  await story.pass(HOUR_MS);
  const calls = story.world.calls.slice(before);
  // Issuer and store objects are checked every five minutes, which is not the rotation's affair.
  const outside = calls.filter((call) => /^(issuer|store) /.test(call) && !call.endsWith(' check'));
  expect(outside.filter((call) => call !== 'store read')).toEqual([]);
  expect(outside.length).toBeGreaterThanOrEqual(5);
  expect(outside.length).toBeLessThanOrEqual(6);
  expect(calls.filter((call) => call.startsWith('kube PUT'))).toEqual([]);
  expect(calls.filter((call) => call === 'kube LIST pods').length).toBeLessThanOrEqual(HOUR_MS / 30_000 + 1);
});

test('a hundred pods that report in the same second are looked at a few times, not a hundred', async () => {
  const story = begin();
  await story.firstKey();
  const pods = Array.from({ length: 100 }, (_, at) => `api-${at}`);
  for (const name of pods.slice(PODS.length)) addPod(story.world.kube, name);
  story.annotate({ rotate: 'a' });
  await story.published();
  const before = story.world.reconciled();
  for (const name of pods) {
    story.consume(name);
    await story.pass(10);
  }
  await story.done(2);
  expect(story.world.reconciled() - before).toBeLessThan(20);
});

test('two operators that see a wait differently do not write their statuses against each other without end', async () => {
  const story = begin({ operators: 2, spec: { key: { environment: 'Live', permissions: ['Not A Permission'] } } });
  story.create();
  await story.pass(5_000);
  const writes = () => story.world.calls.filter((call) => call === 'kube PUT status apikeyrotations').length;
  const before = writes();
  await story.pass(10 * MINUTE_MS);
  expect(writes() - before).toBeLessThan(150);
  expect(story.wrongSoFar()).toEqual([]);
});

test('a converged object causes no mutating call during a day, and four reads of its target', async () => {
  const story = begin();
  await story.firstKey();
  await story.pass(MINUTE_MS);
  const before = story.world.calls.length;
  await story.pass(24 * 60 * MINUTE_MS);
  const byVerb: Record<string, number> = {};
  for (const call of story.world.calls.slice(before)) byVerb[call] = (byVerb[call] ?? 0) + 1;
  const reading = ['issuer check', 'store check', 'store read'];
  expect(Object.keys(byVerb).filter((call) => !reading.includes(call) && !call.startsWith('kube LIST'))).toEqual([]);
  expect(byVerb['issuer check']).toBeGreaterThan(0);
  expect(byVerb['store read']).toBe(4);
  expect(story.wrong()).toEqual([]);
});
