import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApioEngine } from '../sandbox/apio/engine/apio-engine.ts';
import { startApioServer } from '../sandbox/apio/front/server.ts';
import { KubeEngine, systemAdmin } from '../sandbox/kube/engine/engine.ts';
import { type KubeServer, startKubeServer } from '../sandbox/kube/front/server.ts';
import { installCrds } from '../sandbox/standalone/kube.ts';
import { machine } from '../sandbox/standalone/part.ts';
import { VaultEngine } from '../sandbox/vault/engine/vault-engine.ts';
import { startVaultServer } from '../sandbox/vault/server.ts';
import { rotations } from '../src/api/resources.ts';
import { createClient } from '../test/e2e/components/control-plane.ts';
import { createCluster } from '../test/e2e/world/cluster.ts';
import { startServing } from '../test/e2e/world/world.ts';
import { OPERATOR } from '../test/integration/documented-roles.ts';
import type { Ground, GroundOptions } from './ground.ts';
import { isOfRotations } from './usage.ts';

const ADMIN_TOKEN = 'admin';
const ROTATIONS = `${rotations.plural}.${rotations.group}`;

/** Starts the sandbox in this process, where everybody may do everything: with it more objects are made than a real API server takes in time. */
export async function startSandbox({ program, onEntry }: GroundOptions): Promise<Ground> {
  const kube = new KubeEngine(machine);
  const apio = new ApioEngine({ ...machine, onEntry });
  const vault = new VaultEngine({ ...machine, reviewJwt: (jwt, audience) => subjectOf(kube, jwt, audience) });
  vault.mountKv('secret');
  await installCrds(kube);
  kube.create({ resource: 'namespaces' }, namespaceOf(OPERATOR.namespace));
  const kubeServer = await startKubeServer({ engine: kube, tokens: { [ADMIN_TOKEN]: systemAdmin } });
  const [apioServer, vaultServer] = [
    await startApioServer({ engine: apio }),
    await startVaultServer({ engine: vault }),
  ];
  const client = createClient(kubeServer.url, '', ADMIN_TOKEN);
  const rootToken = vault.createToken();
  const folder = await mkdtemp(join(tmpdir(), 'bench-sandbox-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeServer.kubeconfig(ADMIN_TOKEN), { mode: 0o600 });
  const flags = ['--leader-election-namespace', OPERATOR.namespace];
  const counts = countRequests(kubeServer);
  return {
    plane: { url: kubeServer.url, ca: '', adminToken: ADMIN_TOKEN, request: client.request },
    cluster: createCluster(client),
    vault: {
      url: vaultServer.url,
      rootToken,
      async request(method, path, body, token = rootToken) {
        const reply = vault.handle({ method, path, token, body });
        if (reply.type !== 'Answered') throw new Error(`the sandbox's Vault does not answer ${method} ${path}`);
        return { body: undefined, ...reply.answer };
      },
    },
    apio,
    apioServer,
    installation: { namespaceRights: () => '' },
    admit: async (namespace) => admit(vault, namespace),
    async make({ metadata: given, ...rotation }, statusOf) {
      const uid = machine.uuid();
      const creationTimestamp = `${new Date().toISOString().slice(0, 19)}Z`;
      const metadata = { ...given, uid, creationTimestamp, generation: 1 };
      kube.restore(ROTATIONS, JSON.parse(JSON.stringify({ ...rotation, metadata, status: await statusOf(uid) })));
    },
    operator: () => startServing({ kubeconfig, flags, program }),
    requests: async () => ({ ...counts }),
    async close() {
      await client.close();
      await Promise.all([kubeServer.close(), apioServer.close(), vaultServer.close(), rm(folder, { recursive: true })]);
    },
  };
}

const namespaceOf = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

/** Vault believes the tokens of the cluster. */
function subjectOf(kube: KubeEngine, jwt: string, audience: string): { subject: string } | undefined {
  const verdict = kube.reviewToken(jwt, [audience]);
  return verdict.authenticated ? { subject: verdict.user.username } : undefined;
}

/** As `admitNamespace` does it at a real one. */
function admit(vault: VaultEngine, namespace: string): void {
  vault.setPolicy(namespace, [
    { path: `secret/data/${namespace}/*`, capabilities: ['create', 'read', 'update'] },
    { path: 'secret/config', capabilities: ['read'] },
  ]);
  vault.logins.setJwtRole(namespace, {
    boundAudience: 'vault',
    boundSubjects: [`system:serviceaccount:${namespace}:vault-writer`],
    policies: [namespace],
    ttlSeconds: 3_600,
    renewable: true,
  });
}

/** Counts from now on, as the metrics of a real API server do. */
function countRequests({ faults }: KubeServer): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  faults.inject({
    fault: { type: 'drop' },
    times: Number.POSITIVE_INFINITY,
    matches({ method, path }) {
      const { pathname, searchParams } = new URL(path, 'http://kube');
      const [resource = '', name, subresource] = pathname
        .replace(/^\/(api\/v1|apis\/[^/]+\/[^/]+)\//, '')
        .replace(/^namespaces\/[^/]+\//, '')
        .split('/');
      if (!isOfRotations(resource) || searchParams.has('watch')) return false;
      const verb = method === 'GET' && name === undefined ? 'LIST' : method;
      const key = `${verb} ${resource}${subresource ? `/${subresource}` : ''}`;
      counts[key] = (counts[key] ?? 0) + 1;
      return false;
    },
  });
  return counts;
}
