import { afterAll, describe, expect, test } from 'vitest';
import type { ReflectorLimits } from '../../../src/runtime/reflector.ts';
import { openWatch } from '../../contract/kube-api/watch.ts';
import { createFollower, type Follower, isSame } from '../../integration/follower.ts';
import { type ApiProxy, type ApiProxyTarget, startApiProxy, watches } from '../components/api-proxy.ts';
import { type ControlPlane, startControlPlane } from '../components/control-plane.ts';
import { sharedComponents } from '../components/shared.ts';
import { until } from '../components/until.ts';
import { type ChangingConfigMaps, createChangingConfigMaps } from './changing-config-maps.ts';

/** How long a list and a watch may take on a busy machine, beside what the reflector itself waits. */
const SERVED_MS = 3_000;
/** The reflector's own limits: after the first failure, and at most. */
const FIRST_BACKOFF_MS = 500;
const MOST_BACKOFF_MS = 30_000;
/** Shorter than the reflector's own three minutes, else the test took as long. */
const INACTIVITY_MS = 10_000;
const OUTAGE_MS = 60_000;

/** Objects that change, and a reflector that follows them through a proxy which can be told to misbehave. */
interface Stage {
  readonly objects: ChangingConfigMaps;
  readonly follower: Follower;
  /** In the reflector's way; the objects are written past it. */
  readonly proxy: ApiProxy;
  /** Resolves with the milliseconds from now until a change is heard of, after so many more restarts of the watch. */
  heardAgain(moreRestarts: number): Promise<number>;
  /** Resolves when all that is present has been heard of; fails after `deadlineMs`. */
  caughtUp(deadlineMs: number): Promise<void>;
}

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

async function setStage(target: ApiProxyTarget, limits: Partial<ReflectorLimits> = {}): Promise<Stage> {
  const [steady, proxy] = [await startApiProxy(target), await startApiProxy(target)];
  const objects = await createChangingConfigMaps(steady.url);
  const follower = createFollower({ url: proxy.url, namespace: objects.namespace, limits });
  closing.push(steady.close, proxy.close, follower.close);
  const stage: Stage = {
    objects,
    follower,
    proxy,
    heardAgain(moreRestarts) {
      const [from, least] = [performance.now(), follower.restarts.length + moreRestarts];
      return new Promise((resolve) => {
        const off = follower.reflector.onChange(() => {
          if (follower.restarts.length < least) return;
          off();
          resolve(Math.round(performance.now() - from));
        });
      });
    },
    async caughtUp(deadlineMs) {
      const present = await objects.present();
      const isCaughtUp = () => isSame(follower.heard(), present);
      await until(isCaughtUp, { what: 'all changes to be heard of', timeoutMs: deadlineMs, everyMs: 5 });
      expect(follower.cached()).toEqual(present);
    },
  };
  await follower.start();
  // What is written now can only be heard of from the watch: it is open.
  await objects.write(2);
  await stage.caughtUp(SERVED_MS);
  return stage;
}

/** Holds the time against its limit, and tells it. */
function expectInTime(what: string, tookMs: number, deadlineMs: number, { follower }: Stage): void {
  console.log(`${what}: resumed after ${tookMs} ms of ${deadlineMs}; restarts: ${follower.restarts.join(', ')}`);
  expect(tookMs).toBeLessThan(deadlineMs);
}

function sharedServer(): ApiProxyTarget {
  const { kube } = sharedComponents() ?? expect.fail('the e2e configuration has started no control plane');
  return { url: kube.url, ca: kube.ca, token: kube.adminToken };
}

const gone = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410 };
const broken = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'InternalError', code: 500 };

