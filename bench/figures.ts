/** A figure of a run, with what it should be. */
export interface Figure {
  /** Its letter. */
  readonly scenario: string;
  readonly name: string;
  /** One a round, or one. */
  readonly values: readonly number[];
  readonly unit: string;
  readonly limit?: Limit;
  /** Whether the machine's speed has a part in it: then it is told, and fails no run. */
  readonly depends: 'OnTheMachine' | 'OnTheCodeAlone';
}

/** At most, or at least. */
export type Limit = { readonly most: number } | { readonly least: number };

/** Makes figures of one scenario. `values`: one a round, or one. */
export function figuresOf(scenario: string) {
  const maker =
    (depends: Figure['depends']) =>
    (name: string, values: readonly number[], unit = '', limit?: Limit): Figure => ({
      scenario,
      name,
      values,
      unit,
      ...(limit && { limit }),
      depends,
    });
  return { ofCode: maker('OnTheCodeAlone'), ofMachine: maker('OnTheMachine') };
}

/** The middle one of several. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [below = Number.NaN, above = below] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (below + above) / 2;
}

/** The value that 95 of 100 do not exceed. */
export function percentile95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;
}

/** Whether the median keeps the limit; one that has none is kept. */
export function isKept({ values, limit }: Figure): boolean {
  if (!limit) return true;
  return 'most' in limit ? median(values) <= limit.most : median(values) >= limit.least;
}

/** All of them as rows of cells, which begin with a head. */
export function rowsOf(figures: readonly Figure[]): readonly (readonly string[])[] {
  const rows = figures.map((figure) => [
    figure.scenario,
    figure.name,
    withUnit(median(figure.values), figure),
    spread(figure.values),
    limitText(figure),
    isKept(figure) ? '' : 'MISSED',
  ]);
  return [['', 'figure', 'median', 'from, to', 'should be', ''], ...rows];
}

/** The same as a table of text. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = rowsOf(figures);
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function limitText(figure: Figure): string {
  const { limit } = figure;
  if (!limit) return '';
  return 'most' in limit ? `at most ${withUnit(limit.most, figure)}` : `at least ${withUnit(limit.least, figure)}`;
}

function withUnit(value: number, { unit }: Figure): string {
  return `${rounded(value)} ${unit}`.trimEnd();
}

function spread(values: readonly number[]): string {
  return values.length < 2 ? '' : `${rounded(Math.min(...values))}, ${rounded(Math.max(...values))}`;
}

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
