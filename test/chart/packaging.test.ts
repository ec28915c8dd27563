import { cp, lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { CHART, helm, rendered } from './helm.ts';

interface Named {
  readonly kind: string;
  readonly version: string;
  readonly name: string;
}

describe('the chart as it is published', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(`${tmpdir()}/akr-package-`);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('says the same in its archive as in its folder', async () => {
    await helm(['package', CHART, '--destination', folder]);
    const { name, version } = parse(await readFile(join(CHART, 'Chart.yaml'), 'utf8'));
    const archive = join(folder, `${name}-${version}.tgz`);
    const metrics = { prometheusRule: { enabled: true }, dashboard: { enabled: true } };
    expect(await rendered({ metrics }, { chart: archive })).toBe(await rendered({ metrics }));
  });

  test('is refused as a copy that has lost its symbolic links, unless nothing of theirs is wanted', async () => {
    const chart = join(folder, 'without-links');
    await cp(CHART, chart, { recursive: true, filter: async (path) => !(await lstat(path)).isSymbolicLink() });
    const crds = { enabled: false };
    const policies = { reports: false, requests: false, deliveries: false, secrets: false, tokens: false };
    const remedy = 'take the published chart, or what `helm package` makes of a clone with symbolic links';
    for (const [values, lost] of [
      [{ policies }, 'definitions/'],
      [{ crds }, 'policies/'],
      [{ crds, policies: { ...policies, tokens: true } }, 'policies/'],
    ] as const)
      await expect(rendered(values, { chart })).rejects.toThrow(new RegExp(`nothing in ${lost}, .*${remedy}`));
    await expect(rendered({ crds, policies }, { chart })).resolves.toContain('kind: Deployment');
  });

  test('has nothing that helm lint would change', async () => {
    expect(await helm(['lint', '--strict', CHART])).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  test('tells Artifact Hub of each of its kinds, with an example that names it', async () => {
    const { annotations } = parse(await readFile(join(CHART, 'Chart.yaml'), 'utf8'));
    const described: readonly Named[] = parse(annotations['artifacthub.io/crds']);
    const definitions = parseAllDocuments(await rendered())
      .map((document) => document.toJS())
      .filter((object) => object?.kind === 'CustomResourceDefinition');
    const there = definitions.map(({ metadata: { name }, spec: { names, versions } }) => ({
      kind: names.kind,
      version: versions[0].name,
      name,
    }));
    expect(described.map(({ kind, version, name }) => ({ kind, version, name })).sort(byName)).toEqual(
      there.sort(byName),
    );
  });
});

const byName = (one: Named, other: Named) => one.name.localeCompare(other.name);
