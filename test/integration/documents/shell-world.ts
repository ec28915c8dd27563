import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { startKubeServer } from '../../../sandbox/kube/front/server.ts';
import { listen } from '../../../sandbox/listen.ts';
import { documentedBlocks } from '../documented-roles.ts';
import { ISSUER_STATUS, OBJECTS, OPERATOR_LOG, STATUS } from './shell-objects.ts';

const TOP = join(import.meta.dirname, '../../..');
const CRDS = join(TOP, 'crds');

/** How a block ended, and all that it printed. */
export interface Outcome {
  readonly code: number;
  readonly printed: string;
}

/** A cluster of the sandbox as the pages suppose it, and a shell in front of it. */
export interface ShellWorld {
  readonly kube: KubeEngine;
  /** Runs a block as somebody who pastes it into a shell in the project's folder; stdin is a key. */
  run(text: string): Promise<Outcome>;
  close(): Promise<void>;
}

/** Of the path of kubectl. */
export async function openShellWorld(kubectl: string): Promise<ShellWorld> {
  const kube = await preparedCluster();
  const [server, probes] = [await startKubeServer({ engine: kube }), await listen((_, answer) => answer.end('ok\n'))];
  const folder = await mkdtemp(join(tmpdir(), 'documents-'));
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig());
  await writeFile(join(folder, 'log'), OPERATOR_LOG);
  await writeFile(join(folder, 'key'), 'sk_live_0123456789abcdef\n');
  await writeFile(join(folder, 'kubectl'), shim(found(kubectl), folder));
  await chmod(join(folder, 'kubectl'), 0o700);
  const env = {
    ...process.env,
    PATH: `${folder}:${process.env.PATH}`,
    KUBECONFIG: join(folder, 'kubeconfig'),
    KUBECACHEDIR: join(folder, 'cache'),
    ADMIN_TOKEN: 'a token',
    no_proxy: '127.0.0.1',
  };
  return {
    kube,
    run: async (text) => {
      // A file: /dev/stdin cannot be opened where it is a pipe of Node's.
      const stdin = await open(join(folder, 'key'));
      return ran(text.replaceAll('POD_IP:8080', new URL(probes.url).host), env, stdin.fd).finally(() => stdin.close());
    },
    close: async () => {
      await Promise.all([server.close(), probes.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

async function preparedCluster(): Promise<KubeEngine> {
  const kube = new KubeEngine({ now: Date.now, uuid: randomUUID, rbac: true });
  for (const file of await readdir(CRDS)) applyManifests(kube, await readFile(join(CRDS, file), 'utf8'));
  applyManifests(kube, OBJECTS);
  applyManifests(kube, documentedBlocks.join('---\n'));
  for (const [plural, namespace, name, status] of [
    ['apikeyrotations', 'shop', 'payments', STATUS],
    ['apikeyrotations', 'payments', 'apio', STATUS],
    ['apikeyissuers', 'payments', 'apio', ISSUER_STATUS],
  ] as const) {
    const key = { resource: `${plural}.apikeyrotation.io`, namespace, name, subresource: 'status' };
    kube.patch(key, { type: 'merge', body: { status } }, { fieldValidation: 'Strict' });
  }
  return kube;
}

/** kubectl, but for a watch, which would have no end, and for logs, which need a kubelet: there is one of whatever Pod or Deployment is there. */
function shim(kubectl: string, folder: string): string {
  return `#!/bin/sh
logs='' kind=pods
for word do
  shift
  case $word in
    logs) logs=1 ;;
    -w | --watch | --prefix | --tail=* | --since=*) ;;
    deploy/*) kind=''; set -- "$@" "$word" ;;
    *) set -- "$@" "$word" ;;
  esac
done
[ "$logs" ] || exec '${kubectl}' "$@"
[ "$('${kubectl}' get $kind "$@" -o name)" ] && exec cat '${folder}/log'
`;
}

function found(program: string): string {
  return spawnSync('sh', ['-c', `command -v '${program}'`], { encoding: 'utf8' }).stdout.trim();
}

function ran(text: string, env: NodeJS.ProcessEnv, stdin: number): Promise<Outcome> {
  const child = spawn('sh', ['-ec', text], { cwd: TOP, env, stdio: [stdin, 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, printed })));
}
