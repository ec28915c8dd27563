import type { Cell } from './cells.ts';
import type { Tally } from './tally.ts';

/** One cell as it was played. */
export interface Row extends Pick<Tally, 'plans' | 'failed'> {
  readonly scenario: string;
  readonly issuer: string;
  readonly store: string;
}

/** A race at one issuer and one store. */
export interface RaceRow extends Row {
  /** Plans in which the actors met. */
  readonly met: number;
}

/** The row of a cell. */
export function rowOf([plan]: Cell, { plans, failed }: Tally): Row {
  const { scenario = '', issuer = '', store = '' } = plan ?? {};
  return { scenario, issuer, store, plans, failed };
}

/** Race, issuer, store, plans, and in how many of these they met. */
export function raceTableOf(rows: readonly RaceRow[]): string {
  const races = rows.map(({ scenario, issuer, store, plans, met, failed }) => [
    ...[scenario, issuer, store, plans, met],
    ...(failed > 0 ? [`${failed} with violations`] : met === 0 ? ['they never met'] : []),
  ]);
  return [lineOf(['race', 'issuer', 'store', 'plans', 'met']), ...races.map(lineOf).sort()].join('\n');
}

/** Scenario, issuer, store and plans of each cell, then how many each issuer and each store met. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ scenario, issuer, store, plans, failed }) => [
    scenario,
    issuer,
    store,
    plans,
    ...(failed > 0 ? [`${failed} with violations`] : []),
  ]);
  return [
    lineOf(['scenario', 'issuer', 'store', 'plans']),
    ...cells.map(lineOf).sort(),
    ...sumsBy('issuer', rows).map(([issuer, plans]) => lineOf(['', issuer, '', plans])),
    ...sumsBy('store', rows).map(([store, plans]) => lineOf(['', '', store, plans])),
  ].join('\n');
}

function lineOf([scenario = '', issuer = '', store = '', ...rest]: readonly (string | number)[]): string {
  return `${String(scenario).padEnd(38)} ${String(issuer).padEnd(13)} ${String(store).padEnd(17)} ${rest.join(' ')}`;
}

function sumsBy(what: 'issuer' | 'store', rows: readonly Row[]): (readonly [string, number])[] {
  const groups = Map.groupBy(rows, (row) => row[what]);
  return [...groups].map(([name, its]) => [name, its.reduce((sum, { plans }) => sum + plans, 0)] as const);
}
