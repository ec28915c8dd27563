import { addPod, NAME, type World } from '../kernel/world.ts';
import { formatPlan, type Plan } from '../plans/plan.ts';
import type { Run } from '../plans/run.ts';
import { MAIN, SECOND } from '../scenarios/targets.ts';
import { wrongAtRest, wrongfulDeath, wrongfulWrite } from './judge.ts';
import { createNeighbour, type Neighbour } from './neighbour.ts';
import { openWorld } from './open-world.ts';

/** `two-clusters`: each with an installation of its own, but objects of one uid, as a copy has. `two-objects`: of one installation. */
export const ARRANGEMENTS = ['two-clusters', 'two-objects'] as const;

/** What became of one plan. */
export interface NeighbourRun extends Pick<Run, 'id' | 'violations' | 'calls' | 'events' | 'struck'> {
  /** Whether both had a rotation under way at one time, which no first issue was. */
  readonly met: boolean;
}

const HORIZON_MS = 4 * 3_600_000;
const REST_MS = 120_000;

/** Plays a plan, whose strikes meet the operators of the first of two clusters, or those that both objects have. */
export async function playNeighbours(plan: Plan): Promise<NeighbourRun> {
  const violations: string[] = [];
  const { worlds, neighbours } = arrange(plan, violations);
  const [first] = worlds;
  const [one, other] = neighbours;
  const { scheduler } = first;
  let met = false;
  async function until(what: string, condition: () => boolean): Promise<void> {
    const holds = () => {
      met ||= neighbours.every((each) => each.rotates());
      return condition();
    };
    if (!(await scheduler.runUntil(holds, HORIZON_MS))) violations.push(`L1 never: ${what}`);
  }
  const settled = (revision: number) =>
    until(`both have done revision ${revision}`, () => neighbours.every((each) => each.isSettled(revision)));
  // While it runs the token may be taken for the wish for another try.
  const done = (each: Neighbour) => until(`${each.name} has its second key`, () => each.hasDone(2));

  for (const world of worlds) for (let count = 0; count < plan.operators; count += 1) world.launch();
  await settled(1);
  first.arm();
  one.rotate('a');
  await until(`${one.name} rotates`, () => one.rotates());
  other.rotate('a');
  await done(one);
  one.rotate('b');
  await done(other);
  other.rotate('b');
  await settled(3);
  first.arm(false);
  await scheduler.runUntil(() => false, Math.max(0, first.calmAt() - scheduler.now) + REST_MS);
  violations.push(...wrongAtRest(neighbours));
  const [events, struck] = [first.events(), first.struck()];
  return { id: formatPlan(plan), violations, calls: first.calls, events, struck, met };
}

interface Arranged {
  readonly worlds: readonly [World, ...World[]];
  readonly neighbours: readonly [Neighbour, Neighbour];
}

/** Two objects, and whoever watches over them. */
function arrange(plan: Plan, violations: string[]): Arranged {
  const neighbours: Neighbour[] = [];
  const isAlone = plan.scenario !== 'two-objects';
  const open = (beside?: World) =>
    openWorld(plan, { beside, isAlone }, (entry, ledger, broken) => {
      violations.push(...broken);
      if (entry.type === 'TargetWritten') violations.push(...wrongfulWrite(ledger, entry.path, neighbours));
    });
  const first = open();
  first.onKey((type, id) => {
    if (type === 'revoked') violations.push(...wrongfulDeath(first, id, neighbours));
  });
  const one = createNeighbour(first, NAME, MAIN.path);
  const second = isAlone ? copyOf(open(first)) : first;
  const other = isAlone ? createNeighbour(second, NAME, MAIN.path) : createNeighbour(first, 'other', SECOND.path);
  if (isAlone && one.owner().uid !== other.owner().uid) throw new Error('the copy of the object has another uid');
  neighbours.push(one, other);
  return { worlds: isAlone ? [first, second] : [first], neighbours: [one, other] };
}

/** The first has given an id to the manager of the account too; from here on both give the same ones. */
function copyOf(second: World): World {
  addPod(second, 'first', 'nobody');
  return second;
}
