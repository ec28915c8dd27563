import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { stampChart } from '../../../scripts/release/chart.ts';

const CHART = join(import.meta.dirname, '../../../charts/apikey-rotation-operator');
const origin = {
  repository: 'https://github.com/acme/keys',
  image: { repository: 'registry.example.com/acme/operator', digest: `sha256:${'1'.repeat(64)}` },
  charts: 'registry.example.com/charts',
};

describe('the chart of a release', () => {
  let folder: string;
  const read = (file: string) => readFile(join(folder, file), 'utf8');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stamped-'));
    for (const file of ['Chart.yaml', 'values.yaml', 'README.md']) await cp(join(CHART, file), join(folder, file));
    await stampChart(folder, '1.2.3', origin, { text: '', changes: [{ kind: 'security', description: 'A hole.' }] });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is installed from where it is published, with its own image', async () => {
    const readme = await read('README.md');
    const [install = ''] = /^helm install (?:.*\\\n)*.*/m.exec(readme) ?? [];
    expect(install).toContain('oci://registry.example.com/charts/apikey-rotation-operator --version 1.2.3 ');
    expect(install).not.toContain('image');
    expect(readme).not.toMatch(/ charts\/|--set image\.repository|no published image/);
  });

  it('leads from its page to the pages of its version', async () => {
    const links = (await read('README.md')).match(/(?<=\]\()[^)]*docs[^)]*/g) ?? [];
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !link.startsWith('https://github.com/acme/keys/blob/v1.2.3/docs/'))).toEqual([]);
  });

  it('has the values of the tree but for what a release knows', async () => {
    const before = parse(await readFile(join(CHART, 'values.yaml'), 'utf8'));
    const { image, metrics } = before;
    const runbooks = 'https://github.com/acme/keys/blob/v1.2.3/docs/runbooks/';
    expect(parse(await read('values.yaml'))).toEqual({
      ...before,
      image: { ...image, ...origin.image },
      metrics: { ...metrics, prometheusRule: { ...metrics.prometheusRule, runbooks } },
    });
  });

  it('tells Artifact Hub whether it is ready for all, and closes a hole', async () => {
    expect(parse(await read('Chart.yaml')).annotations).toMatchObject({
      'artifacthub.io/prerelease': 'false',
      'artifacthub.io/containsSecurityUpdates': 'true',
    });
  });
});
