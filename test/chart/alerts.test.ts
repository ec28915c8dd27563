import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { programPath } from '../e2e/components/locate.ts';
import { type OperatorWorld, PATH, startOperatorWorld } from '../integration/operator-world.ts';

const TOP = join(import.meta.dirname, '../..');
const CHART = join(TOP, 'charts/apikey-rotation-operator');

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly runbook_url: string };
}

const alerts: readonly Alert[] = parse(await readFile(join(CHART, 'alerts.yaml'), 'utf8')).groups[0].rules;

/** What Prometheus adds to what it scrapes, by the ServiceMonitor and by its own configuration. */
const OF_TARGETS = ['cluster', 'namespace', 'service'];

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
    await world.until('a consumer that is waited for', ({ status }) => status?.rotation?.publishedAt !== undefined);
    const response = await fetch(`${world.probesURL}/metrics`);
    scrape = await response.text();
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
    'rotations{namespace="payments"} 1',
    'consumers_pending{namespace="payments",name="apio"} 1',
    'waiting{reason="Migrating"} 1',
    'keys_issued_total 2',
    'leader 1',
    'orphan_keys 0',
    'issuer_requests_total{op="issue",code="ok"} 2',
  ])('says %s', (line) => {
    expect(scrape.split('\n')).toContain(`apikeyrotation_${line}`);
  });

  it('has every metric, with the labels, that alerts and dashboard ask for', async () => {
    const page = await readFile(join(TOP, 'docs/metrics.md'), 'utf8');
    const labels = new Map(
      [...page.matchAll(/^\| `(\w+)` \| \w+ \| (.*?) \|/gm)].map(([, name, listed = '']) => [
        name,
        [...listed.matchAll(/`(\w+)`/g)].map(([, label]) => label),
      ]),
    );
    const dashboard = await readFile(join(CHART, 'dashboard.json'), 'utf8');
    const asked = [...alerts.map(({ expr }) => expr), ...expressions(JSON.parse(dashboard))];
    const metrics = asked.flatMap((expr) => [...expr.matchAll(/(apikeyrotation_\w+)(?:\{([^}]*)\})?/g)]);
    expect(metrics.length).toBeGreaterThan(30);
    for (const [, series = '', matchers = ''] of metrics) {
      const name = series.replace(/_bucket$/, '');
      expect(scrape).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
      const matched = [...matchers.matchAll(/(\w+)[=!~]+"/g)].map(([, label]) => label);
      const own = matched.filter((label = '') => !OF_TARGETS.includes(label));
      expect(labels.get(name), `${name} in docs/metrics.md`).toEqual(expect.arrayContaining(own));
    }
  });
});

describe('the dashboard', () => {
  it('asks what Prometheus understands', async () => {
    const dashboard = await readFile(join(CHART, 'dashboard.json'), 'utf8');
    const rules = expressions(JSON.parse(dashboard))
      .filter((expr) => !expr.startsWith('label_values('))
      .map((expr, at) => ({
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

/** What the panels and the variables of a dashboard ask Prometheus for. */
function expressions(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(expressions);
  if (typeof value === 'string') return value.startsWith('label_values(') ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  const own = 'expr' in value && typeof value.expr === 'string' ? [value.expr] : [];
  return [...own, ...Object.values(value).flatMap(expressions)];
}
