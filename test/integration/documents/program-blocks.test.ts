import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStub } from '../../../packages/consumer/test/stub.ts';
import { accountOf } from './accounts.ts';
import { blocksIn, blocksOf, PAGES } from './block.ts';

const SDK = new URL('../../../packages/consumer/src/index.ts', import.meta.url).href;
const KEY = 'sk_live_0123456789abcdef';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'programs-'));
  await mkdir(join(folder, 'apio'));
  const files = { 'apio/key': KEY, 'apio/rotationUID': 'uid', 'apio/revision': '2', token: 'token' };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
});
afterAll(() => rm(folder, { recursive: true }));

/** The program with the pod's paths, the API and the package replaced by ours. */
function here(text: string, url: string): string {
  return text
    .replaceAll("'@apikey-rotation/consumer'", `'${SDK}'`)
    .replaceAll("'/etc/apio'", `'${join(folder, 'apio')}'`)
    .replaceAll("'/var/run/secrets/apikeyrotation/token'", `'${join(folder, 'token')}'`)
    .replaceAll('https://api.example/', `${url}/`);
}

describe('Node runs', () => {
  it.each(blocksIn('js', 'ts', 'javascript', 'typescript'))(
    '$name, which calls the API with the key',
    async (block) => {
      const stub = await startStub(() => ({ status: 200, body: { state: 'Migrated' } }));
      const program = join(folder, 'program.mjs');
      await writeFile(program, `${here(block.text, stub.url)}\nconsole.log(answer.status);\nprocess.exit();\n`);
      const child = spawn(process.execPath, [program], { env: { ...process.env, REPORTS_URL: stub.url } });
      let printed = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          printed += chunk;
        });
      expect(await new Promise((resolve) => child.once('close', resolve)), printed).toBe(0);
      expect(printed).toBe('200\n');
      const calls = stub.seen.filter(({ url }) => url === '/v1/charges');
      expect(calls.map(({ authorization }) => authorization)).toEqual([`Bearer ${KEY}`]);
      await stub.close();
    },
  );
});

describe('a parser takes', () => {
  it.each(blocksIn('json'))('$name', ({ text }) => {
    expect(JSON.parse(text)).toEqual(expect.any(Object));
  });
});

it('every block is in a language that one of these tests knows, has an account, or is shown as it is printed or drawn', () => {
  const known = ['yaml', 'sh', 'bash', 'shell', 'console', 'js', 'ts', 'javascript', 'typescript', 'json'];
  const shown = ['', 'text', 'mermaid'];
  const others = PAGES.flatMap(blocksOf).filter(
    (block) => ![...known, ...shown].includes(block.language) && !accountOf(block),
  );
  expect(others.map(({ name }) => name)).toEqual([]);
});
