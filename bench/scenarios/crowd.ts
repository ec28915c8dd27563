import { Agent, request } from 'undici';
import { until } from '../../test/e2e/components/until.ts';
import { inTurn } from '../../test/e2e/load/in-turn.ts';
import { projectedToken, REPORT_AUDIENCE } from '../../test/e2e/world/key-loader.ts';
import { figuresOf, type Limit } from '../figures.ts';
import { podOf } from '../manifests.ts';
import { addObjects, askForAll } from '../population.ts';
import type { Scenario, Stage } from '../stage.ts';
import { createTeam } from '../teams.ts';
import { apiServerSeconds, usageOf } from '../usage.ts';

const SIZES = { quick: { pods: 100, rounds: 1 }, full: { pods: 1_000, rounds: 3 } };
const NAME = 'key-0';
const WIDTH = 32;
/** Reports under way at once. */
const CONNECTIONS = 64;

/** One consumer of many pods, all of which report at the same moment. */
export const crowd: Scenario = {
  letter: 'h',
  about: 'one consumer of many pods',
  quick: false,
  async run(stage) {
    const { pods, rounds } = SIZES[stage.size];
    const found: Crowding[] = [];
    for (let round = 1; round <= rounds; round += 1) found.push(await crowding(stage, `crowd-${round}`, pods));
    const { ofCode, ofMachine } = figuresOf('h');
    const seconds = (name: string, of: keyof Crowding, limit?: Limit) =>
      ofMachine(
        name,
        found.map((crowding) => crowding[of]),
        's',
        limit,
      );
    const refused = found.map((crowding) => crowding.refused);
    return [
      seconds(`until ${pods} pods have reported`, 'seconds', { most: 5 }),
      seconds('CPU of the API server meanwhile', 'apiServer', { most: 5 }),
      seconds('CPU of the operator meanwhile', 'operator'),
      ofCode('reports that were not taken', refused, '', { most: 0 }),
      seconds('until the old key was dead', 'diedAfter'),
    ];
  },
};

/** What came of it; CPU and times in seconds, counted from the first report. */
interface Crowding {
  /** Until the last report was taken. */
  readonly seconds: number;
  /** CPU until then. */
  readonly apiServer: number;
  readonly operator: number;
  /** Reports that were not taken. */
  readonly refused: number;
  readonly diedAfter: number;
}

/** A namespace of its own each time: the pods of the others are not to be looked at. */
async function crowding(stage: Stage, namespace: string, pods: number): Promise<Crowding> {
  const { world } = stage;
  await addObjects(stage, [await createTeam(world, namespace)], 1);
  // One more, which opens.
  const names = Array.from({ length: pods + 1 }, (_, at) => `pod-${at}`);
  const [opening = '', ...tokens] = await inTurn(names, WIDTH, async (name) => {
    await world.cluster.apply(JSON.stringify(podOf(namespace, name, NAME)));
    return projectedToken(world, { namespace, name, account: 'app' }, REPORT_AUDIENCE);
  });
  const operator = await world.operator();
  const url = `${operator.reportsURL}/v1/namespaces/${namespace}/rotations/${NAME}/reports`;
  const [published, ended] = follow(stage, namespace);
  await askForAll(world, [{ namespace, name: NAME }], 'crowd');
  const dispatcher = new Agent({ connections: CONNECTIONS });
  const report = createReporter(dispatcher, url, await published);
  // The operator sees its own write a moment later, and asks to come again until then.
  await until(async () => (await report(opening)) === 200, { what: 'the first report', timeoutMs: 30_000 });
  const cpuBefore = await apiServerSeconds(world.plane);
  const usedBefore = await usageOf(operator.pid);
  const startedAt = performance.now();
  const answers = await inTurn(tokens, CONNECTIONS, report);
  const seconds = (performance.now() - startedAt) / 1_000;
  const apiServer = (await apiServerSeconds(world.plane)) - cpuBefore;
  const used = await usageOf(operator.pid);
  const diedAfter = ((await ended) - startedAt) / 1_000;
  await dispatcher.close();
  await operator.stop(30_000);
  const refused = answers.filter((status) => status !== 200).length;
  return { seconds, apiServer, operator: used.cpuSeconds - usedBefore.cpuSeconds, refused, diedAfter };
}

/** The fingerprint of the key that is published, and the moment when the rotation has ended. */
function follow({ followed }: Stage, namespace: string): readonly [Promise<string>, Promise<number>] {
  const [published, ended] = [Promise.withResolvers<string>(), Promise.withResolvers<number>()];
  const stop = followed.onChange(({ metadata, status }) => {
    if (metadata.namespace !== namespace) return;
    const { publishedAt, newKey } = status?.rotation ?? {};
    if (publishedAt !== undefined && newKey) published.resolve(newKey.fingerprint);
    if (status?.revision !== 2 || status.rotation) return;
    ended.resolve(performance.now());
    stop();
  });
  return [published.promise, ended.promise];
}

/** Sends a report, and answers its status code. */
function createReporter(dispatcher: Agent, url: string, fingerprint: string): (token: string) => Promise<number> {
  return async (token) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ fingerprint });
    const answer = await request(url, { dispatcher, method: 'POST', headers, body });
    await answer.body.dump();
    return answer.statusCode;
  };
}
