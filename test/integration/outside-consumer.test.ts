import { execFile, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedText } from './documents/block.ts';
import { MOUNT, NAMESPACE, PATH, ROTATION, startOperatorWorld } from './operator-world.ts';
import { createSelfSigned } from './self-signed.ts';

const run = promisify(execFile);
const page = await readFile(new URL('../../docs/consumers.md', import.meta.url), 'utf8');
const section = page.slice(page.indexOf('### From outside, with openssl and curl'));
const script = documentedText('docs/consumers.md “From outside, with openssl and curl” sh 1');
const [, fields = ''] = /^ {2}fields: (\{.*\})$/m.exec(section) ?? [];
const [definition = ''] = /^hmac\(\) \{.*?^\}$/ms.exec(script) ?? [];

const PROGRAMS = ['cat', 'curl', 'cut', 'od', 'openssl', 'tr'];
const NEEDED = 'openssl and curl 7.82 or newer';
const hasBoth = spawnSync('curl', ['--json', '{}', '--version']).status === 0 && found('openssl') !== '';

/** Where a program is; empty where it is not. */
function found(program: string): string {
  return spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outside-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a shell script; answers what it printed, and the arguments of every program that it started. */
async function shell(text: string, input: string, env: Record<string, string> = {}) {
  const log = join(folder, 'arguments');
  await writeFile(log, '');
  for (const program of PROGRAMS) {
    const shim = join(folder, program);
    await writeFile(shim, `#!/bin/sh\nprintf '%s %s\\n' ${program} "$*" >> '${log}'\nexec ${found(program)} "$@"\n`);
    await chmod(shim, 0o700);
  }
  const child = run('sh', ['-c', text], {
    env: { PATH: `${folder}:${process.env.PATH}`, no_proxy: '127.0.0.1', ...env },
  });
  child.child.stdin?.end(input);
  return { stdout: (await child).stdout.trim(), arguments: await readFile(log, 'utf8') };
}

describe.skipIf(!hasBoth)(`a consumer outside of the cluster (skipped without ${NEEDED})`, () => {
  it.each([
    ['of 20 characters', 'k'.repeat(20)],
    ['of exactly a block', 'b'.repeat(64)],
    ['longer than a block', `sk-${'x%\\'.repeat(60)}`],
    ['with every sign that a shell reads', `'"$(id)\`%s%d\\n\\134*?[a]{b} ~!#&|;<>`],
  ])('makes the HMAC of a key %s, which stands in no arguments', async (_what, key) => {
    const made = await shell(`${definition}\nhmac 'some/message'`, `${key}\n`);
    expect(made.stdout).toBe(createHmac('sha256', key).update('some/message').digest('hex'));
    expect(made.arguments).toMatch(/^openssl dgst -sha256 -r$/m);
    expect(made.arguments).not.toContain(key.slice(0, 12));
  });

  it('proves to the operator that it holds the key, as the page says, over TLS, and the old key dies', async () => {
    const [cert, tlsKey] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    const own = createSelfSigned('reports');
    await writeFile(cert, own.cert);
    await writeFile(tlsKey, own.key);
    const world = await startOperatorWorld({ flags: ['--reports-tls-cert', cert, '--reports-tls-key', tlsKey] });
    expect(world.reportsURL).toMatch(/^https:/);
    const spec = `{issuerRef: {name: apio}, key: {environment: Live, organization: acme, permissions: ["payments:read"]},
      targets: [{name: vault, storeRef: {name: vault}, path: ${PATH}, fields: ${fields}}],
      consumers: [{name: partner-batch, evidence: [{type: Proof}]}]}`;
    world.apply(
      `{apiVersion: apikeyrotation.io/v1alpha1, kind: ApiKeyRotation, metadata: {name: apio, namespace: ${NAMESPACE}}, spec: ${spec}}`,
    );
    await world.until('the first key', ({ status }) => status?.current !== undefined && !status.rotation);
    world.kube.patch(ROTATION, {
      type: 'merge',
      body: { metadata: { annotations: { 'apikeyrotation.io/rotate': 'a' } } },
    });
    await world.until('the second key', ({ status }) => status?.rotation?.publishedAt !== undefined);
    const stored = world.vault.serving(MOUNT, PATH) as Record<string, unknown>;
    for (const field of ['key', 'rotationUID', 'revision']) await writeFile(join(folder, field), `${stored[field]}\n`);
    const ours = script.replace('cd /etc/apio', `cd '${folder}'`).replace('rotations/payments-apio', 'rotations/apio');
    await expect(
      shell(ours.replace(/--retry \d+ --retry-all-errors/, ''), '', { REPORTS_URL: world.reportsURL }),
    ).rejects.toThrow('SSL certificate');
    const told = await shell(ours, '', { REPORTS_URL: world.reportsURL, CURL_CA_BUNDLE: cert });
    expect(JSON.parse(told.stdout)).toMatchObject({ state: 'Migrated', recorded: ['Proof'] });
    expect(told.arguments).not.toContain(String(stored.key));
    await world.until('the end', ({ status }) => status?.history?.[0]?.revision === 2 && !status.rotation);
    await world.close();
  });
});
