import { expect, test } from 'vitest';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import type { RotationSample } from '../../../src/telemetry/rotation-metrics.ts';

const clock = { now: () => 1_900_000_000_000 };

async function lines(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => line && !line.startsWith('#') && !line.includes('_bucket'));
}

test('every metric has the prefix and the registry holds no others', async () => {
  const metrics = createMetrics(clock);
  metrics.observeQueues(() => []);
  metrics.observeRotations(() => []);
  const names = metrics.registry.getMetricsAsArray().map(({ name }) => name);
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
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Stalled', status: 'False' },
      { type: 'Rotating', status: 'True' },
    ],
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
      'apikeyrotation_condition{namespace="ns",name="a",type="Ready"} 1',
      'apikeyrotation_condition{namespace="ns",name="a",type="Stalled"} 0',
      'apikeyrotation_waiting{reason="Migrating"} 2',
      'apikeyrotation_consumers_pending{namespace="ns",name="b"} 3',
      'apikeyrotation_dead_watches{resource="keystores"} 1',
      'apikeyrotation_orphan_keys 4',
      'apikeyrotation_next_rotation_timestamp_seconds{namespace="ns",name="b"} 1900000100',
      'apikeyrotation_key_expiration_timestamp_seconds{namespace="ns",name="a"} 1900000200',
      'apikeyrotation_workqueue_depth{controller="rotation"} 3',
    ]),
  );
  expect(all.join()).not.toContain('Rotating');
  expect(all.join()).not.toContain('failing{');

  samples = [{ ...sample, consumersPending: 0, failingReason: 'ServerError' }];
  const failing = await lines(metrics);
  expect(failing).toContain('apikeyrotation_failing{namespace="ns",name="a",reason="ServerError"} 1');
  expect(failing.join()).not.toContain('consumers_pending{');

  samples = [];
  expect((await lines(metrics)).filter((line) => line.includes('name="'))).toEqual([]);
});
