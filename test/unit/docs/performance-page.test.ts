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

it('the default of the chart is the first row of its memory', () => {
  const { resources } = parse(read('charts/apikey-rotation-operator/values.yaml'));
  expect(/^\| up to 10,000 \| `(\w+)`, the default \|$/m.exec(page)?.[1]).toBe(resources.limits.memory);
});
