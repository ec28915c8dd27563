import { beforeAll, expect, test } from 'vitest';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import { createCallingConsumer } from '../world/calling-consumer.ts';
import { judge } from '../world/judge.ts';
import { createReportingPod } from '../world/reporting-pod.ts';
import { rotationManifest } from '../world/rotation-manifest.ts';
import { createTenant, type Rotation } from '../world/tenant.ts';
import { startWorld, type World, type WorldOperator } from '../world/world.ts';
import { inTurn } from './in-turn.ts';

const NAMESPACES = Array.from({ length: 10 }, (_, index) => `team-${index}`);
const NAMES = Array.from({ length: 20 }, (_, index) => `key-${index}`);

let world: World;
let operator: WorldOperator;

beforeAll(async () => {
  world = await startWorld();
  operator = await world.operator();
});
closeAfterAll(() => world);

/** A namespace with its rotations and one pod that uses all of their keys. */
async function team(namespace: string) {
  const tenant = await createTenant(world, namespace, { accounts: ['app'] });
  const reportsURL = () => operator.reportsURL;
  const pod = await createReportingPod(world, tenant, { name: 'app-0', account: 'app', reportsURL });
  const callURL = `${world.apioServer.url.Live}/v1/payments`;
  for (const name of NAMES) await world.cluster.apply(rotationManifest({ namespace, name }));
  const consumers = NAMES.map((name) =>
    createCallingConsumer({
      read: async () => (await tenant.served(name))?.data.API_KEY,
      callURL,
      onKey: (text) => pod.report(name, text),
    }),
  );
  return { tenant, consumers };
}

test('200 rotations at once come to their end, and no call of their consumers fails', async () => {
  const teams = await inTurn(NAMESPACES, 5, team);
  const consumers = teams.flatMap((each) => each.consumers);
  const everyoneRests = (revision: number) => async () => {
    const lists = await Promise.all(
      NAMESPACES.map((namespace) =>
        world.cluster.list<Rotation>(`/apis/apikeyrotation.io/v1alpha1/namespaces/${namespace}/apikeyrotations`),
      ),
    );
    return lists.flat().every(({ status }) => status?.revision === revision && status.current && !status.rotation);
  };
  await until(everyoneRests(1), { what: 'all first keys', timeoutMs: 120_000, everyMs: 500 });
  await inTurn(consumers, 20, (consumer) => consumer.turn());

  const started = performance.now();
  await inTurn(teams, 10, ({ tenant }) => inTurn(NAMES, 5, (name) => tenant.rotate(name, 'now')));
  const rests = everyoneRests(2);
  const round = async () => {
    await inTurn(consumers, 20, (consumer) => consumer.turn());
    return rests();
  };
  await until(round, { what: 'all rotations to end', timeoutMs: 180_000, everyMs: 250 });
  const seconds = (performance.now() - started) / 1000;
  await inTurn(consumers, 20, (consumer) => consumer.turn());

  const sum = (of: (consumer: (typeof consumers)[number]) => number) =>
    consumers.reduce((total, one) => total + of(one), 0);
  console.log(`200 rotations in ${seconds.toFixed(1)} s; ${sum((one) => one.calls())} calls`);
  expect(sum((one) => one.failedCalls())).toBe(0);
  expect(world.apio.ledger.filter(({ type }) => type === 'issued')).toHaveLength(400);
  expect(world.apio.ledger.filter(({ type }) => type === 'revoked')).toHaveLength(200);
  expect(await world.denials()).toEqual([]);
  for (const namespace of NAMESPACES)
    expect(await judge(world, namespace)).toEqual({ orphans: [], dead: [], leaks: [] });
}, 600_000);
