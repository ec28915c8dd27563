import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import type { LedgerEntry } from '../../../sandbox/apio/engine/types.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import { issuedKeys } from '../world/issued-keys.ts';
import { openScene, type Scene } from '../world/scene.ts';
import { ROTATION, type Service, startService } from '../world/service.ts';
import type { WorldOperator } from '../world/world.ts';

const PAUSED_MS = 30_000;
const PROMPT_SECONDS = 20;

let scene: Scene;
/** Consumers report to the scene's operator; this one leads until something happens to it. */
let leader: WorldOperator | undefined;
let onEntry = (_entry: LedgerEntry) => {};

beforeAll(async () => {
  scene = await openScene({ world: { onEntry: (entry) => onEntry(entry) } });
});
closeAfterAll(() => scene);

async function has(probesURL: string, metric: string): Promise<boolean> {
  const answer = await fetch(`${probesURL}/metrics`).catch(() => undefined);
  return (await answer?.text())?.includes(`\n${metric}\n`) ?? false;
}
const leads = (probesURL: string) => has(probesURL, 'apikeyrotation_leader 1');
const isReady = async (probesURL: string) => (await fetch(`${probesURL}/readyz`).catch(() => undefined))?.ok ?? false;

/** Two replicas, of which the scene's own stands by. */
async function arrange(): Promise<WorldOperator> {
  const { world, operator } = scene;
  await leader?.stop(10_000);
  const other = await world.operator();
  leader = other;
  await until(() => isReady(other.probesURL), { what: 'the other replica to be ready', timeoutMs: 20_000 });
  await operator.stop();
  await until(() => leads(other.probesURL), { what: 'the other replica to lead', timeoutMs: 5_000 });
  await operator.start();
  await until(() => isReady(operator.probesURL), { what: 'the standby to be ready', timeoutMs: 20_000 });
  expect(await leads(operator.probesURL)).toBe(false);
  return other;
}

/** Does something to the leader within the call that has this effect, before anything of it is answered. */
function atNext(type: LedgerEntry['type'], strike: () => void): Promise<void> {
  const struck = Promise.withResolvers<void>();
  onEntry = (entry) => {
    if (entry.type !== type) return;
    onEntry = () => {};
    strike();
    struck.resolve();
  };
  return struck.promise;
}

const signal = ({ pid = 0 }: WorldOperator, name: NodeJS.Signals) => process.kill(pid, name);

/** Seconds until somebody wrote to the rotation. */
async function firstProgress({ tenant }: Service): Promise<number> {
  const started = performance.now();
  const before = (await tenant.rotation(ROTATION))?.metadata.resourceVersion;
  await tenant.until(ROTATION, 'progress by the other', ({ metadata }) => metadata.resourceVersion !== before);
  return (performance.now() - started) / 1_000;
}

/** Every key with its label was issued once and revoked at most once; and how many keys there were. */
function effectsOn(namespace: string): { readonly repeated: readonly string[]; readonly issued: number } {
  const { apio } = scene.world;
  const keys = issuedKeys(apio, namespace);
  const effects = [
    ...keys.map(({ label }) => `issued for ${label}`),
    ...apio.ledger.filter(({ type }) => type === 'revoked').map(({ keyID }) => `revoked ${keyID}`),
  ];
  return { repeated: effects.filter((effect, index) => effects.indexOf(effect) !== index), issued: keys.length };
}

test('the leader is killed when the issuer has carried its call out: the other replica goes on within 20 s', async () => {
  const other = await arrange();
  const service = await startService(scene, 'leader-killed');
  const killed = atNext('issued', () => void other.kill());
  await service.tenant.rotate(ROTATION, 'two');
  await killed;
  const seconds = await firstProgress(service);
  await service.tenant.settled(ROTATION, 2);
  console.log(`killed: first progress after ${seconds.toFixed(1)} s`);

  expect(seconds).toBeLessThan(PROMPT_SECONDS);
  expect(await leads(scene.operator.probesURL)).toBe(true);
  // The first key, the one whose answer was lost, and the one that is used now.
  expect(effectsOn('leader-killed')).toEqual({ repeated: [], issued: 3 });
  expect(service.liveKeys()).toHaveLength(1);
  expect(await scene.judge('leader-killed')).toEqual([]);
});

test.each([
  { type: 'issued', namespace: 'paused-issuing', issued: 3 },
  { type: 'revoked', namespace: 'paused-revoking', issued: 2 },
] as const)(
  'the leader is paused for 30 s when the issuer has $type a key: the other goes on within 20 s, and it does no harm when it wakes',
  async ({ type, namespace, issued }) => {
    const other = await arrange();
    const service = await startService(scene, namespace);
    const paused = atNext(type, () => signal(other, 'SIGSTOP'));
    await service.tenant.rotate(ROTATION, 'two');
    await paused;
    const pausedUntil = performance.now() + PAUSED_MS;
    const seconds = await firstProgress(service);
    await service.tenant.settled(ROTATION, 2);
    console.log(`paused when ${type}: first progress after ${seconds.toFixed(1)} s`);
    // What is tested is this very time, not a condition that comes true after it.
    await pause(pausedUntil - performance.now());
    const before = other.lines().length;
    signal(other, 'SIGCONT');
    const hasYielded = () =>
      other
        .lines()
        .slice(before)
        .some((line) => line.includes('Not leading any more'));
    await until(hasYielded, { what: 'the resumed replica to stand by', timeoutMs: 10_000 });

    await service.rotate('three');
    expect(seconds).toBeLessThan(PROMPT_SECONDS);
    expect([await leads(scene.operator.probesURL), await leads(other.probesURL)]).toEqual([true, false]);
    const since = other.lines().slice(before);
    expect(since.filter((line) => line.includes('"effect"') && !line.includes(`"${EFFECT[type]}"`))).toEqual([]);
    expect(effectsOn(namespace)).toEqual({ repeated: [], issued: issued + 1 });
    expect(service.liveKeys()).toHaveLength(1);
    expect(await scene.judge(namespace)).toEqual([]);
  },
);

/** The call in which it was paused is told when its answer is read. */
const EFFECT = { issued: 'Issue', revoked: 'Revoke' } as const;
