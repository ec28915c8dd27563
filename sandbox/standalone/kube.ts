import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { KubeEngine } from '../kube/engine/engine.ts';
import { startKubeServer } from '../kube/front/server.ts';
import { machine, type Part } from './part.ts';

const CRDS = new URL('../../crds/', import.meta.url);

/** The Kubernetes API with our CRDs, and a kubeconfig for it in a folder of its own that goes when it stops. */
export const kubePart: Part = {
  ports: 1,
  start: async (port) => {
    const engine = new KubeEngine(machine);
    await installCrds(engine);
    const server = await startKubeServer({ engine, port });
    const folder = await mkdtemp(join(tmpdir(), 'apikeyrotation-'));
    const file = join(folder, 'kubeconfig');
    await writeFile(file, server.kubeconfig(), { mode: 0o600 });
    return {
      lines: [
        `# Kubernetes API at ${server.url}: a caller without token is administrator`,
        `export KUBECONFIG=${file}`,
        'kubectl get namespaces',
        'kubectl get akr --all-namespaces',
        `curl ${server.url}/apis/apikeyrotation.io/v1alpha1/apikeyrotations`,
      ],
      close: async () => {
        await server.close();
        await rm(folder, { recursive: true });
      },
    };
  },
};

/** Has it serve our kinds. */
export async function installCrds(engine: KubeEngine): Promise<void> {
  const files = (await readdir(CRDS)).filter((name) => name.endsWith('.yaml')).sort();
  for (const name of files) {
    const definition = parse(await readFile(new URL(name, CRDS), 'utf8'));
    engine.create({ resource: 'customresourcedefinitions.apiextensions.k8s.io' }, definition);
  }
}
