import { Agent, request } from 'undici';
import { until } from '../../test/e2e/components/until.ts';
import { inTurn } from '../../test/e2e/load/in-turn.ts';
import { projectedToken, REPORT_AUDIENCE } from '../../test/e2e/world/key-loader.ts';
import { figuresOf } from '../figures.ts';
import { podOf } from '../manifests.ts';
import { addObjects, askForAll } from '../population.ts';
import type { Scenario, Stage } from '../stage.ts';
import { createTeam } from '../teams.ts';
import { apiServerSeconds, usageOf } from '../usage.ts';

const SIZES = { quick: { pods: 100 }, full: { pods: 1_000 } };
const [NAMESPACE, NAME] = ['crowd', 'key-0'];
const WIDTH = 32;
/** Reports under way at once. */
const CONNECTIONS = 64;

/** One consumer of many pods, all of which report at the same moment. */
export const crowd: Scenario = {
  letter: 'h',
  about: 'one consumer of many pods',
  quick: false,
  async run(stage) {
    const { world, size } = stage;
    const { pods } = SIZES[size];
    await addObjects(stage, [await createTeam(world, NAMESPACE)], 1);
    const names = Array.from({ length: pods }, (_, at) => `pod-${at}`);
    const tokens = await inTurn(names, WIDTH, async (name) => {
      await world.cluster.apply(JSON.stringify(podOf(NAMESPACE, name, NAME)));
      return projectedToken(world, { namespace: NAMESPACE, name, account: 'app' }, REPORT_AUDIENCE);
    });
    const operator = await world.operator();
    const url = `${operator.reportsURL}/v1/namespaces/${NAMESPACE}/rotations/${NAME}/reports`;
    const [published, ended] = follow(stage);
    await askForAll(world, [{ namespace: NAMESPACE, name: NAME }], 'crowd');
    const report = createReporter(url, await published);
    // The operator sees its own write a moment later, and asks to come again until then.
    await until(async () => (await report(tokens[0] ?? '')) === 200, { what: 'the first report', timeoutMs: 30_000 });
    const cpuBefore = await apiServerSeconds(world.plane);
    const usedBefore = await usageOf(operator.pid);
    const startedAt = performance.now();
    const answers = await inTurn(tokens.slice(1), CONNECTIONS, report);
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpuSeconds = (await apiServerSeconds(world.plane)) - cpuBefore;
    const used = await usageOf(operator.pid);
    const diedAfter = ((await ended) - startedAt) / 1_000;
    await operator.stop(30_000);
    const { ofCode, ofMachine } = figuresOf('h');
    return [
      ofMachine(`until ${pods} pods have reported`, [seconds], 's', { most: 5 }),
      ofMachine('CPU of the API server meanwhile', [cpuSeconds], 's', { most: 5 }),
      ofMachine('CPU of the operator meanwhile', [used.cpuSeconds - usedBefore.cpuSeconds], 's'),
      ofCode('reports that were not taken', [answers.filter((status) => status !== 200).length], '', { most: 0 }),
      ofMachine('until the old key was dead', [diedAfter], 's'),
    ];
  },
};

/** The fingerprint of the key that is published, and the moment when the rotation has ended. */
function follow({ followed }: Stage): readonly [Promise<string>, Promise<number>] {
  const [published, ended] = [Promise.withResolvers<string>(), Promise.withResolvers<number>()];
  const stop = followed.onChange(({ metadata, status }) => {
    if (metadata.namespace !== NAMESPACE) return;
    const { publishedAt, newKey } = status?.rotation ?? {};
    if (publishedAt !== undefined && newKey) published.resolve(newKey.fingerprint);
    if (status?.revision !== 2 || status.rotation) return;
    ended.resolve(performance.now());
    stop();
  });
  return [published.promise, ended.promise];
}

/** Sends a report, and answers its status code. */
function createReporter(url: string, fingerprint: string): (token: string) => Promise<number> {
  const dispatcher = new Agent({ connections: CONNECTIONS });
  return async (token) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ fingerprint });
    const answer = await request(url, { dispatcher, method: 'POST', headers, body });
    await answer.body.dump();
    return answer.statusCode;
  };
}
