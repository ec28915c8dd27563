import { afterEach, expect, test } from 'vitest';
import { fingerprint } from '../../src/key/fingerprint.ts';
import { SecretValue } from '../../src/key/secret-value.ts';
import {
  MOUNT,
  NAMESPACE,
  ONE_CONSUMER,
  type OperatorWorld,
  PATH,
  type Replica,
  ROTATION,
  startOperatorWorld,
} from './operator-world.ts';

let world: OperatorWorld;
afterEach(() => world.close());

/** A leader and a standby, with the first key issued. */
async function twoReplicas(): Promise<{ leader: Replica; standby: Replica }> {
  world = await startOperatorWorld();
  world.apply(ONE_CONSUMER);
  await world.until('the first key', ({ status }) => status?.current !== undefined && !status.rotation);
  const standby = await world.startReplica();
  await untilReady(standby);
  return { leader: world, standby };
}

async function untilReady({ probesURL }: Replica): Promise<void> {
  while ((await fetch(`${probesURL}/readyz`)).status !== 200);
}

async function leads({ probesURL }: Replica): Promise<boolean> {
  const text = await (await fetch(`${probesURL}/metrics`)).text();
  return /^apikeyrotation_leader 1$/m.test(text);
}

function rotate(token: string): void {
  const annotations = { 'apikeyrotation.io/rotate': token };
  world.kube.patch(ROTATION, { type: 'merge', body: { metadata: { annotations } } });
}

/** The report of the only pod, to a replica of the test's choice. */
async function report({ reportsURL }: Replica): Promise<number> {
  const key = new SecretValue(String(world.vault.serving(MOUNT, PATH)?.key));
  const answer = await fetch(`${reportsURL}/v1/namespaces/${NAMESPACE}/rotations/apio/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.reportToken('api-0')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ consumer: 'api', fingerprint: fingerprint(key) }),
  });
  return answer.status;
}

type Rotation = NonNullable<ReturnType<OperatorWorld['rotation']>>;

const isPublished =
  (revision: number) =>
  ({ status }: Rotation) =>
    status?.revision === revision && status.rotation?.publishedAt !== undefined;
const isDone =
  (revision: number) =>
  ({ status }: Rotation) =>
    status?.revision === revision && status.rotation === undefined;

const liveKeys = () =>
  world.apio.keys.filter(({ label, revokedAt }) => label && revokedAt === undefined).map(({ id }) => id);

const audits = ({ operator }: Replica) => operator.lines().filter((line) => line.includes('"effect"')).length;

test('one replica works, both are ready, and a report to the one that stands by is as good as to the other', async () => {
  const { leader, standby } = await twoReplicas();
  expect([await leads(leader), await leads(standby)]).toEqual([true, false]);
  rotate('two');
  await world.until('published', isPublished(2));
  expect(await report(standby)).toBe(200);
  await world.until('done', isDone(2));
  expect(await report(leader)).toBe(200);
  expect(audits(standby)).toBe(0);
  expect([await leads(leader), await leads(standby)]).toEqual([true, false]);
});

test('a leader that is killed while it issues is followed within 20 s, and no key is left behind', async () => {
  const { leader, standby } = await twoReplicas();
  const { apioServer, apio } = world;
  apioServer.faults.delay('issue', 1_000);
  const intended = world.until('the intent', ({ status }) => status?.rotation !== undefined);
  rotate('two');
  const { status } = await intended;
  await leader.operator.kill();
  const killedAt = performance.now();
  // `until` itself allows 20 s.
  await world.until('the next attempt', ({ status: now }) => now?.rotation?.claim !== status?.rotation?.claim);
  console.log(`first progress ${((performance.now() - killedAt) / 1_000).toFixed(1)} s after the kill`);
  await world.until('published', isPublished(2));
  expect(await report(standby)).toBe(200);
  const { status: ended } = await world.until('done', isDone(2));
  expect(liveKeys()).toEqual([ended?.current?.keyID]);
  expect(apio.keys.filter(({ label }) => label).length).toBeLessThanOrEqual(3);
  expect(await leads(standby)).toBe(true);
}, 60_000);

test('a leader that is asked to end lets the other go on within three seconds', async () => {
  const { leader, standby } = await twoReplicas();
  await leader.operator.stop(10_000);
  const endedAt = performance.now();
  rotate('two');
  await world.until('published', isPublished(2));
  expect(performance.now() - endedAt).toBeLessThan(3_000);
  expect(await report(standby)).toBe(200);
  await world.until('done', isDone(2));
  expect(liveKeys()).toHaveLength(1);
});
