import { beforeAll, expect, test } from 'vitest';
import type { Values } from '../helm.ts';
import { leavesOfValues, merged, nested } from './leaves.ts';
import { type Manifest, manifestOf } from './manifest.ts';
import { ROWS, type Row } from './rows.ts';
import { TOGETHER } from './together.ts';

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
