import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { readAuthority } from './authority.ts';

const pem = (base64: string) => `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
const [OWN, AUTHORITY] = [pem('T3du+/=='), pem('QXV0\naG9y')];

test.for([
  { what: 'is empty', text: '', found: undefined },
  { what: 'holds the certificate of the server alone', text: OWN, found: undefined },
  { what: 'ends in the middle', text: (OWN + AUTHORITY).slice(0, -2), found: undefined },
  { what: 'is whole', text: OWN + AUTHORITY, found: AUTHORITY },
])('of a file that $what', async ({ text, found }) => {
  const folder = await mkdtemp(`${tmpdir()}/akr-authority-`);
  const file = `${folder}/apiserver.crt`;
  await writeFile(file, text);
  expect(await readAuthority(file)).toBe(found);
  await rm(folder, { recursive: true });
});
