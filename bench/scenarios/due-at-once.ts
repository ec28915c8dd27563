import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Rotation } from '../../test/e2e/world/tenant.ts';
import type { World, WorldOperator } from '../../test/e2e/world/world.ts';
import type { FloorResult, FloorTask, KubeBody } from '../floor.ts';
import type { FollowedRotations } from '../followed-rotations.ts';
import { askForAll, type Member } from '../population.ts';
import { type Round, reportUntilDone } from '../reporting.ts';
import { added, requestsAt, usageOf } from '../usage.ts';

/** One figure of one round, of the floor and of the operator. */
export interface DueAtOnce {
  /** Rotations a second. */
  readonly floor: { readonly throughput: number; readonly cpuMs: number; readonly concurrency: number };
  readonly operator: {
    readonly throughput: number;
    readonly cpuMs: number;
    readonly rssMiB: number;
    readonly refused: Round['refused'];
    /** Requests a rotation, by verb and resource, of Kubernetes; of issuer and stores by what for. */
    readonly requests: Readonly<Record<string, number>>;
  };
}

const CONCURRENCIES = [16, 64, 128];

/** Who takes part. */
export interface DueAtOnceOptions {
  readonly followed: FollowedRotations;
  /** Those that the operator rotates; all at revision 1. */
  readonly members: readonly Member[];
  /** As many, that the floor writes over. */
  readonly others: readonly Member[];
  readonly rounds: number;
  readonly tell: (line: string) => void;
}

/** Scenario (a): all are due at once, one reporting consumer each, whole loop; floor and operator take turns. */
export async function dueAtOnce(
  world: World,
  { followed, members, others, rounds, tell }: DueAtOnceOptions,
): Promise<readonly DueAtOnce[]> {
  const count = members.length;
  const statuses = await sampleStatuses(world, followed, others);
  const found: DueAtOnce[] = [];
  let best: number | undefined;
  for (let round = 1; round <= rounds; round += 1) {
    const tries = best === undefined ? CONCURRENCIES : [best];
    const floors = [];
    for (const concurrency of tries) {
      const task = await floorTask(world, others, { statuses, concurrency, run: `r${round}c${concurrency}` });
      floors.push({ concurrency, ...(await runFloor(task)) });
    }
    const floor = floors.toSorted((a, b) => a.seconds - b.seconds)[0];
    if (!floor) throw new Error('no floor was run');
    best = floor.concurrency;
    const operator = await operatorRound(world, followed, members, round);
    found.push({
      floor: {
        throughput: count / floor.seconds,
        cpuMs: (1_000 * floor.cpuSeconds) / count,
        concurrency: floor.concurrency,
      },
      operator,
    });
    tell(`round ${round}: ${JSON.stringify(found.at(-1))}`);
  }
  return found;
}

/** Rotates one of them, and answers the statuses that the operator wrote, without the last. */
async function sampleStatuses(
  world: World,
  followed: FollowedRotations,
  [sample]: readonly Member[],
): Promise<readonly object[]> {
  if (!sample) throw new Error('there are no rotations');
  const operator = await world.operator();
  const statuses: object[] = [];
  const stop = followed.onChange(({ metadata, status }: Rotation) => {
    if (metadata.name === sample.name && metadata.namespace === sample.namespace && status) statuses.push(status);
  });
  const done = reportUntilDone(followed, [sample], { revision: 2, reportsURL: operator.reportsURL });
  await askForAll(world, [sample], 'sample');
  await done;
  stop();
  await operator.stop(30_000);
  // The annotation's own change is told first, with the status as it was.
  return statuses.slice(-4, -1);
}

async function operatorRound(
  world: World,
  followed: FollowedRotations,
  members: readonly Member[],
  round: number,
): Promise<DueAtOnce['operator']> {
  await askForAll(world, members, `round-${round}`);
  const before = await requestsAt(world.plane);
  const operator = await world.operator();
  const started = await usageOf(operator.pid);
  const done = await reportUntilDone(followed, members, { revision: round + 1, reportsURL: operator.reportsURL });
  const ended = await usageOf(operator.pid);
  const calls = await callsOf(operator);
  await operator.stop(30_000);
  const kube = added(before, await requestsAt(world.plane), members.length);
  return {
    throughput: (1_000 * members.length) / (done.endedAt - done.beganAt),
    cpuMs: (1_000 * (ended.cpuSeconds - started.cpuSeconds)) / members.length,
    rssMiB: ended.rssMiB,
    refused: done.refused,
    requests: { ...kube, ...added({}, calls, members.length) },
  };
}

async function floorTask(
  world: World,
  rotations: readonly Member[],
  rest: Pick<FloorTask, 'statuses' | 'concurrency' | 'run'>,
): Promise<FloorTask> {
  const { plane, vault, apio, apioServer, cluster } = world;
  const [report] = await cluster.list('/apis/apikeyrotation.io/v1alpha1/migrationreports');
  const events = await cluster.list<KubeEvent>('/api/v1/events');
  const event = events.find(({ reason }) => reason === 'OldKeyRevoked');
  if (!report || !event) throw new Error('the operator wrote no report or no event that the floor could repeat');
  const organization = 'floor';
  return {
    ...rest,
    kube: { url: plane.url, ca: plane.ca, token: plane.adminToken },
    vault: { url: vault.url, token: vault.rootToken },
    issuer: { url: apioServer.url.Live, token: apio.createManager('Live', organization).text, organization },
    report: bare(report),
    event: bare(event),
    rotations,
  };
}

type KubeEvent = KubeBody & { readonly reason: string; readonly apiVersion: string; readonly kind: string };

/** Without what the API server gave it. */
function bare<T extends KubeBody>({ metadata: { name }, ...rest }: T): KubeBody {
  return { ...rest, metadata: { name } };
}

/** Runs it in a process of its own. */
async function runFloor(task: FloorTask): Promise<FloorResult> {
  const program = join(import.meta.dirname, '../floor.ts');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(task));
  const told = await text(child.stdout);
  if (told === '') throw new Error('the floor ended without a result');
  return JSON.parse(told);
}

/** Calls to issuers and stores that the operator counted, by what for. */
async function callsOf({ probesURL }: WorldOperator): Promise<Readonly<Record<string, number>>> {
  const metrics = await (await fetch(`${probesURL}/metrics`)).text();
  const counts: Record<string, number> = {};
  for (const [, side, labels = '', count] of metrics.matchAll(
    /^apikeyrotation_(issuer|store)_requests_total\{(.*)\} (\S+)$/gm,
  )) {
    const key = `${side} ${/op="([^"]*)"/.exec(labels)?.[1]}`;
    counts[key] = (counts[key] ?? 0) + Number(count);
  }
  return counts;
}
