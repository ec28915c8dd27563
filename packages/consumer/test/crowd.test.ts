import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { ReportsApiDeps } from '../../../src/server/reports-api.ts';
import { createSeededEntropy } from '../../../test/doubles/seeded-entropy.ts';
import {
  addPod,
  createWorld,
  migrating,
  NEW_KEY,
  reporting,
  rotation,
} from '../../../test/unit/server/reports-world.ts';
import { createReportClient } from '../src/report-client.ts';
import { createReporter } from '../src/reporter.ts';

const PODS = 1_000;
const ORIGIN = 'http://reports.example';
const LOADED = { key: NEW_KEY.reveal() };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A thousand pods behind one address with the SDK's own client and reporter, before the operator's server, in virtual time. */
async function createCrowd(limits: ReportsApiDeps['limits'] = {}) {
  const world = createWorld(rotation([reporting('api', 'api')], migrating(['api'])), { limits });
  const statuses = new Map<number, number>();
  const send = async (url: string, init: { method?: 'POST'; body?: string; headers?: Record<string, string> } = {}) => {
    const { body, headers = {} } = init;
    const path = url.slice(ORIGIN.length);
    const answer = await world.app.inject({
      method: init.method ?? 'GET',
      url: path,
      headers,
      ...(body && { payload: body }),
    });
    statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
    const retryAfter = answer.headers['retry-after'];
    return new Response(answer.body, {
      status: answer.statusCode,
      headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    });
  };
  vi.stubGlobal('fetch', send);
  closing.push(() => vi.unstubAllGlobals());

  const directory = await mkdtemp(join(tmpdir(), 'crowd-'));
  closing.push(() => rm(directory, { recursive: true }));
  const entropy = createSeededEntropy(1);
  const clock = { schedule: world.clock.schedule.bind(world.clock), random: entropy.random };
  const ending = new AbortController();
  closing.push(() => ending.abort());
  let answered = 0;

  async function start(number: number): Promise<void> {
    const token = `pod.${number}.token`;
    addPod(world.kube, `pod-${number}`, 'api', token);
    const tokenFile = join(directory, String(number));
    await writeFile(tokenFile, token);
    createReporter({
      report: createReportClient({ url: ORIGIN, namespace: 'team', rotation: 'payments', consumer: 'api', tokenFile }),
      present: () => LOADED,
      settled: async () => undefined,
      settleTimeoutMs: 60_000,
      intervalMs: 3_600_000,
      clock,
      signal: ending.signal,
      onAnswer: () => {
        answered += 1;
      },
      onError: () => undefined,
    });
  }
  /** Until all have been answered: whenever every pod sleeps, time moves on to the next one that wakes. Answers the seconds. */
  async function run(): Promise<number> {
    await Promise.all(Array.from({ length: PODS }, (_, number) => start(number)));
    const isAsleep = () => world.clock.pending >= PODS;
    for (;;) {
      await vi.waitUntil(isAsleep, { timeout: 20_000, interval: 1 });
      if (answered >= PODS) return world.clock.monotonic() / 1000;
      await world.clock.advance(world.clock.nextDelayMs ?? 0);
    }
  }
  return { ...world, run, send, statuses };
}

it('a thousand pods behind one address are all recorded at once', async () => {
  const crowd = await createCrowd();
  expect(await crowd.run()).toBe(0);
  expect(crowd.records()).toHaveLength(PODS);
  expect([...crowd.statuses]).toEqual([[200, 2 * PODS]]);
});

it('where the address may send only 50 requests a second they take turns, and none is asked for more than it has to give', async () => {
  const crowd = await createCrowd({ address: { perSecond: 50, burst: 100 } });
  const seconds = await crowd.run();
  expect(crowd.records()).toHaveLength(PODS);
  // 2,000 requests at 50 a second are 38 s at the least.
  expect(seconds).toBeLessThan(120);
  expect(crowd.statuses.get(200)).toBe(2 * PODS);
  expect(crowd.statuses.get(429)).toBeLessThan(10 * PODS);
});

it('a pod that floods is slowed down, and the others do not notice', async () => {
  const crowd = await createCrowd();
  addPod(crowd.kube, 'noisy', 'api', 'noisy.pod.token');
  const url = `${ORIGIN}/v1/namespaces/team/rotations/payments`;
  const flood = () => crowd.send(url, { headers: { authorization: 'Bearer noisy.pod.token' } });
  const told = await Promise.all(Array.from({ length: 1_000 }, flood));
  expect(told.filter(({ status }) => status === 200)).toHaveLength(20);
  expect(told.filter(({ status }) => status === 429)).toHaveLength(980);
  expect(crowd.kube.calls.filter((call) => call === 'GET pods')).toHaveLength(20);
  expect(crowd.kube.calls.filter((call) => call === 'POST tokenreviews').length).toBeLessThanOrEqual(20);
  expect(await crowd.run()).toBe(0);
  expect(crowd.records()).toHaveLength(PODS);
});
