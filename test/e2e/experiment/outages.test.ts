import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTcpProxy } from '../components/tcp-proxy.ts';
import { until } from '../components/until.ts';
import { setRights } from '../world/vault-access.ts';
import { startWorld, type World, type WorldOperator } from '../world/world.ts';
import { ROTATION, startTrial, type TrialEvidence, troubleOf } from './trial.ts';

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
afterAll(async () => {
  console.log(
    [
      '| outage | evidence | dead-key seconds | keys issued in it | live keys, most | at rest | orphans | leaks | what the conditions said |',
      '|---|---|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
  );
  await world.close();
});

describe.concurrent('the store is unavailable in the moment of a refresh, and the key is due every minute', () => {
  test.each(OUTAGES)('$how for $seconds s, $evidence', { timeout: 900_000 }, async ({ how, seconds, evidence }) => {
    const namespace = `${how.replace(' ', '-')}-${seconds}-${evidence.toLowerCase()}`;
    const proxy = await startTcpProxy(Number(new URL(world.vault.url).port));
    const vaultURL = `http://127.0.0.1:${proxy.port}`;
    const reportsURL = () => operator.reportsURL;
    const trial = await startTrial(world, namespace, { vaultURL, evidence, cron: '* * * * *', reportsURL });
    const { tenant } = trial;

    const outage = Promise.withResolvers<void>();
    const begin = () => {
      void proxy.close();
      outage.resolve();
    };
    if (how === 'closed proxy') onIssue.set(namespace, begin);
    else await setRights(world.vault, namespace, 'Read').then(() => onIssue.set(namespace, outage.resolve));
    await outage.promise;
    const issuedBefore = trial.issued() - 1;
    const revision = (await tenant.rotation(ROTATION))?.status?.revision ?? 0;

    let most = 0;
    let said = '';
    const ends = performance.now() + seconds * 1000;
    const over = async () => {
      most = Math.max(most, trial.liveKeys());
      const rotation = await tenant.rotation(ROTATION);
      if (rotation) said = troubleOf(rotation);
      return performance.now() > ends;
    };
    await until(over, { what: 'the end of the outage', timeoutMs: 2 * FIVE_MINUTES, everyMs: 500 });
    const issued = trial.issued() - issuedBefore;
    if (how === 'closed proxy') await proxy.open();
    else await setRights(world.vault, namespace, 'ReadAndWrite');

    // No more is due from now on: what is under way comes to rest.
    await world.cluster.patch(tenant.path(ROTATION), { spec: { schedule: null } });
    await tenant.until(
      ROTATION,
      'the rotation to end',
      ({ status }) => status?.revision !== undefined && status.revision >= revision && !status.rotation,
      FIVE_MINUTES,
    );
    const result = await trial.result();
    await proxy.close();
    rows.push(
      `| ${how}, ${seconds} s | ${evidence} | ${result.deadSeconds} | ${issued} | ${most} | ${result.liveAtRest} | ${result.orphans} | ${result.leaks} | ${said} |`,
    );

    expect(result).toMatchObject({ deadSeconds: 0, orphans: 0, leaks: 0, liveAtRest: 1 });
    expect(result.looks).toBeGreaterThan(seconds * 5);
    expect(issued).toBe(1);
    expect(most).toBe(2);
    expect(said).toMatch(
      how === 'closed proxy' ? /^ConnectionFailed: .*vault/i : /^VaultPermissionDenied: .*vault.*Stalled: NeedsHuman/i,
    );
  });
});
