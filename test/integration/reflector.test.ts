import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RestartReason } from '../../src/runtime/reflector.ts';
import { createFollower, type Follower, isSame, versionsOf } from './follower.ts';
import {
  type ListFault,
  type ScriptedKubeServer,
  startScriptedKubeServer,
  type WatchFault,
} from './scripted-kube-server.ts';

let server: ScriptedKubeServer;
let follower: Follower;

async function start(pageSize?: number): Promise<void> {
  server = await startScriptedKubeServer(pageSize);
  const limits = { inactivityMs: 300, backoff: { baseMs: 1, maxMs: 20 } };
  follower = createFollower({ url: server.url, namespace: 'ns', limits });
}

async function end(): Promise<void> {
  await follower.close();
  await server.close();
}

beforeEach(() => start());
afterEach(end);

const present = () => versionsOf(server.objects.values());

/** Resolves when everything on the server has been heard of. */
function caughtUp(): Promise<void> {
  const isCaughtUp = () => isSame(follower.heard(), present());
  return new Promise((resolve) => {
    if (isCaughtUp()) resolve();
    const off = follower.reflector.onChange(() => {
      if (!isCaughtUp()) return;
      off();
      resolve();
    });
  });
}

/** Creations, changes, a deletion, a recreation. */
function write(round: number): void {
  server.put(`new-${round}`);
  server.put('changed');
  server.remove('recreated');
  server.put('recreated');
  server.remove(`new-${round - 1}`);
}

const faults: [string, WatchFault, RestartReason][] = [
  ['the connection is reset before the answer', { type: 'ResetAtConnect' }, 'Failed'],
  ['the version is gone at connect', { type: 'GoneAtConnect' }, 'Expired'],
  ['the server fails', { type: 'ServerError' }, 'Failed'],
  ['the stream stays open and delivers nothing', { type: 'HalfOpen' }, 'Inactive'],
  ['the connection is reset in the middle of an event', { type: 'Reset', after: 2 }, 'Failed'],
  ['the version is gone in the stream', { type: 'Gone', after: 2 }, 'Expired'],
  ['the server ends the stream', { type: 'Close', after: 2 }, 'Ended'],
  ['an event is no JSON', { type: 'Garbage', after: 2 }, 'Failed'],
];

describe('it resumes and no change stays unheard when', () => {
  test.each(faults)('%s', async (_, fault, reason) => {
    write(0);
    server.faultNextWatch(fault);
    await follower.start();
    for (let round = 1; round <= 3; round++) {
      write(round);
      await caughtUp();
    }
    expect(follower.cached()).toEqual(present());
    expect(follower.restarts).toContain(reason);
  });

  test.each<ListFault>(['Reset', 'ServerError', 'Expired'])('the first lists end with %s', async (fault) => {
    write(0);
    for (let i = 0; i < 5; i++) server.faultNextList(fault);
    await follower.start();
    expect(follower.cached()).toEqual(present());
  });

  test('all faults come one after the other while objects change', async () => {
    for (const [, fault] of [...faults, ...faults.toReversed()]) server.faultNextWatch(fault);
    for (const fault of ['Reset', 'ServerError'] as const) server.faultNextList(fault);
    void follower.start();
    for (let round = 0; round < 60; round++) {
      write(round);
      await caughtUp();
    }
    expect(follower.cached()).toEqual(present());
    expect(new Set(follower.restarts)).toEqual(new Set(['Failed', 'Expired', 'Inactive', 'Ended']));
  });
});

test('a list of many pages is complete', async () => {
  await end();
  await start(10);
  for (let i = 0; i < 95; i++) server.put(`object-${i}`);
  await follower.start();
  expect(follower.cached()).toEqual(present());
  expect(server.requests.filter((request) => !request.includes('watch=')).length).toBe(10);
});

test('a watch asks for bookmarks, a version and a time of its own between five and ten minutes', async () => {
  server.put('a');
  await follower.start();
  server.put('b');
  await caughtUp();
  const [watch = ''] = server.requests.filter((request) => request.includes('watch=true'));
  const { searchParams, pathname } = new URL(watch.slice(4), server.url);
  expect(pathname).toBe('/api/v1/namespaces/ns/configmaps');
  expect(searchParams.get('allowWatchBookmarks')).toBe('true');
  expect(searchParams.get('resourceVersion')).toBe('1');
  expect(Number(searchParams.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
  expect(Number(searchParams.get('timeoutSeconds'))).toBeLessThan(600);
  expect(server.requests.filter((request) => request.includes('resourceVersion=0'))).toEqual([]);
});
