import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { SCENARIOS } from '../../../bench/scenarios/all.ts';

const TOP = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(TOP, file), 'utf8');
const page = read('docs/performance.md');

it('every scenario of the bench stands on the page, by its letter and what it looks at', () => {
  const [, section = ''] = /^## What is measured$(.*?)^## /ms.exec(page) ?? [];
  const rows = [...section.matchAll(/^\| (\w) \| (.+?) \|/gm)].map(([, letter, about]) => `${letter} ${about}`);
  expect(rows).toEqual(SCENARIOS.map(({ letter, about }) => `${letter} ${about}`));
});

it('the memory that the chart gives is told', () => {
  const { resources } = parse(read('charts/apikey-rotation-operator/values.yaml'));
  const [, mebibytes] = /^`resources.limits.memory` of the chart is (\d+) MiB/m.exec(page) ?? [];
  expect(`${mebibytes}Mi`).toBe(resources.limits.memory);
});
