import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { type KubeServer, startKubeServer } from '../../../sandbox/kube/front/server.ts';
import { documented, documentedText } from '../../integration/documents/block.ts';
import { openTerminal, type Terminal } from '../../integration/documents/terminal.ts';
import { programPath } from '../components/locate.ts';
import { KUBERNETES_AUTH, startVault, type Vault } from '../components/vault.ts';

const policy = documentedText('docs/stores-vault.md hcl');
const logins = documented('docs/stores-vault.md “How it logs in” sh');
const POLICY = 'apikey-rotation-payments';

let vault: Vault;
let kube: KubeEngine;
let server: KubeServer;
let folder: string;
let terminal: Terminal;

beforeAll(async () => {
  vault = await startVault({ plugins: [KUBERNETES_AUTH] });
  kube = new KubeEngine({ now: Date.now, uuid: randomUUID });
  applyManifests(kube, '{apiVersion: v1, kind: Namespace, metadata: {name: payments}}');
  server = await startKubeServer({ engine: kube });
  folder = await mkdtemp(join(tmpdir(), 'vault-commands-'));
  await mkdir(join(folder, 'bin'));
  for (const program of ['vault', 'kubectl'] as const)
    await symlink(programPath(program), join(folder, 'bin', program));
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig());
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(join(folder, 'cluster-keys.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  terminal = openTerminal();
  const environment = { KUBECONFIG: join(folder, 'kubeconfig'), VAULT_ADDR: vault.url, VAULT_TOKEN: vault.rootToken };
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'\n`);
  await terminal.run(`${exports.join('')}PATH='${folder}/bin':$PATH\ncd '${folder}'\n`);
});
afterAll(async () => {
  await terminal.close();
  await Promise.all([vault.stop(), server.close()]);
  await rm(folder, { recursive: true });
});

it('Vault takes the policy of docs/stores-vault.md', async () => {
  await writeFile(join(folder, 'policy.hcl'), policy);
  expect(await terminal.run(`vault policy write ${POLICY} policy.hcl\n`)).toMatch(/^Success! Uploaded policy/);
});

it.each(logins)('Vault takes the commands of $name', async ({ text }) => {
  const here = text
    // The plugin of that method has a name of its own where Vault is built without it,
    .replace('vault auth enable kubernetes', `vault auth enable -path=kubernetes ${KUBERNETES_AUTH}`)
    // and this Vault runs in no pod, in which it would find the cluster's certificates.
    .replace('https://kubernetes.default.svc', '$& disable_local_ca_jwt=true');
  const printed = (await terminal.run(here)).trim().split('\n');
  expect(printed.length).toBeGreaterThan(1);
  for (const line of printed) expect(line).toMatch(/^Success! |secret\/vault-approle created$/);
});
