import type { StoreKind } from '../kernel/world.ts';
import { SCENARIOS } from '../scenarios/all.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { ISSUERS, type Plan, STORES } from './plan.ts';

/** Schedules that each cell is played with, and how many operators work in it at once, without any election. */
const SCHEDULES: readonly (readonly [seed: number, operators: number])[] = [
  [17, 1],
  [18, 2],
  [19, 3],
];

/** One story of one issuer and one store, without misfortunes, by three schedules. */
export type Cell = readonly Plan[];

/** Which stories, issuers and stores are wanted; all where none are named. */
export interface Wanted {
  readonly scenario?: readonly string[];
  readonly issuer?: readonly string[];
  readonly store?: readonly string[];
}

/** The product of scenarios, issuers and stores. */
export function cells(only: Wanted = {}): Cell[] {
  return SCENARIOS.filter(({ name }) => only.scenario?.includes(name) ?? true).flatMap((scenario) =>
    issuersOf(scenario)
      .filter((issuer) => only.issuer?.includes(issuer) ?? true)
      .flatMap((issuer) =>
        storesOf(scenario)
          .filter((store) => only.store?.includes(store) ?? true)
          .map((store) => cellOf(scenario, issuer, store)),
      ),
  );
}

/**
 * Each story once, and these with each of their issuers: issuers take turns from one story to the next, and so do stores each time
 * that all issuers have had theirs.
 */
export function cellsInTurn(withEachIssuer: readonly string[]): Cell[] {
  return SCENARIOS.flatMap((scenario, story) => {
    const [issuers, stores] = [issuersOf(scenario), storesOf(scenario)];
    const inTurn = (turn: number) =>
      cellOf(scenario, at(issuers, turn), at(stores, (turn % issuers.length) + Math.floor(turn / issuers.length)));
    return withEachIssuer.includes(scenario.name) ? issuers.map((_, turn) => inTurn(story + turn)) : [inTurn(story)];
  });
}

function issuersOf({ issuers = Object.keys(ISSUERS) }: Scenario): readonly string[] {
  return issuers;
}

function storesOf({ stores = STORES }: Scenario): readonly StoreKind[] {
  return stores;
}

function at<T>(list: readonly T[], turn: number): T {
  return list[turn % list.length] as T;
}

function cellOf({ name }: Scenario, issuer: string, store: StoreKind): Cell {
  return SCHEDULES.map(([seed, operators]) => ({ scenario: name, issuer, store, operators, seed, strikes: [] }));
}
