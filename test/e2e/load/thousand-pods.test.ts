import { Agent, fetch } from 'undici';
import { beforeAll, expect, test } from 'vitest';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import type { ClusterObject } from '../world/cluster.ts';
import { judge } from '../world/judge.ts';
import { projectedToken, REPORT_AUDIENCE } from '../world/key-loader.ts';
import { rotationManifest } from '../world/rotation-manifest.ts';
import { createTenant } from '../world/tenant.ts';
import { startWorld, type World, type WorldOperator } from '../world/world.ts';
import { inTurn } from './in-turn.ts';

const PODS = 1_000;
const NAMESPACE = 'crowd';
const connections = new Agent({ connections: 64 });

interface Pod extends ClusterObject {
  readonly status: { readonly phase: string };
}

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: ${NAMESPACE}}
spec:
  replicas: ${PODS}
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec: {serviceAccountName: app, automountServiceAccountToken: false, containers: [{name: app, image: example.com/app:1}]}
`;

let world: World;
let operator: WorldOperator;

beforeAll(async () => {
  world = await startWorld({ workloads: true });
  operator = await world.operator();
});
closeAfterAll(
  () => ({ close: () => connections.close() }),
  () => world,
);

test('a consumer of 1,000 pods: all reports are taken within 10 s, none is turned away, and then the old key dies', async () => {
  const { cluster, apio } = world;
  const tenant = await createTenant(world, NAMESPACE, { accounts: ['app'] });
  await cluster.apply(deployment);
  await cluster.apply(rotationManifest({ namespace: NAMESPACE, name: 'key' }));
  await tenant.settled('key', 1);
  const pods = await until(runningPods, { what: `${PODS} running pods`, timeoutMs: 240_000, everyMs: 1_000 });
  const tokens = await inTurn(pods, 32, ({ metadata: { name, uid = '' } }) =>
    projectedToken(world, { namespace: NAMESPACE, name, uid, account: 'app' }, REPORT_AUDIENCE),
  );

  await tenant.rotate('key', 'now');
  await tenant.until('key', 'the new key to be published', ({ status }) => status?.rotation?.publishedAt !== undefined);
  const key = (await tenant.served('key'))?.data.API_KEY ?? '';
  const body = JSON.stringify({ fingerprint: fingerprint(new SecretValue(key)) });
  // As every replica of the operator does, ours sees its own write a moment later.
  await until(async () => (await report(tokens[0] ?? '', body)) === 200, {
    what: 'the first report',
    timeoutMs: 10_000,
  });

  const started = performance.now();
  const statuses = await inTurn(tokens.slice(1), 64, (token) => report(token, body));
  const seconds = (performance.now() - started) / 1000;
  await tenant.settled('key', 2, 60_000);
  const rotatedAfter = (performance.now() - started) / 1000;
  console.log(
    `${PODS} reports in ${seconds.toFixed(1)} s; the old key was dead ${rotatedAfter.toFixed(1)} s after the first`,
  );

  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(seconds).toBeLessThanOrEqual(10);
  expect(apio.keys.filter(({ manager }) => !manager).map((candidate) => apio.statusOf(candidate))).toEqual([
    'revoked',
    'active',
  ]);
  expect(await judge(world, NAMESPACE)).toEqual({ orphans: [], dead: [], leaks: [] });
  expect(await world.denials()).toEqual([]);
}, 600_000);

async function runningPods(): Promise<readonly Pod[] | undefined> {
  const pods = await world.cluster.list<Pod>(`/api/v1/namespaces/${NAMESPACE}/pods`);
  const running = pods.filter(({ status }) => status.phase === 'Running');
  return running.length === PODS ? running : undefined;
}

async function report(token: string, body: string): Promise<number> {
  const response = await fetch(`${operator.reportsURL}/v1/namespaces/${NAMESPACE}/rotations/key/reports`, {
    method: 'POST',
    dispatcher: connections,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
  await response.body?.cancel();
  return response.status;
}
