import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../../scripts/pinned-bases.ts');
const DIGEST = `sha256:${'b'.repeat(64)}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pinned-bases-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the script with a docker that does this, in sh. */
function pinnedBases(docker: string) {
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${docker}\n`, { mode: 0o755 });
  const env = { PATH: [folder, process.env.PATH].join(delimiter) };
  return spawnSync(process.execPath, [SCRIPT], { env, encoding: 'utf8' });
}

it('each base image of the Dockerfile is put out with its digest', () => {
  const { status, stdout } = pinnedBases(`echo ${DIGEST}`);
  const lines = stdout.trim().split('\n');
  expect(lines.map((line) => line.replace(/=.*@/, ' '))).toEqual([`BUILD_IMAGE ${DIGEST}`, `RUNTIME_IMAGE ${DIGEST}`]);
  expect(status).toBe(0);
});

it.each([
  ['fails', 'exit 1', 'Command failed: docker buildx imagetools inspect'],
  ['says something else', 'echo "Name: node"', 'docker knows no digest of'],
])('nothing goes on where docker %s', (_name, docker, problem) => {
  const { status, stderr } = pinnedBases(docker);
  expect(stderr).toContain(problem);
  expect(status).toBe(1);
});
