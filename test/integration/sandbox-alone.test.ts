import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function sandbox(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', './bin/require-node.js', 'sandbox/main.ts', ...args], {
    cwd: root,
  });
  children.push(child);
  return child;
}

/** What it prints until everything is up. */
async function printed(child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.includes('Ctrl-C')) break;
  }
  return lines.join('\n');
}

/** The value of `export NAME=value` in what was printed. */
const exported = (text: string, name: string) => new RegExp(`\\b${name}=(\\S+)`).exec(text)?.[1] ?? '';

describe('npm run sandbox', () => {
  it('apio prints addresses and credentials that work, and ends on SIGTERM', async () => {
    const child = sandbox('apio');
    const text = await printed(child);
    const answer = await fetch(`${exported(text, 'APIO_LIVE_URL')}/v1/api-keys`, {
      headers: { authorization: `Bearer ${exported(text, 'APIO_LIVE_CREDENTIAL')}` },
    });
    expect([answer.status, await answer.json()]).toEqual([200, { data: [], nextCursor: null }]);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('kube prints a kubeconfig of a server that knows our kinds, and takes it away again', async () => {
    const child = sandbox('kube');
    const file = exported(await printed(child), 'KUBECONFIG');
    const server = /server: (\S+)/.exec(await readFile(file, 'utf8'))?.[1];
    const answer = await fetch(`${server}/apis/apikeyrotation.io/v1alpha1/apikeyrotations`);
    expect([answer.status, await answer.json()]).toMatchObject([200, { kind: 'ApiKeyRotationList', items: [] }]);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(existsSync(file)).toBe(false);
  });

  it('vault prints an address and a token that work', async () => {
    const text = await printed(sandbox('vault'));
    const answer = await fetch(`${exported(text, 'VAULT_ADDR')}/v1/auth/token/lookup-self`, {
      headers: { 'x-vault-token': exported(text, 'VAULT_TOKEN') },
    });
    expect(answer.status).toBe(200);
  });

  it.each([[[]], [['nothing']], [['apio', 'more']], [['apio', '--port', 'x']], [['apio', '--nothing']]])(
    'given %j says how to call it',
    async (args) => {
      const child = sandbox(...args);
      const complaint = child.stderr ? createInterface(child.stderr)[Symbol.asyncIterator]().next() : undefined;
      expect((await once(child, 'exit'))[0]).toBe(2);
      expect((await complaint)?.value).toMatch(/^usage: npm run sandbox -- .*apio.*\|all/);
    },
  );
});
