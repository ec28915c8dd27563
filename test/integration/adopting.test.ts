import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fingerprint } from '../../src/key/fingerprint.ts';
import { SecretValue } from '../../src/key/secret-value.ts';
import { documented, documentedText } from './documents/block.ts';
import { MOUNT, NAMESPACE, type OperatorWorld, PATH, startOperatorWorld } from './operator-world.ts';

const program = process.env.KUBECTL ?? 'kubectl';
const isInstalled = spawnSync(program, ['version', '--client']).status === 0;

let world: OperatorWorld;
let folder: string;
const manifest = documentedText('docs/adopting.md “A walk through” yaml 1');
/** The commands of the walk, in their order. */
const commands = documented('docs/adopting.md “A walk through” sh').map(({ text }) => text);

beforeAll(async () => {
  world = await startOperatorWorld();
  folder = await mkdtemp(join(tmpdir(), 'adopting-'));
  await writeFile(join(folder, 'kubeconfig'), world.kubeServer.kubeconfig());
  world.apply(
    `apiVersion: v1\nkind: Pod\nmetadata: {name: api-1, namespace: ${NAMESPACE}}\nspec: {serviceAccountName: api, containers: [{name: app, image: app}]}\nstatus: {phase: Running}\n`,
  );
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});
beforeEach(({ skip }) => skip(!isInstalled, 'kubectl is not installed'));

test('the walk of docs/adopting.md, with its manifest and its commands', async () => {
  const [print = '', look = '', rotate = '', history = ''] = commands;
  const manager = world.apio.keys.find((key) => key.manager) ?? expect.fail('the world has a manager');
  const request = {
    organization: 'acme',
    environment: 'Live',
    permissions: ['payments:read'],
    label: undefined,
  } as const;
  const found = world.apio.issue(manager, request, undefined).key;
  write({ API_KEY: found.text });

  const printed = await shell(print.replace(/^vault kv get .*? \| /, 'printf %s "$KEY" | '), { KEY: found.text });
  expect(printed).toBe(fingerprint(new SecretValue(found.text)));
  world.apply(manifest.replace(/\$\{FINGERPRINT\}/, printed));
  await world.until('adopted', ({ status }) => status?.current !== undefined);
  expect(await shell(look)).toBe(`${found.id} true 0`);
  expect(await shell(`kubectl -n ${NAMESPACE} describe akr apio`)).toContain('KeyAdopted');
  expect(await report('api-0')).toBe(200);
  expect(world.requests.filter((each) => /^(issuer (issue|revoke)|vault POST data)$/.test(each))).toEqual([
    // The person of this walk.
    'vault POST data',
  ]);

  await shell(rotate);
  await world.until('published', ({ status }) => status?.rotation?.publishedAt !== undefined);
  await report('api-0');
  expect(world.apio.statusOf(found)).toBe('active');
  await report('api-1');
  await world.until('done', ({ status }) => status?.revision === 1 && !status.rotation);
  expect(world.apio.statusOf(found)).toBe('revoked');
  expect(await shell(history)).toBe(`${found.id} Revoked Evidence`);
  expect(Object.keys(served()).toSorted()).toEqual(['APIKEYROTATION_MARKER', 'API_KEY']);
});

function served(): Record<string, unknown> {
  return { ...(world.vault.serving(MOUNT, PATH) as Record<string, unknown> | undefined) };
}

function write(data: Record<string, string>): void {
  const request = { method: 'POST', path: `${MOUNT}/data/${PATH}`, token: world.vault.createToken(), body: { data } };
  expect(world.vault.handle(request)).toMatchObject({ answer: { status: 200 } });
}

/** What a pod reports after it has read its key; the status of the answer. */
async function report(pod: string): Promise<number> {
  const answer = await fetch(`${world.reportsURL}/v1/namespaces/${NAMESPACE}/rotations/apio/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.reportToken(pod)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ fingerprint: fingerprint(new SecretValue(String(served().API_KEY))) }),
  });
  return answer.status;
}

/** What a command prints, without the blanks round it. */
async function shell(command: string, env: Record<string, string> = {}): Promise<string> {
  const child = spawn('sh', ['-c', command], {
    env: { ...process.env, KUBECONFIG: join(folder, 'kubeconfig'), ...env },
  });
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code, command).toBe(0);
  return Buffer.concat(out).toString().trim();
}
