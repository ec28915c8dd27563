import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { programPath } from '../e2e/components/locate.ts';

const TOP = join(import.meta.dirname, '../..');
const WORKFLOWS = ['ci', 'release'].map((name) => `.github/workflows/${name}.yml`);

it.each(WORKFLOWS)('%s is what GitHub understands', (file) => {
  const { status, stdout } = spawnSync(programPath('actionlint'), ['-no-color', file], { cwd: TOP, encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, '']);
});

it.each(WORKFLOWS)('%s may read the repository, and each job names what else it may', (file) => {
  const { permissions, jobs } = parse(readFileSync(join(TOP, file), 'utf8'));
  expect(permissions).toEqual({ contents: 'read' });
  const writing = Object.entries<{ permissions?: object; environment?: string }>(jobs).filter(
    ([, job]) => job.permissions,
  );
  expect(writing.map(([name, { environment }]) => [name, environment])).toEqual(
    file.includes('release') ? [['publish', 'release']] : [],
  );
});
