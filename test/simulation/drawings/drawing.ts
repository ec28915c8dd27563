import type { Entry } from '../ledger/ledger.ts';
import { type Mishap, withMishaps } from '../plans/mishap.ts';
import { formatPlan, type Plan } from '../plans/plan.ts';
import { play } from '../plans/run.ts';
import type { Scenario } from '../scenarios/scenario.ts';

/** A run that `docs/protocol.md` shows. */
export interface Drawing {
  /** Stands in the markers of the document. */
  readonly id: string;
  readonly scenario: Scenario;
  /** A name in `plans/plan.ts`. */
  readonly issuer: string;
  readonly operators: number;
  readonly seed: number;
  readonly mishaps: readonly Mishap[];
  /** The row that it is about: a picture without it is none of this. */
  readonly shows: RegExp;
  /** Id of the mutant (`mutants/all.ts`) that it is played with: the picture ends where an invariant breaks. */
  readonly without?: string;
  /** The last row that is drawn; if missing, the picture goes to the end. */
  readonly until?: RegExp;
}

/** What happened in the run of a drawing. */
export interface Played {
  /** Replays it, by `npm run simulate -- --plan ID`. */
  readonly planID: string;
  /** Everything, oldest first. */
  readonly entries: readonly Entry[];
  /** How much of that came before the story. */
  readonly begin: number;
  /** The invariants that the last entry breaks; then nothing after it is here. */
  readonly broken: readonly string[];
}

/** Plays a drawing; throws where it breaks an invariant and should not, or should and does not. */
export async function playDrawing({ scenario, issuer, operators, seed, mishaps, without }: Drawing): Promise<Played> {
  const well: Plan = { scenario: scenario.name, issuer, store: 'Vault', operators, seed, strikes: [] };
  const plan = await withMishaps(scenario, well, mishaps);
  const entries: Entry[] = [];
  let begin = 0;
  let broken: readonly string[] = [];
  const prepare: Scenario['prepare'] = async (stage) => {
    await scenario.prepare?.(stage);
    begin = entries.length;
  };
  function onEntry(entry: Entry, problems: readonly string[]): void {
    if (broken.length > 0) return;
    entries.push(entry);
    broken = problems;
  }
  const planID = formatPlan(plan);
  const { violations } = await play({ ...scenario, prepare }, plan, { onEntry });
  if (!without && violations.length > 0) throw new Error(`${planID}: ${violations.slice(0, 3).join('; ')}`);
  if (without && broken.length === 0) throw new Error(`${planID}: without ${without} nothing breaks`);
  return { planID, entries, begin, broken };
}
