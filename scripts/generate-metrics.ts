// Writes docs/metrics.md from the metrics as the operator registers them. With --check it writes nothing and fails when the page is stale.
import { join } from 'node:path';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { ROTATION_GAUGES } from '../src/telemetry/rotation-metrics.ts';
import { renew } from './generated.ts';

const PAGE = join(import.meta.dirname, '../docs/metrics.md');

const HEAD = `# Metrics

Written by \`npm run generate\` from [the code](../src/telemetry/metrics.ts). \`GET /metrics\` on the probe port (8080), in Prometheus' text
format; no label holds a key id, a path or anything secret. Every replica exports what it sees, those that stand by too: take
\`max by (…)\` of gauges and \`sum\` of counters over the replicas. Labels \`namespace\` and \`name\` are those of the ApiKeyRotation, so scrape with
\`honorLabels: true\`, as the chart's ServiceMonitor does. [The alerts](../charts/apikey-rotation-operator/alerts.yaml) and
[the dashboard](../charts/apikey-rotation-operator/dashboard.json) need nothing else; each alert has a [runbook](runbooks/).

A rule of your own for keys that expire within 14 days is \`apikeyrotation_key_expiration_timestamp_seconds - time() < 14 * 86400\`. It has no data
for keys that are replaced before, so that [ten thousand rotations fit into a scrape](decisions/0020-expiry-is-exported-where-it-may-come-first.md).

| metric | type | labels | meaning |
|---|---|---|---|
`;

/** All of them: those that others fill are registered when they begin to. */
async function page(): Promise<string> {
  const metrics = createMetrics({ now: () => 0 });
  metrics.observeQueues(() => []);
  metrics.observeLeadership(() => false);
  metrics.observeDeadWatches(() => []);
  const labelsOf = new Map(
    metrics.registry
      .getMetricsAsArray()
      .map((metric) => [metric.name, 'labelNames' in metric ? (metric.labelNames as string[]) : []]),
  );
  const registered = (await metrics.registry.getMetricsAsJSON()).map(({ name, type, help }) => {
    return { name, type: String(type), help, labels: labelsOf.get(name) ?? [] };
  });
  const rows = [...registered, ...ROTATION_GAUGES.map((gauge) => ({ ...gauge, type: 'gauge' }))]
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, type, help, labels }) => {
      const shown = labels.map((label) => `\`${label}\``).join(', ');
      return `| \`${name}\` | ${type} | ${shown} | ${help} |\n`;
    });
  return HEAD + rows.join('');
}

await renew(PAGE, await page());
