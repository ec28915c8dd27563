import { STORIES } from '../drawings/stories.ts';
import { askedWithout } from '../invariants/all.ts';
import { unaudited } from '../invariants/audit.ts';
import { leftInHandover } from '../invariants/by-people.ts';
import { defectIn } from '../invariants/defects.ts';
import type { Invariant } from '../invariants/invariant.ts';
import { keptTexts } from '../invariants/kept.ts';
import { keysLeftBehind, unnamedKeys } from '../invariants/keys.ts';
import { isOurs } from '../invariants/reading.ts';
import type { Call, CallFault } from '../kernel/faults.ts';
import { isRegister } from '../kernel/secrets-of-people.ts';
import { createWorld, NAME } from '../kernel/world.ts';
import type { Entry, Ledger } from '../ledger/ledger.ts';
import { RACES } from '../races/all.ts';
import { SCENARIOS } from '../scenarios/all.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { Broken, createStage, NotReached } from '../scenarios/stage.ts';
import { TRAPS } from '../traps/all.ts';
import { formatPlan, isReticent, issuerNamed, PEOPLE, type Plan } from './plan.ts';

/** What became of one plan. */
export interface Run {
  readonly id: string;
  /** Empty when every invariant held. */
  readonly violations: readonly string[];
  /** Of everything that happened: equal plans have equal ones. */
  readonly digest: string;
  readonly calls: readonly Call[];
  readonly events: number;
  /** Whether it came to what its story is about. */
  readonly happened: boolean;
  /** How many of the planned strikes have happened. */
  readonly struck: number;
  /** Keys that our processes issued: each took a rotation. */
  readonly issued: number;
  readonly trace: readonly string[];
}

const REST_MS = 120_000;
/** Reflectors list anew after an hour, at the end of a watch. */
const RELIST_MS = 75 * 60_000;

/** How a plan is played. */
export interface Manner {
  /** Whether to keep a line for everything that happens. */
  readonly traced?: boolean;
  /** Whether the same plan without misfortunes was judged: until the first one strikes, the same happens again. */
  readonly wellIsJudged?: boolean;
  /** Told of everything that happens, and of the invariants that it breaks. */
  readonly onEntry?: (entry: Entry, broken: readonly string[]) => void;
}

/** Plays a plan. */
export function run(plan: Plan, manner: Manner = {}): Promise<Run> {
  const known = [...SCENARIOS, ...RACES, ...TRAPS, ...Object.values(STORIES)];
  const scenario = known.find(({ name }) => name === plan.scenario);
  if (!scenario) throw new Error(`there is no such scenario: ${formatPlan(plan)}`);
  return play(scenario, plan, manner);
}

/** Plays a story as a plan says. */
export async function play(
  scenario: Scenario,
  plan: Plan,
  { traced = false, wellIsJudged = false, onEntry }: Manner = {},
): Promise<Run> {
  const id = formatPlan(plan);
  const issuer = issuerNamed(plan.issuer);
  const people = PEOPLE[plan.issuer];
  if (!issuer) throw new Error(`there is no such issuer: ${id}`);
  const violations: string[] = [];
  const asked = askedWithout(scenario.exempt);
  const world = createWorld(
    {
      seed: plan.seed,
      operators: plan.operators,
      ...(scenario.elected && { elected: true }),
      ...(scenario.hasClusterKinds && { hasClusterKinds: true }),
      issuer,
      ...(people && { people }),
      ...(isReticent(plan.issuer) && { isReticent: true }),
      store: plan.store,
      faults: new Map(plan.strikes.flatMap((strike) => (strike.type === 'Call' ? [[strike.at, strike.fault]] : []))),
      fates: new Map(plan.strikes.flatMap((strike) => (strike.type === 'Event' ? [[strike.at, strike.fate]] : []))),
      meanwhile: () => scenario.meanwhile?.(stage),
      onEntry(entry, ledger) {
        if (wellIsJudged && ledger.struck.length === 0) return;
        const broken: string[] = [];
        const defect = defectIn(entry);
        if (defect !== undefined) broken.push(`DEFECT ${defect}`);
        for (const invariant of asked.get(entry.type) ?? []) {
          const problem = ask(invariant, entry, ledger);
          if (problem !== undefined) broken.push(`${invariant.id} ${problem}`);
        }
        for (const words of broken) {
          violations.push(`${words} (at ${(entry.at / 1_000).toFixed(3)} s, by ${entry.by})`);
          world.trace?.push(`VIOLATION ${words}`);
        }
        onEntry?.(entry, broken);
      },
    },
    traced,
  );
  const stage = createStage(world);
  try {
    for (let count = 0; count < plan.operators; count += 1) world.launch();
    await scenario.prepare?.(stage);
    world.arm();
    await scenario.play(stage);
    world.arm(false);
    await stage.pass(Math.max(0, world.calmAt() - world.scheduler.now));
    let unrest = await atRest(scenario, stage.pass, world.ledger);
    // Whose cache has lost events sees them when it lists anew.
    if (unrest.length > 0 && losesEvents(plan)) {
      await stage.pass(RELIST_MS);
      unrest = await atRest(scenario, stage.pass, world.ledger);
    }
    violations.push(...unrest);
  } catch (error) {
    if (!(error instanceof NotReached || error instanceof Broken)) throw error;
    violations.push(error instanceof NotReached ? `L1 ${error.message}` : error.message);
  }
  const { calls, trace = [], ledger } = world;
  return {
    id,
    violations,
    digest: world.digest(),
    calls,
    events: world.events(),
    struck: world.struck(),
    happened: scenario.happened?.(ledger) ?? true,
    issued: ledger.all('Issued').filter(isOurs).length,
    trace,
  };
}

