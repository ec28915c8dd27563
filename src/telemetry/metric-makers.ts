import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Stands before the name of every metric. */
export const PREFIX = 'apikeyrotation_';

/** Makes metrics with the prefix, in one registry. */
export interface MetricMakers {
  counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L>;
  histogram<L extends string>(name: string, help: string, labelNames: L[], buckets: number[]): Histogram<L>;
  /** `collect` is called at every scrape with the gauge emptied. */
  gauge<L extends string>(name: string, help: string, labelNames: L[], collect: (gauge: Gauge<L>) => void): void;
}

/** Makers of metrics in `registry`. */
export function createMakers(registry: Registry): MetricMakers {
  const common = (name: string, help: string) => ({ name: PREFIX + name, help, registers: [registry] });
  return {
    counter: (name, help, labelNames) => new Counter({ ...common(name, help), labelNames }),
    histogram: (name, help, labelNames, buckets) => new Histogram({ ...common(name, help), labelNames, buckets }),
    gauge(name, help, labelNames, collect) {
      new Gauge({
        ...common(name, help),
        labelNames,
        collect() {
          this.reset();
          collect(this);
        },
      });
    },
  };
}
