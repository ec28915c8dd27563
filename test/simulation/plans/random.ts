import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { SCENARIOS } from '../scenarios/all.ts';
import { ISSUERS, type Plan, STORES, type Strike } from './plan.ts';
import { ANY_FATE, ANY_FAULT, isBorne } from './single-faults.ts';

/** Later calls than any story makes without misfortunes: some strikes are meant for what follows from others. */
const CALLS = 90;
const EVENTS = 20;
const MOST_STRIKES = 6;

/** A story with several misfortunes, all drawn from one number. Some of them may come too late to strike. */
export function drawPlan(number: number): Plan {
  const { random } = createSeededEntropy(number);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

  function strike(): Strike {
    if (random() < 0.15) return { type: 'Event', at: 1 + below(EVENTS), fate: pick(ANY_FATE) };
    return { type: 'Call', at: 1 + below(CALLS), fault: pick(ANY_FAULT) };
  }
  const scenario = pick(SCENARIOS);
  return {
    scenario: scenario.name,
    issuer: pick(scenario.issuers ?? Object.keys(ISSUERS)),
    store: pick(scenario.stores ?? STORES),
    operators: 1 + below(3),
    seed: number,
    strikes: Array.from({ length: 1 + below(MOST_STRIKES) }, strike)
      .filter(isFirstAtItsPlace)
      .filter((each) => isBorne({ scenario: scenario.name }, each)),
  };
}

function isFirstAtItsPlace(strike: Strike, index: number, all: readonly Strike[]): boolean {
  return all.findIndex(({ type, at }) => type === strike.type && at === strike.at) === index;
}