describe.concurrent('before a real API server a reflector resumes in time and no change stays unheard when', () => {
  test('connections are reset, again and again, while objects change', async () => {
    const stage = await setStage(sharedServer());
    for (let resets = 1; resets <= 3; resets += 1) {
      const writing = stage.objects.write(20);
      stage.proxy.cut();
      const tookMs = stage.heardAgain(1);
      await writing;
      await stage.caughtUp(FIRST_BACKOFF_MS + SERVED_MS);
      expectInTime('connection reset', await tookMs, FIRST_BACKOFF_MS + SERVED_MS, stage);
    }
    expect(new Set(stage.follower.restarts)).toEqual(new Set(['Failed']));
  });

  test('a watch is answered with 410 at connect', async () => {
    const stage = await setStage(sharedServer());
    const writing = stage.objects.write(20);
    stage.proxy.answer({ status: 410, body: gone }, watches, 1);
    stage.proxy.cut(watches);
    const tookMs = stage.heardAgain(2);
    await writing;
    await stage.caughtUp(3 * FIRST_BACKOFF_MS + SERVED_MS);
    expectInTime('410 at connect', await tookMs, 3 * FIRST_BACKOFF_MS + SERVED_MS, stage);
    expect(stage.follower.restarts).toContain('Expired');
  });

  test('everything is answered with 500 for a minute', { timeout: OUTAGE_MS + 120_000 }, async () => {
    const stage = await setStage(sharedServer());
    stage.proxy.answer({ status: 500, body: broken });
    stage.proxy.cut();
    await stage.objects.writeFor(OUTAGE_MS);
    stage.proxy.pass();
    const tookMs = stage.heardAgain(0);
    await stage.objects.write(1);
    await stage.caughtUp(MOST_BACKOFF_MS + SERVED_MS);
    expectInTime('500 for 60 s', await tookMs, MOST_BACKOFF_MS + SERVED_MS, stage);
    expect(stage.follower.restarts.length).toBeGreaterThan(3);
  });

  test('its connection is half-open', async () => {
    const stage = await setStage(sharedServer(), { inactivityMs: INACTIVITY_MS });
    stage.proxy.freezeOpen();
    const tookMs = stage.heardAgain(1);
    await stage.objects.write(20);
    await stage.caughtUp(INACTIVITY_MS + SERVED_MS);
    expectInTime('half-open connection', await tookMs, INACTIVITY_MS + SERVED_MS, stage);
    expect(stage.follower.restarts).toContain('Inactive');
  });

  test('its version is gone: a 410 in the stream, after etcd was compacted and the API server killed', async () => {
    const plane = await startPlane();
    const { url, ca, adminToken: token, etcd } = plane;
    const stage = await setStage({ url, ca, token });
    const { objects, proxy } = stage;
    const version = await versionNow(plane, objects.namespace);
    proxy.freezeOpen(watches);
    await objects.write(10);
    await etcd.compact();
    await plane.restartApiServer('kill');
    await objects.write(10);
    await expectGoneInStream(proxy, objects.namespace, version);
    proxy.cut(watches);
    const tookMs = stage.heardAgain(2);
    await objects.write(10);
    await stage.caughtUp(3 * FIRST_BACKOFF_MS + SERVED_MS);
    expectInTime('410 in the stream', await tookMs, 3 * FIRST_BACKOFF_MS + SERVED_MS, stage);
    expect(stage.follower.restarts).toContain('Expired');
  });
});

async function startPlane(): Promise<ControlPlane> {
  const plane = await startControlPlane();
  closing.push(plane.stop);
  return plane;
}

async function versionNow(plane: ControlPlane, namespace: string): Promise<string> {
  const { body } = await plane.request('GET', `/api/v1/namespaces/${namespace}/configmaps`);
  return (body as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
}

/** What the reflector is about to meet: an answer of 200, and the 410 as an event. */
async function expectGoneInStream({ url }: ApiProxy, namespace: string, version: string): Promise<void> {
  const query = `watch=true&resourceVersion=${version}`;
  const { next, close } = await openWatch(`${url}/api/v1/namespaces/${namespace}/configmaps?${query}`);
  const { type, object } = await next();
  expect([type, object.code]).toEqual(['ERROR', 410]);
  close();
}