/** An invariant is asked within a call of the operator, which would take what it throws for an answer. */
function ask({ broken }: Invariant, entry: Entry, ledger: Ledger): string | undefined {
  try {
    return broken(entry, ledger);
  } catch (error) {
    return `cannot be asked: ${error}`;
  }
}

/** An event that is lost, or a watch that hears nothing any more. */
function losesEvents({ strikes }: Plan): boolean {
  return strikes.some((strike) => (strike.type === 'Event' ? strike.fate === 'Lost' : SILENCES.has(strike.fault)));
}

const SILENCES: ReadonlySet<CallFault> = new Set(['cut', 'deaf', 'mute-watch']);

/** S2, S9 and the second half of S10: nothing is changed any more. */
async function atRest(scenario: Scenario, pass: (ms: number) => Promise<void>, ledger: Ledger): Promise<string[]> {
  await pass(REST_MS);
  const before = ledger.entries.length;
  await pass(REST_MS);
  const since = ledger.entries.slice(before).filter(isOurs);
  const effects = since.flatMap(effectIn);
  const looks =
    scenario.ends === 'Waiting'
      ? []
      : since.flatMap(lookIn).filter(scenario.ends === undefined ? isRepeated : () => true);
  const restless =
    [...effects, ...looks].length > 0
      ? [`S10 at rest there were ${[...effects, ...looks.map(({ name }) => name)]}`]
      : [];
  const unnamed = scenario.ends === undefined ? unnamedKeys(ledger) : keysLeftBehind(ledger);
  const kept = scenario.ends === 'Waiting' ? undefined : keptTexts(ledger);
  return [
    ...restless,
    ...[unnamed, kept, leftInHandover(ledger), unaudited(ledger)].filter((problem) => problem !== undefined),
  ];
}

/** What an entry changed, or tried to; a write that changes nothing is one too. */
function effectIn(entry: Entry): string[] {
  if (entry.type === 'Answered' || entry.type === 'Failed') return isMutating(entry.call) ? [entry.call.name] : [];
  return [];
}

/** A question that somebody asks about an object for which nothing is left to be done, or that is gone. */
function lookIn(entry: Entry): Look[] {
  if (entry.type !== 'Begun' || !entry.call.isRead || OF_NO_OBJECT.test(entry.call.name) || isRegisterLook(entry.call))
    return [];
  const { name, detail } = entry.call;
  return [{ by: entry.by, name, place: OF_TARGET.test(name) ? detail : undefined }];
}

interface Look {
  readonly by: string;
  readonly name: string;
  readonly place: string | undefined;
}

/** Each process looks at each target of an object at rest now and then, and not twice in so short a time. */
function isRepeated({ by, place }: Look, index: number, looks: readonly Look[]): boolean {
  return place === undefined || looks.findIndex((other) => other.by === by && other.place === place) < index;
}

const OF_TARGET = /^store read$|^kube GET secrets$/;

/** Whether issuers and stores are there, what is there at all, who leads; and what a consumer's report asks. */
const OF_NO_OBJECT = / check$| probe$| leases$|^kube LIST |^kube GET (apikeyrotations|migrationreports)$/;

/** Whether people's register can be read is a part of whether they are there. */
function isRegisterLook({ name, detail }: Call): boolean {
  return name === 'kube GET secrets' && isRegister(detail);
}

/**
 * A question whether something is allowed is asked by creating it; a lease is about processes, not about the object, and other
 * rotations may wait for ever.
 */
function isMutating({ name, isRead, detail }: Call): boolean {
  const isOfAnother = name.endsWith(' apikeyrotations') && detail !== NAME;
  return !isRead && !isOfAnother && !name.endsWith(' selfsubjectaccessreviews') && !name.endsWith(' leases');
}
