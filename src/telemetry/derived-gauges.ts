/** A gauge whose series are read from items of one kind. */
export interface DerivedGauge<T> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Adds what this item is to its series: the values of the labels, in their order. Equal series of several items are summed up. */
  readonly read: (item: T, add: (amount: number, ...values: string[]) => void) => void;
}

/**
 * The gauges in Prometheus' text format, read in one pass over the items. By hand, since with 10,000 items prom-client leaves 70 MiB
 * of garbage a scrape, and keeps the series until the next one.
 */
export function derivedText<T>(gauges: readonly DerivedGauge<T>[], items: Iterable<T>): string {
  const found = gauges.map((gauge) => ({ gauge, ...collect(gauge) }));
  for (const item of items) for (const { gauge, add } of found) gauge.read(item, add);
  return found.map(({ gauge: { name, help }, series }) => textOf(name, help, series)).join('\n');
}

/** The series of one gauge, by their text; one without labels is always there. */
function collect({ name, labels }: DerivedGauge<never>) {
  const series = new Map<string, number>(labels.length === 0 ? [[name, 0]] : []);
  const heads = labels.map((label, at) => `${at === 0 ? `${name}{` : ','}${label}="`);
  const add = (amount: number, ...values: string[]) => {
    const key = labels.length === 0 ? name : `${values.map((value, at) => `${heads[at]}${escaped(value)}"`).join('')}}`;
    series.set(key, (series.get(key) ?? 0) + amount);
  };
  return { series, add };
}

function textOf(name: string, help: string, series: ReadonlyMap<string, number>): string {
  let text = `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
  for (const [key, value] of series) text += `${key} ${value}\n`;
  return text;
}

function escaped(value: string): string {
  return /["\\\n]/.test(value) ? value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n') : value;
}
