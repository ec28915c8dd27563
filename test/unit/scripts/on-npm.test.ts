import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { isOnNpm } from '../../../scripts/release/on-npm.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'on-npm-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Asks an npm that does this, in sh. */
function asked(npm: string): boolean {
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', [folder, process.env.PATH].join(delimiter));
  return isOnNpm('kubectl-apikey', '1.2.3');
}

it.each([
  ['has the version', `[ "$2" = kubectl-apikey@1.2.3 ] && echo '"1.2.3"'`, true],
  ['has others of the package only', 'exit 0', false],
  ['has no such version', `echo '{"error": {"code": "E404"}}'; exit 1`, false],
])('npm that %s', (_name, npm, expected) => {
  expect(asked(npm)).toBe(expected);
});

it.each([
  ['cannot reach its registry', `echo '{"error": {"code": "ENOTFOUND"}}'; exit 1`],
  ['dies', 'echo Killed >&2; exit 137'],
])('npm that %s is not taken for one that has nothing', (_name, npm) => {
  expect(() => asked(npm)).toThrow('npm does not say whether it has kubectl-apikey@1.2.3');
});
