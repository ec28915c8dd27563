import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const TOP = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(TOP, file), 'utf8');
const { version } = JSON.parse(read('package.json'));

it.each(globSync('packages/*/package.json', { cwd: TOP }))('%s has the version of the operator', (file) => {
  expect(JSON.parse(read(file)).version).toBe(version);
});

it('the chart has the version of the operator, and installs it', () => {
  const chart = parse(read('charts/apikey-rotation-operator/Chart.yaml'));
  expect([chart.version, chart.appVersion]).toEqual([version, version]);
});

it('the image is labelled with the version of the operator', () => {
  expect(read('Dockerfile')).toContain(`ARG VERSION=${version}\n`);
});

it('the changelog begins with the version of the operator', () => {
  expect(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(version);
});
