import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { createHttpKubeApi } from '../../src/runtime/kube/http-kube-api.ts';
import type { KubeObject, Resource } from '../../src/runtime/kube/kube-api.ts';
import { createServerTime } from '../../src/runtime/kube/server-time.ts';
import { createTransport, type KubeTransport } from '../../src/runtime/kube/transport.ts';
import { silentLog } from '../../src/runtime/log.ts';
import { createReflector, type Reflector, type RestartReason } from '../../src/runtime/reflector.ts';
import { createSeededEntropy } from '../simulation/seeded-entropy.ts';
import {
  type ListFault,
  type ScriptedKubeServer,
  startScriptedKubeServer,
  type WatchFault,
} from './scripted-kube-server.ts';

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true };

let server: ScriptedKubeServer;
let transport: KubeTransport;
let stop: AbortController;
let reflector: Reflector<KubeObject>;
let restarts: RestartReason[];
/** What somebody knows who only hears of changes. */
let heard: Map<string, string>;

async function start(pageSize?: number): Promise<void> {
  server = await startScriptedKubeServer(pageSize);
  const credentials = { headers: {}, tls: {} };
  transport = createTransport({
    connection: { server: server.url, namespace: undefined, credentials: async () => credentials },
    clock: systemClock,
    serverTime: createServerTime(systemClock),
    timeoutMs: 5_000,
  });
  restarts = [];
  heard = new Map();
  stop = new AbortController();
  reflector = createReflector<KubeObject>({
    kube: createHttpKubeApi(transport, createSeededEntropy(1)),
    clock: systemClock,
    entropy: createSeededEntropy(1),
    log: silentLog,
    selection: { resource: configMaps, namespace: 'ns' },
    limits: { inactivityMs: 300, backoff: { baseMs: 1, maxMs: 20 } },
    onRestart: (reason) => restarts.push(reason),
  });
  reflector.onChange(({ type, object: { metadata } }) => {
    if (type === 'Deleted') heard.delete(metadata.name);
    else heard.set(metadata.name, `${metadata.uid}@${metadata.resourceVersion}`);
  });
}

beforeEach(() => start());

afterEach(async () => {
  stop.abort();
  await transport.close();
  await server.close();
});

const present = () => versions(server.objects.values());
const cached = () => versions(reflector.cache.list());

function versions(objects: Iterable<KubeObject>): Record<string, string> {
  return Object.fromEntries(
    [...objects].map(({ metadata }) => [metadata.name, `${metadata.uid}@${metadata.resourceVersion}`]),
  );
}

/** Resolves when everything on the server has been heard of. */
function caughtUp(): Promise<void> {
  const isSame = () => sorted(Object.fromEntries(heard)) === sorted(present());
  return new Promise((resolve) => {
    if (isSame()) resolve();
    const off = reflector.onChange(() => {
      if (!isSame()) return;
      off();
      resolve();
    });
  });
}

const sorted = (record: Record<string, string>) => JSON.stringify(Object.entries(record).sort());

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
    void reflector.run(stop.signal);
    await reflector.synced;
    for (let round = 1; round <= 3; round++) {
      write(round);
      await caughtUp();
    }
    expect(cached()).toEqual(present());
    expect(restarts).toContain(reason);
  });

  test.each<ListFault>(['Reset', 'ServerError', 'Expired'])('the first lists end with %s', async (fault) => {
    write(0);
    for (let i = 0; i < 5; i++) server.faultNextList(fault);
    void reflector.run(stop.signal);
    await reflector.synced;
    expect(cached()).toEqual(present());
  });

  test('all faults come one after the other while objects change', async () => {
    for (const [, fault] of [...faults, ...faults.toReversed()]) server.faultNextWatch(fault);
    for (const fault of ['Reset', 'ServerError'] as const) server.faultNextList(fault);
    void reflector.run(stop.signal);
    for (let round = 0; round < 60; round++) {
      write(round);
      await caughtUp();
    }
    expect(cached()).toEqual(present());
    expect(new Set(restarts)).toEqual(new Set(['Failed', 'Expired', 'Inactive', 'Ended']));
  });
});

test('a list of many pages is complete', async () => {
  await transport.close();
  await server.close();
  await start(10);
  for (let i = 0; i < 95; i++) server.put(`object-${i}`);
  void reflector.run(stop.signal);
  await reflector.synced;
  expect(cached()).toEqual(present());
  expect(server.requests.filter((request) => !request.includes('watch=')).length).toBe(10);
});

test('a watch asks for bookmarks, a version and a time of its own between five and ten minutes', async () => {
  server.put('a');
  void reflector.run(stop.signal);
  await reflector.synced;
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
