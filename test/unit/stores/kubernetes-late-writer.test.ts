import { expect, test } from 'vitest';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import type { Marker } from '../../../src/key/marker.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { createKubernetesStore } from '../../../src/stores/kubernetes/kubernetes-store.ts';
import type { KeyStore } from '../../../src/stores/port.ts';
import { createMemoryKube } from '../../doubles/memory-kube.ts';
import type { Outside } from '../../doubles/outside-calls.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const NAMESPACE = 'payments';
const PATH = 'apio';
const KEYS = [1, 2, 3, 4].map((n) => new SecretValue(`sk_live_0123456789abcdef_${n}`));
const keyOf = (n: number) => KEYS[n - 1] ?? expect.fail();
const markerOf = (revision: number, attempt: number): Marker => ({
  installation: 'sim',
  uid: 'uid',
  revision,
  attempt,
  keyID: `k_${revision}_${attempt}`,
});

/** A process whose calls wait until they are let through, one at a time. */
function createHeldProcess(): Outside & { letOneThrough(): boolean } {
  const waiting: (() => void)[] = [];
  return {
    isDead: () => false,
    async call(_name, execute) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return execute();
    },
    letOneThrough() {
      const next = waiting.shift();
      next?.();
      return next !== undefined;
    },
  };
}

/** Publishes key `to` over key `from`, as read at the start; whether it won. */
async function replace(
  store: KeyStore,
  version: string,
  [from, to]: [number, number],
  marker: Marker,
): Promise<boolean> {
  try {
    const replaces = { keyID: `k_${from}`, key: keyOf(from) };
    const base = { type: 'Version', version } as const;
    await store.publish({ path: PATH, fields: { key: keyOf(to) }, marker, base, replaces });
    return true;
  } catch (error) {
    if (error instanceof CallError && error.outcome === 'conflict') return false;
    throw error;
  }
}

/**
 * A late operator publishes in revision 2 what it read before; the other one meanwhile ends revision 2, where it wins it, and publishes
 * revision 3. `late` are the turns, of all calls, that are the late one's.
 */
async function play(late: readonly number[]): Promise<{ readonly turns: number; readonly wrong: readonly string[] }> {
  const clock = new VirtualClock();
  const engine = new KubeEngine({ now: () => clock.now(), ...createSeededEntropy(1) });
  applyManifests(engine, `{apiVersion: v1, kind: Namespace, metadata: {name: ${NAMESPACE}}}`);
  const storeOf = (outside: Outside) =>
    createKubernetesStore({
      api: createMemoryKube(engine, outside, clock, createServerTime(clock)),
      namespace: NAMESPACE,
    });
  const free = storeOf({ isDead: () => false, call: async (_name, execute) => execute() });
  const [slow, quick] = [createHeldProcess(), createHeldProcess()];
  const { version } = await free.publish({
    path: PATH,
    fields: { key: keyOf(1) },
    marker: markerOf(1, 1),
    base: { type: 'Absent' },
  });
  const wrong: string[] = [];
  let retired = 1;

  async function finishBoth(store: KeyStore): Promise<void> {
    if (!(await replace(store, version, [1, 3], markerOf(2, 2)))) return;
    await store.forgetReplaced(PATH, markerOf(2, 2));
    retired = 3;
    const now = (await store.read(PATH))?.version ?? '';
    if (!(await replace(store, now, [3, 4], markerOf(3, 1)))) wrong.push('the late one wrote over a later revision');
  }
  async function check(): Promise<void> {
    const served = (await free.read(PATH))?.fields.key;
    const former = { fingerprint: fingerprint(keyOf(retired)), keyField: 'key' };
    const kept = await free.readReplaced(PATH, former);
    if (!kept && (!served || fingerprint(served) !== former.fingerprint)) wrong.push(`key ${retired} is lost`);
  }

  let ended = 0;
  const works = [replace(storeOf(slow), version, [1, 2], markerOf(2, 1)), finishBoth(storeOf(quick))];
  for (const work of works) void work.finally(() => (ended += 1));
  let turns = 0;
  for (; ended < works.length; turns += 1) {
    await clock.idle();
    const [first, second] = late.includes(turns) ? [slow, quick] : [quick, slow];
    if (!first.letOneThrough()) second.letOneThrough();
    await clock.idle();
    await check();
  }
  await Promise.all(works);
  const stale = await free.readReplaced(PATH, { fingerprint: fingerprint(keyOf(1)), keyField: 'key' });
  if (retired === 3 && stale) wrong.push('key 1 stands there after it was forgotten');
  return { turns, wrong };
}

/** All ways to choose `count` turns of `turns`. */
function choices(turns: number, count: number, from = 0): number[][] {
  if (count === 0) return [[]];
  return Array.from({ length: turns - from }, (_, index) => from + index).flatMap((turn) =>
    choices(turns, count - 1, turn + 1).map((rest) => [turn, ...rest]),
  );
}

/** Calls of a publish that retires a key: two reads, two writes. */
const LATE_CALLS = 4;

test('whenever a late publisher wakes up, the key to be retired is there, and a forgotten one is not', async () => {
  const { turns } = await play([]);
  const schedules = choices(turns, LATE_CALLS);
  const wrong: string[] = [];
  for (const late of schedules) wrong.push(...(await play(late)).wrong.map((what) => `late at ${late}: ${what}`));
  console.log(`${schedules.length} interleavings of ${turns} calls`);
  expect(wrong).toEqual([]);
});
