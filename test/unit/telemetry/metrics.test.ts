import { expect, test } from 'vitest';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import type { RotationSample } from '../../../src/telemetry/rotation-metrics.ts';

const clock = { now: () => 1_900_000_000_000 };

async function lines(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const text = await metrics.text();
  return text.split('\n').filter((line) => line && !line.startsWith('#') && !line.includes('_bucket'));
}

test('every metric has the prefix', async () => {
  const metrics = createMetrics(clock);
  metrics.observeQueues(() => []);
  const names = [...(await metrics.text()).matchAll(/^# TYPE (\S+) \w+$/gm)].map(([, name = '']) => name);
  expect(names.filter((name) => !name.startsWith('apikeyrotation_'))).toEqual([]);
  expect(names).toContain('apikeyrotation_clock_time_seconds');
});

test('counters and durations tell what was reported', async () => {
  const metrics = createMetrics(clock);
  metrics.reconciled('rotation', 'error', 0.5);
  metrics.watchRestarted('Expired');
  metrics.issuerCalled({ op: 'issue', code: '201', seconds: 0.1 });
  metrics.storeCalled('KeyStore/vault', { op: 'publish', code: 'ok', seconds: 0.1 });
  metrics.keyIssued();
  metrics.keyRevoked();
  metrics.phaseEnded('Migrating', 90);
  expect(await lines(metrics)).toEqual(
    expect.arrayContaining([
      'apikeyrotation_reconcile_total{controller="rotation",result="error"} 1',
      'apikeyrotation_reconcile_duration_seconds_sum{controller="rotation"} 0.5',
      'apikeyrotation_watch_restarts_total{reason="Expired"} 1',
      'apikeyrotation_issuer_requests_total{op="issue",code="201"} 1',
      'apikeyrotation_store_requests_total{store="KeyStore/vault",op="publish",code="ok"} 1',
      'apikeyrotation_keys_issued_total 1',
      'apikeyrotation_keys_revoked_total 1',
      'apikeyrotation_phase_duration_seconds_sum{phase="Migrating"} 90',
      'apikeyrotation_clock_time_seconds 1900000000',
    ]),
  );
});

test('the replica that works says 1, one that stands by 0', async () => {
  const metrics = createMetrics(clock);
  let leads = true;
  metrics.observeLeadership(() => leads);
  expect(await lines(metrics)).toContain('apikeyrotation_leader 1');
  leads = false;
  expect(await lines(metrics)).toContain('apikeyrotation_leader 0');
});

test('what is read from the cache follows it, and a deleted object leaves nothing behind', async () => {
  const metrics = createMetrics(clock);
  const sample: RotationSample = {
    namespace: 'ns',
    name: 'a',
    unready: true,
    stalled: true,
    waitingReason: 'Migrating',
    consumersPending: 3,
    orphanKeys: 2,
    nextRotationTime: 1_900_000_100_000,
    expirationTime: 1_900_000_200_000,
  };
  let samples = [sample, { ...sample, name: 'b' }];
  metrics.observeRotations(() => samples);
  metrics.observeQueues(() => [{ name: 'rotation', depth: () => 3 }]);
  metrics.observeDeadWatches(() => ['keystores']);
  const all = await lines(metrics);
  expect(all).toEqual(
    expect.arrayContaining([
      'apikeyrotation_condition{namespace="ns",name="a",type="Ready"} 0',
      'apikeyrotation_condition{namespace="ns",name="a",type="Stalled"} 1',
      'apikeyrotation_rotations{namespace="ns"} 2',
      'apikeyrotation_waiting{reason="Migrating"} 2',
      'apikeyrotation_consumers_pending{namespace="ns",name="b"} 3',
      'apikeyrotation_dead_watches{resource="keystores"} 1',
      'apikeyrotation_orphan_keys 4',
      'apikeyrotation_next_rotation_timestamp_seconds{namespace="ns",name="b"} 1900000100',
      'apikeyrotation_key_expiration_timestamp_seconds{namespace="ns",name="a"} 1900000200',
      'apikeyrotation_workqueue_depth{controller="rotation"} 3',
    ]),
  );
  expect(all.join()).not.toContain('failing{');

  samples = [{ ...sample, unready: false, stalled: false, consumersPending: 0, failingReason: 'ServerError' }];
  const failing = await lines(metrics);
  expect(failing.join()).not.toContain('condition{');
  expect(failing).toContain('apikeyrotation_failing{namespace="ns",name="a",reason="ServerError"} 1');
  expect(failing.join()).not.toContain('consumers_pending{');

  samples = [];
  expect((await lines(metrics)).filter((line) => line.includes('name="'))).toEqual([]);
});

test('a scrape of 10,000 rotations at rest stays below 2 MiB, and reads each of them once', async () => {
  const metrics = createMetrics(clock);
  let read = 0;
  metrics.observeRotations(function* () {
    for (read = 0; read < 10_000; read += 1) yield atRest(read);
  });
  const text = await metrics.text();
  expect(text.match(/^apikeyrotation_next_rotation_timestamp_seconds\{/gm)).toHaveLength(10_000);
  expect(Buffer.byteLength(text) / 2 ** 20).toBeLessThan(2);
  expect(read).toBe(10_000);
});

test('values of labels are written as Prometheus reads them', async () => {
  const metrics = createMetrics(clock);
  metrics.observeRotations(() => [{ ...atRest(0), waitingReason: 'a "b"\\\nc' }]);
  expect(await lines(metrics)).toContain('apikeyrotation_waiting{reason="a \\"b\\"\\\\\\nc"} 1');
});

/** With names of ordinary length: 20 and 30 characters. */
function atRest(number: number): RotationSample {
  return {
    namespace: `namespace-of-team-${number % 100}`.padEnd(20, '-'),
    name: `key-of-service-${number}`.padEnd(30, '-'),
    unready: false,
    stalled: false,
    consumersPending: 0,
    orphanKeys: 0,
    nextRotationTime: 1_900_000_100_123,
  };
}
