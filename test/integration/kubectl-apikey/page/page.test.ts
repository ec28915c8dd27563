import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../../../src/cli/commands/all.ts';
import { EXIT } from '../../../../src/cli/exit.ts';
import { PAGE, renewed } from './page.ts';
import { SITUATIONS } from './situations.ts';

const page = await readFile(PAGE, 'utf8');

test('the page shows what the plugin prints for a waiting, a held, a stalled and a finished rotation', async () => {
  expect(await renewed(page)).toBe(page);
  for (const situation of Object.keys(SITUATIONS)) expect(page).toContain(`<!-- ${situation}: `);
});

test('the page has each command and each exit code', () => {
  for (const { name } of COMMANDS) expect(page).toMatch(new RegExp(`^\\| \`${name}\\b`, 'm'));
  for (const code of Object.values(EXIT)) expect(page).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
});
