import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeAfterAll } from '../components/close-after-all.ts';
import { startTcpProxy } from '../components/tcp-proxy.ts';
import { until } from '../components/until.ts';
import type { Rotation } from '../world/tenant.ts';
import { setRights } from '../world/vault-access.ts';
import { startWorld, type World, type WorldOperator } from '../world/world.ts';
import { ROTATION, startTrial, type TrialEvidence, toldBy } from './trial.ts';

/** An outage of the store, as External Secrets was put through it. */
interface Outage {
  readonly how: 'closed proxy' | 'writes refused';
  readonly seconds: number;
  readonly evidence: TrialEvidence;
}

const OUTAGES: readonly Outage[] = [
  { how: 'closed proxy', seconds: 300, evidence: 'Report' },
  { how: 'closed proxy', seconds: 300, evidence: 'WithoutEvidence' },
  { how: 'writes refused', seconds: 300, evidence: 'Report' },
  { how: 'writes refused', seconds: 300, evidence: 'WithoutEvidence' },
  { how: 'closed proxy', seconds: 100, evidence: 'Report' },
  { how: 'closed proxy', seconds: 142, evidence: 'WithoutEvidence' },
];
const FIVE_MINUTES = 300_000;

let world: World;
let operator: WorldOperator;
/** What shall happen in the moment in which a key of this organization is issued. */
const onIssue = new Map<string, () => void>();
const rows: string[] = [];

beforeAll(async () => {
  world = await startWorld({
    onEntry: ({ type, keyID }) => {
      const organization = world.apio.keys.find(({ id }) => id === keyID)?.organization ?? '';
      if (type !== 'issued') return;
      onIssue.get(organization)?.();
      onIssue.delete(organization);
    },
  });
  // Due every minute, more often than the limit on issue calls would allow.
  operator = await world.operator({ flags: ['--issue-calls-per-hour', '30'] });
});
closeAfterAll(() => world);
afterAll(() => {
  console.log(
    [
      '| outage | evidence | dead-key seconds | keys issued in the outage | live keys at most | at rest | orphans | leaks | condition Rotating | condition Stalled |',
      '|---|---|---|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
  );
});

describe.concurrent('the store is unavailable at a refresh, and the key is due every minute', () => {
  test.each(OUTAGES)('$how for $seconds s, $evidence', { timeout: 900_000 }, async ({ how, seconds, evidence }) => {
    const namespace = `${how.replace(' ', '-')}-${seconds}-${evidence.toLowerCase()}`;
    const proxy = await startTcpProxy(Number(new URL(world.vault.url).port));
    const vaultURL = `http://127.0.0.1:${proxy.port}`;
    const reportsURL = () => operator.reportsURL;
    const trial = await startTrial(world, namespace, { vaultURL, evidence, cron: '* * * * *', reportsURL });
    const { tenant } = trial;
    await until(betweenTicks, { what: 'a moment in which nothing is due', timeoutMs: 60_000, everyMs: 500 });

    const before = trial.keys().length;
    if (how === 'closed proxy') onIssue.set(namespace, () => void proxy.close());
    else await setRights(world.vault, namespace, 'Read');
    await until(() => trial.keys().length > before, { what: 'the refresh', timeoutMs: 90_000 });
    const begun = performance.now();
    const isOver = () => performance.now() - begun > seconds * 1000;
    await until(isOver, { what: 'the end of the outage', timeoutMs: 2 * FIVE_MINUTES, everyMs: 500 });
    const present = (await tenant.rotation(ROTATION)) as Rotation;
    const told = toldBy(present);
    const issued = trial.keys().length - before;
    if (how === 'closed proxy') await proxy.open();
    else await setRights(world.vault, namespace, 'ReadAndWrite');

    // No more is due from now on: what is under way comes to rest.
    await world.cluster.patch(tenant.path(ROTATION), { spec: { schedule: null } });
    const isDone = ({ status }: Rotation) =>
      (status?.revision ?? 0) >= (present.status?.revision ?? 0) && !status?.rotation;
    await tenant.until(ROTATION, 'the rotation to end', isDone, FIVE_MINUTES);
    const result = await trial.result();
    await proxy.close();
    const { deadSeconds, mostLive, liveAtRest, orphans, leaks, looks } = result;
    const figures = [deadSeconds, issued, mostLive, liveAtRest, orphans, leaks, told.reason, told.stalled];
    rows.push(`| ${how}, ${seconds} s | ${evidence} | ${figures.join(' | ')} |`);
    console.log(`${namespace}: ${told.message}`);

    expect(result).toMatchObject({ deadSeconds: 0, mostLive: 2, liveAtRest: 1, orphans: 0, leaks: 0 });
    expect(looks).toBeGreaterThan(seconds * 4);
    expect(issued).toBe(1);
    expect(told).toMatchObject(how === 'closed proxy' ? NO_CONNECTION : WRITES_REFUSED);
  });
});

const NO_CONNECTION = {
  reason: 'ConnectionFailed',
  message: expect.stringMatching(/^cannot connect to Vault .* to read .*\/key \(ECONNREFUSED\); .*check its address/),
  stalled: 'False',
  ready: 'True',
};
const WRITES_REFUSED = {
  reason: 'VaultPermissionDenied',
  message: expect.stringMatching(
    /^Vault .* answered 403 when asked to write .*\/key: .*its policy lacks create, read, update/,
  ),
  stalled: 'True, NeedsHuman',
  ready: 'True',
};

/** The key is due at each full minute; around it a rotation may be under way. */
function betweenTicks(): boolean {
  const second = new Date().getUTCSeconds();
  return second >= 10 && second <= 45;
}
