import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { programPath } from '../e2e/components/locate.ts';
import { until } from '../e2e/components/until.ts';
import { type OperatorWorld, PATH, startOperatorWorld } from '../integration/operator-world.ts';
import { metricsIn, type Query, strangeLabels } from './label-uses.ts';

const TOP = join(import.meta.dirname, '../..');
const CHART = join(TOP, 'charts/apikey-rotation-operator');

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly runbook_url: string; readonly summary: string; readonly description: string };
}

const alerts: readonly Alert[] = parse(await readFile(join(CHART, 'alerts.yaml'), 'utf8')).groups[0].rules;

/** What Prometheus adds to what it scrapes, by the ServiceMonitor and by its own configuration. */
const OF_TARGETS = ['cluster', 'instance', 'namespace', 'pod', 'service'];

const page = await readFile(join(TOP, 'docs/metrics.md'), 'utf8');
/** The labels that each metric has of its own. */
const exported = new Map(
  [...page.matchAll(/^\| `(\w+)` \| \w+ \| (.*?) \|/gm)].map(([, name = '', listed = '']) => [
    name,
    [...listed.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
  ]),
);

function promtool(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(programPath('promtool'), args, { cwd: CHART, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

describe('the alerts', () => {
  it('are rules that Prometheus takes', () => {
    expect(promtool('check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yaml')).toMatchObject({ status: 0 });
  });

  it('fire for what they say, and for nothing beside it', () => {
    expect(promtool('test', 'rules', 'alerts.test.yaml')).toMatchObject({ status: 0 });
  });

  it('are each tested to fire', async () => {
    const { tests } = parse(await readFile(join(CHART, 'alerts.test.yaml'), 'utf8'));
    const fired = tests
      .flatMap((one: { alert_rule_test: object[] }) => one.alert_rule_test)
      .flatMap((one: { alertname: string; exp_alerts?: object[] }) => (one.exp_alerts ? [one.alertname] : []));
    expect(alerts.map(({ alert }) => alert).filter((alert) => !fired.includes(alert))).toEqual([]);
  });

  it('have a runbook each, and there is none for another', async () => {
    expect(alerts.map(({ annotations }) => annotations.runbook_url)).toEqual(
      alerts.map(({ alert }) => `docs/runbooks/${alert}.md`),
    );
    const pages = await readdir(join(TOP, 'docs/runbooks'));
    expect(pages.toSorted()).toEqual(alerts.map(({ alert }) => `${alert}.md`).toSorted());
    for (const page of pages) {
      const text = await readFile(join(TOP, 'docs/runbooks', page), 'utf8');
      expect(text.match(/^#+ .*/gm), page).toEqual([
        `# ${page.replace('.md', '')}`,
        ...['## Meaning', '## Impact', '## Diagnosis', '## Mitigation'],
      ]);
    }
  });
});

describe('a scrape of the running operator', () => {
  let world: OperatorWorld;
  let scrape = '';
  async function scrapeWith(start: string): Promise<string | undefined> {
    const text = await (await fetch(`${world.probesURL}/metrics`)).text();
    return text.includes(`\n${start}`) ? text : undefined;
  }
  beforeAll(async () => {
    world = await startOperatorWorld();
    world.apply(`{apiVersion: apikeyrotation.io/v1alpha1, kind: ApiKeyRotation, metadata: {name: apio, namespace: payments}, spec: {
      issuerRef: {name: apio}, schedule: {cron: "0 3 1 * *"},
      key: {environment: Live, organization: acme, permissions: ["payments:read"]},
      targets: [{name: vault, storeRef: {name: vault}, path: ${PATH}, fields: {key: key}}],
      consumers: [{name: partner, evidence: [{type: Proof}]}]}}`);
    await world.until('the first key', ({ status }) => status?.current !== undefined && !status.rotation);
    world.kube.patch(
      { resource: 'apikeyrotations.apikeyrotation.io', namespace: 'payments', name: 'apio' },
      { type: 'merge', body: { metadata: { annotations: { 'apikeyrotation.io/rotate': 'a' } } } },
    );
    world.apply(`{apiVersion: apikeyrotation.io/v1alpha1, kind: ApiKeyRotation, metadata: {name: early, namespace: payments}, spec: {
      issuerRef: {name: later}, key: {environment: Live, permissions: ["payments:read"]}, targets: [{name: vault, storeRef: {name: vault}, path: payments/early}],
      withoutEvidence: {overlap: 0s}}}`);
    await world.until('a consumer that is waited for', ({ status }) => status?.rotation?.publishedAt !== undefined);
    scrape = await until(() => scrapeWith('apikeyrotation_condition{'), {
      what: 'a rotation that is not ready',
      timeoutMs: 20_000,
    });
  });
  afterAll(() => world.close());

  it('is what Prometheus takes, without a complaint', () => {
    const { status, stderr } = spawnSync(programPath('promtool'), ['check', 'metrics'], {
      input: scrape,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });

  it.each([
    'rotations{namespace="payments"} 2',
    'consumers_pending{namespace="payments",name="apio"} 1',
    'waiting{reason="Migrating"} 1',
    'keys_issued_total 2',
    'leader 1',
    'orphan_keys 0',
    'issuer_requests_total{op="issue",code="ok"} 2',
  ])('says %s', (line) => {
    expect(scrape.split('\n')).toContain(`apikeyrotation_${line}`);
  });

  it('has the labels that the page of metrics tells', () => {
    const series = [...scrape.matchAll(/^(apikeyrotation_\w+)\{(.*)\} /gm)].map(([, name = '', labels = '']) => ({
      metric: name.replace(/_(bucket|sum|count)$/, ''),
      labels: [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label).filter((label) => label !== 'le'),
    }));
    expect(series.map(({ metric }) => metric)).toContain('apikeyrotation_condition');
    for (const { metric, labels } of series) expect(labels, metric).toEqual(exported.get(metric));
  });

  it('has every metric, with the labels, that alerts and dashboard ask for', async () => {
    const dashboard = await readFile(join(CHART, 'dashboard.json'), 'utf8');
    const ofAlerts = alerts.map(({ expr, annotations: { summary, description } }) => ({
      expr,
      shown: `${summary} ${description}`,
    }));
    const queries = [...ofAlerts, ...queriesIn(JSON.parse(dashboard))];
    const metrics = queries.flatMap(({ expr }) => metricsIn(expr));
    expect(metrics.length).toBeGreaterThan(30);
    for (const { metric } of metrics) expect(scrape).toMatch(new RegExp(`^# TYPE ${metric} `, 'm'));
    const labelsOf = (metric: string) => [...(exported.get(metric) ?? []), ...OF_TARGETS];
    expect(queries.flatMap((query) => strangeLabels(query, labelsOf))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('asks what Prometheus understands', async () => {
    const dashboard = await readFile(join(CHART, 'dashboard.json'), 'utf8');
    const rules = queriesIn(JSON.parse(dashboard))
      .filter(({ expr }) => !expr.startsWith('label_values('))
      .map(({ expr }, at) => ({
        record: `panel:${at}`,
        expr: expr.replaceAll('$namespace', '.*').replaceAll('$__rate_interval', '5m'),
      }));
    expect(rules.length).toBeGreaterThan(20);
    const input = stringify({ groups: [{ name: 'dashboard', rules }] });
    const { status, stdout, stderr } = spawnSync(programPath('promtool'), ['check', 'rules'], {
      input,
      encoding: 'utf8',
    });
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining(`SUCCESS: ${rules.length} rules found`)]);
  });
});

/** What the panels and the variables of a dashboard ask Prometheus for, with what stands in the legends. */
function queriesIn(value: unknown): readonly Query[] {
  if (Array.isArray(value)) return value.flatMap(queriesIn);
  if (typeof value === 'string') return value.startsWith('label_values(') ? [variable(value)] : [];
  if (typeof value !== 'object' || value === null) return [];
  const { expr, legendFormat: shown = '' } = value as { readonly expr?: string; readonly legendFormat?: string };
  return [...(expr === undefined ? [] : [{ expr, shown }]), ...Object.values(value).flatMap(queriesIn)];
}

/** `label_values(metric, label)`: the label is asked for too. */
function variable(expr: string): Query {
  const [, label] = /, *(\w+)\)$/.exec(expr) ?? [];
  return { expr, shown: `{{${label}}}` };
}
