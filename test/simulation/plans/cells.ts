import { SCENARIOS } from '../scenarios/all.ts';
import { ISSUERS, type Plan, STORES } from './plan.ts';

/** Schedules that each cell is played with, and how many operators work in it at once, without any election. */
const SCHEDULES: readonly (readonly [seed: number, operators: number])[] = [
  [17, 1],
  [18, 2],
  [19, 3],
];

/** One story of one issuer and one store, without misfortunes, by three schedules. */
export type Cell = readonly Plan[];

/** The product of scenarios, issuers and stores; `only` names those wanted, all where it names none. */
export function cells(
  only: { scenario?: readonly string[]; issuer?: readonly string[]; store?: readonly string[] } = {},
): Cell[] {
  return SCENARIOS.filter(({ name }) => only.scenario?.includes(name) ?? true).flatMap((scenario) =>
    (scenario.issuers ?? Object.keys(ISSUERS))
      .filter((issuer) => only.issuer?.includes(issuer) ?? true)
      .flatMap((issuer) =>
        (scenario.stores ?? STORES)
          .filter((store) => only.store?.includes(store) ?? true)
          .map((store) =>
            SCHEDULES.map(([seed, operators]) => ({
              scenario: scenario.name,
              issuer,
              store,
              operators,
              seed,
              strikes: [],
            })),
          ),
      ),
  );
}
