import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, documented } from './block.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** It waits for three processes and as many rotations as it has steps; its own commands give up after a minute each. */
const TIMEOUT_MS = 120_000;
const PROGRAMS = ['kubectl', 'curl', 'openssl'];
const missing = PROGRAMS.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);

/** What differs from run to run. */
const WILD: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>'],
  [/\b(\d+[smh])+$/gm, '<age>'],
  [/\bkey_[0-9a-f]{12}\b/g, '<key id>'],
  [/"[0-9a-f]{16}"/g, '<fingerprint>'],
  [/"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g, '<uid>'],
  [/ +/g, ' '],
];
const steady = (text: string) => WILD.reduce((made, [what, name]) => made.replace(what, name), text);

const page = blocksOf('docs/quickstart.md');
/** The commands of the walk, each with what the page shows of their output: the block after them. */
const walk = documented('docs/quickstart.md “On this machine” sh').map(({ name, text }) => {
  const next = page[page.findIndex((block) => block.name === name) + 1];
  return { text, shown: next?.language === 'text' ? next.text : '' };
});

let folder: string;
const terminals: Terminal[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quickstart-'));
});
afterAll(async () => {
  await Promise.all(terminals.map((terminal) => terminal.close()));
  await rm(folder, { recursive: true });
});

/** With a file of our own and free ports, and without the installation, which is there. */
function own(text: string, reports = ''): string {
  return text
    .replace(/^npm ci\n/, '')
    .replaceAll('sandbox.log', join(folder, 'sandbox.log'))
    .replaceAll('--host 127.0.0.1', '--host 127.0.0.1 --probe-port 0 --reports-port 0')
    .replaceAll('http://127.0.0.1:8082', reports);
}

function terminal(): Terminal {
  const opened = openTerminal();
  terminals.push(opened);
  return opened;
}

describe.skipIf(missing.length > 0)(
  `the quickstart${missing.map((name) => `: ${name} is not installed`).join('')}`,
  () => {
    it('prints on this machine what the page shows', { timeout: TIMEOUT_MS }, async () => {
      const [sandbox, operator, ...commands] = walk;
      if (!sandbox || !operator) throw new Error('the page has no walk');
      await terminal().until(own(sandbox.text), sandbox.shown.trim());
      const log = await terminal().until(own(operator.text), operator.shown.trim());
      const [, reports = ''] = /"reports":"([^"]+)"/.exec(log) ?? [];
      const shell = terminal();
      for (const { text, shown } of commands) expect(steady(await shell.run(own(text, reports)))).toBe(steady(shown));
      expect(commands.length).toBeGreaterThan(5);
    });
  },
);
