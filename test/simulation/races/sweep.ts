import { faultsOf } from '../kernel/faults.ts';
import { ISSUERS, type Plan, STORES, type Strike } from '../plans/plan.ts';
import { type Run, run } from '../plans/run.ts';
import { isOfProtocol, type Race } from './race.ts';

const SEED = 21;

/** The runs without any misfortune, one for each issuer and store. */
export function basesOf(race: Race): Plan[] {
  const { issuers = Object.keys(ISSUERS), stores = STORES, name, operators } = race;
  return issuers.flatMap((issuer) =>
    stores.map((store) => ({ scenario: name, issuer, store, operators, seed: SEED, strikes: [] })),
  );
}

/** Some of the moments of a race. */
export interface Sample {
  /** So many are tried after each opening, far from each other. */
  readonly most: number;
  /** Which ones they are. */
  readonly turn: number;
}

/**
 * Tries a race at one moment after the other.
 * @param play plays one plan, and answers with what became of it
 * @param sample which moments are tried; all, if missing
 */
export async function sweep(
  race: Race,
  base: Plan,
  play: (plan: Plan) => Promise<Run | undefined>,
  { most, turn }: Sample = { most: Number.POSITIVE_INFINITY, turn: 0 },
): Promise<void> {
  for (const opening of await openings(race, base)) {
    const begun = await play({ ...base, strikes: opening });
    if (!begun) continue;
    const all = moments(race, begun, opening[0]?.at ?? 0);
    const step = Math.max(1, Math.ceil(all.length / most));
    const tried = all.filter((_moment, index) => index % step === turn % step);
    for (const moment of tried) await play({ ...base, strikes: [...opening, moment] });
  }
}

/** What it can begin with; nothing at all, where it needs no opening. */
async function openings({ opening }: Race, base: Plan): Promise<Strike[][]> {
  if (!opening) return [[]];
  const { calls } = await run(base);
  const at = calls.findIndex(opening.at) + 1;
  return at === 0 ? [] : opening.faults.map((fault) => [{ type: 'Call', at, fault }]);
}

function moments({ sweep, at = isOfProtocol }: Race, { calls }: Run, after: number): Strike[] {
  return calls.flatMap((call, index) => {
    if (index < after || !at(call)) return [];
    const possible = [...faultsOf(call), 'meanwhile'];
    return sweep
      .filter((fault) => possible.includes(fault))
      .map((fault): Strike => ({ type: 'Call', at: index + 1, fault }));
  });
}
