import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApiProxy } from '../components/api-proxy.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { until } from '../components/until.ts';
import { byHand } from '../world/installation.ts';
import { startWorld, type World } from '../world/world.ts';
import { ROTATION, startTrial } from './trial.ts';

const ENDS = ['killed', 'killed', 'killed', 'terminated'] as const;
const rows: string[] = [];
let world: World;

beforeAll(async () => {
  world = await startWorld({ installation: byHand({ wholeCluster: false }) });
});
closeAfterAll(() => world);
afterAll(() => {
  console.log(
    [
      '| end of the process | dead-key seconds | live keys at most | at rest | orphans | leaks | seconds until the key that nobody knew was dead |',
      '|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
  );
});

describe.concurrent('the process ends while the issue call is in flight, and is started again', () => {
  test.each(ENDS.map((end, index) => ({ end, index })))(
    '$end ($index)',
    { timeout: 600_000 },
    async ({ end, index }) => {
      const namespace = `end-${index}`;
      const proxy = await startApiProxy({ url: world.apioServer.url.Live });
      const flags = ['--namespace', namespace, '--installation', namespace];
      let operator = await world.operator({ flags });
      const reportsURL = () => operator.reportsURL;
      const trial = await startTrial(world, namespace, { issuerURL: proxy.url, evidence: 'Report', reportsURL });
      const { tenant } = trial;

      let endedAt = 0;
      const inFlight = Promise.withResolvers<void>();
      // The issuing API carries the call out; its answer reaches nobody who is still there.
      proxy.loseAnswers(({ method, path }) => {
        const isIssue = method === 'POST' && path === '/v1/api-keys';
        if (!isIssue) return false;
        endedAt = world.apio.now();
        inFlight.resolve(end === 'killed' ? operator.kill() : operator.stop(25_000));
        return true;
      }, 1);
      await tenant.rotate(ROTATION, 'now');
      await inFlight.promise;
      await until(() => trial.keys().length >= 2, { what: 'the key that nobody knows', timeoutMs: 10_000 });
      operator = await world.operator({ flags });

      await tenant.settled(ROTATION, 2, 300_000);
      const result = await trial.result();
      await proxy.close();
      const seconds = ((trial.keys()[1]?.revokedAt ?? Number.NaN) - endedAt) / 1000;
      const { deadSeconds, mostLive, liveAtRest, orphans, leaks } = result;
      rows.push(`| ${[end, deadSeconds, mostLive, liveAtRest, orphans, leaks, seconds.toFixed(1)].join(' | ')} |`);

      expect(result).toMatchObject({ deadSeconds: 0, mostLive: 2, liveAtRest: 1, orphans: 0, leaks: 0 });
      expect(seconds).toBeLessThan(end === 'killed' ? 90 : 25);
    },
  );
});
