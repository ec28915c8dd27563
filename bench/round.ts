import type { WorldOperator } from '../test/e2e/world/world.ts';
import { askForAll, type Member } from './population.ts';
import { settled } from './quiet.ts';
import { reportUntilDone } from './reporting.ts';
import type { Stage } from './stage.ts';
import { added, type Usage, usageOf } from './usage.ts';

/** What one rotation of each of some members took. */
export interface Round {
  /** Rotations a second, from the first intent to the last end. */
  readonly throughput: number;
  /** The operator's own, a rotation, over the same time. */
  readonly cpuMs: number;
  /** The operator's, at any time up to its end. */
  readonly peakMiB: number;
  /** Reports that were turned away, to be sent again, by status code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Requests a rotation: to Kubernetes by verb and resource, to issuers and stores by what for. */
  readonly requests: Readonly<Record<string, number>>;
}

/** What is rotated, and how. */
export interface RoundOptions {
  readonly members: readonly Member[];
  /** That they reach. */
  readonly revision: number;
  /** `BeforeStart`: all are due when the operator starts. `AtRest`: they become due as fast as one can ask, when it is quiet. */
  readonly asked: 'BeforeStart' | 'AtRest';
  /** What else is done when it is quiet, before it is asked. */
  readonly prepare?: () => Promise<void>;
}

/** Keys that a rotation may ask for within an hour, unless told otherwise; a member at rest has its first one. */
export const MOST_REVISIONS = 6;

/** Rotates each member once, by an operator that is started for it. */
export async function rotateAll(
  { world, followed }: Stage,
  { members, revision, asked, prepare = async () => {} }: RoundOptions,
): Promise<Round> {
  if (revision > MOST_REVISIONS)
    throw new Error(`revision ${revision}: the operator asks for ${MOST_REVISIONS} keys an hour`);
  const ask = () => askForAll(world, members, `revision-${revision}`);
  if (asked === 'BeforeStart') await ask();
  let before = await world.requests();
  const starting = world.operator();
  const reportsURL = starting.then((started) => started.reportsURL);
  const begun = Promise.withResolvers<Usage>();
  // What it takes to start is another scenario's.
  const onBegun = () => starting.then(({ pid }) => usageOf(pid)).then(begun.resolve, begun.reject);
  const done = reportUntilDone(followed, members, { revision, reportsURL, onBegun });
  const operator = await starting;
  if (asked === 'AtRest') {
    await settled(operator);
    await prepare();
    before = await world.requests();
    await ask();
  }
  const { beganAt, endedAt, refused } = await done;
  const started = await begun.promise;
  const ended = await usageOf(operator.pid);
  const calls = added({}, await callsOf(operator), members.length);
  await operator.stop(30_000);
  const kube = added(before, await world.requests(), members.length);
  return {
    throughput: (1_000 * members.length) / (endedAt - beganAt),
    cpuMs: (1_000 * (ended.cpuSeconds - started.cpuSeconds)) / members.length,
    peakMiB: ended.peakMiB,
    refused,
    requests: { ...kube, ...calls },
  };
}

/** Reports that were turned away, whatever with. */
export function turnedAway({ refused }: Round): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

/** Requests a rotation that count in the budget of docs/performance.md. */
export function budgeted({ requests }: Round, side: keyof typeof BUDGETED): number {
  const counted = Object.entries(requests).filter(([name]) => BUDGETED[side].test(name));
  return counted.reduce((sum, [, count]) => sum + count, 0);
}

/** The same to all sides. */
export function allBudgeted(round: Round): number {
  return budgeted(round, 'kubernetes') + budgeted(round, 'store') + budgeted(round, 'issuer');
}

/** Without those that ask for many rotations' sake: watches, credentials, logins, checks of issuers and stores. */
const BUDGETED = {
  kubernetes: /^(PUT|POST|GET pods|LIST (pods|migrationreports))/,
  store: /^store (read|publish)/,
  issuer: /^issuer (list|issue|verify|get|revoke)/,
};

/** Calls to issuers and stores that the operator has counted since its start, by what for. */
async function callsOf({ probesURL }: Pick<WorldOperator, 'probesURL'>): Promise<Readonly<Record<string, number>>> {
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
