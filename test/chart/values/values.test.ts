import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Values } from '../helm.ts';
import { leavesOfValues, merged, nested } from './leaves.ts';
import { type Manifest, manifestOf } from './manifest.ts';
import { ROWS } from './rows/all.ts';
import type { Row } from './rows/row.ts';
import { TOGETHER } from './together.ts';

const TEMPLATES = join(import.meta.dirname, '../../../charts/apikey-rotation-operator/templates');

let unchanged: Manifest;
let changed: Manifest;
beforeAll(async () => {
  unchanged = await manifestOf();
  changed = await manifestOf(TOGETHER);
});

const valuesOf = (path: string, { set, alone = {} }: Row): Values => merged({ ...alone }, nested(path, set));

const CASES = Object.entries(ROWS).map(([path, row]) => ({ ...row, path }));

test.each(CASES)('$path $says', async ({ path, ...row }) => {
  const manifest = row.alone === undefined ? changed : await manifestOf(valuesOf(path, row));
  expect(unchanged.at(row.see)).not.toEqual(row.is);
  expect(manifest.at(row.see)).toEqual(row.is);
});

test('no value is without such a sentence', async () => {
  expect(Object.keys(ROWS).sort()).toEqual([...(await leavesOfValues())].sort());
});

test('no template asks for a value that there is not', async () => {
  const leaves = await leavesOfValues();
  const exists = (path: string) => leaves.some((leaf) => `${leaf}.`.startsWith(`${path}.`));
  const templates = await Promise.all(
    (await readdir(TEMPLATES)).map((file) => readFile(join(TEMPLATES, file), 'utf8')),
  );
  const asked = templates.join('\n').matchAll(/\.Values\.([a-zA-Z.]+)/g);
  expect([...asked].map(([, path = '']) => path).filter((path) => !exists(path))).toEqual([]);
});
