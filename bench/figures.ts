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

/** All of them as a table of text. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.scenario,
    figure.name,
    `${rounded(median(figure.values))} ${figure.unit}`,
    spread(figure.values),
    limitText(figure),
    isKept(figure) ? '' : 'MISSED',
  ]);
  const head = ['', 'figure', 'median', 'from, to', 'should be', ''];
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function limitText({ limit, unit }: Figure): string {
  if (!limit) return '';
  return 'most' in limit ? `at most ${rounded(limit.most)} ${unit}` : `at least ${rounded(limit.least)} ${unit}`;
}

function spread(values: readonly number[]): string {
  return values.length < 2 ? '' : `${rounded(Math.min(...values))}, ${rounded(Math.max(...values))}`;
}

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
