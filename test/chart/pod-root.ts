import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { folderOf, layOut, type Mounting, type Volume } from './pod-volumes.ts';

/** As much of a pod as decides how its process runs. */
export interface PodSpec {
  readonly serviceAccountName: string;
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number; readonly fsGroup: number };
  readonly containers: readonly [
    {
      readonly args: readonly string[];
      readonly env?: readonly { readonly name: string; readonly value: string }[];
      readonly securityContext: { readonly readOnlyRootFilesystem: boolean };
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
    },
  ];
  readonly volumes: readonly Volume[];
}

/** A pod as the API server has it, and what a kubelet would need besides. */
export interface PodToRun extends Mounting {
  readonly spec: PodSpec;
  /** What the image holds below /app. */
  readonly app: string;
  /** The image's ENTRYPOINT, and its ENV. */
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The one thing that differs from a cluster: a pod has a network of its own, and this machine's is for loopback alone. */
const LOOPBACK = ['--host', '127.0.0.1'];

/** Of util-linux, which every Linux has. */
const UNSHARE = '/usr/bin/unshare';

/** Root may change user and mount; anybody else may within a user namespace, where the kernel lets them have one. */
const IN_USER_NAMESPACE = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];

/**
 * Whether this machine lets whoever runs the tests mount. A runner of GitHub that does not is a workflow that forgot to let it: it
 * is told so by a test that fails.
 */
export const canRunPods =
  process.env.GITHUB_ACTIONS === 'true' || spawnSync(UNSHARE, [...IN_USER_NAMESPACE, '--mount', 'true']).status === 0;

/**
 * Starts the container of a pod as a kubelet does, without a container engine: the user of its securityContext, a root that
 * nobody can write with nothing but the image, Node and the libraries that it links to, and the volumes where the pod mounts
 * them, written by root with their modes. All of it is in a mount namespace that ends with the process. Who is not root takes the user and
 * root's place in user namespaces; to the kernel both are who runs the tests, so that modes of files keep nobody out.
 */
export async function runPod(pod: PodToRun): Promise<ChildProcessByStdio<null, Readable, Readable>> {
  const { spec, folder, entrypoint, env, plane } = pod;
  const [container] = spec.containers;
  for (const volume of spec.volumes) await layOut(pod, volume);
  const { hostname, port } = new URL(plane.url);
  const script = [
    'set -e',
    'root=$1; shift',
    'mount -t tmpfs -o mode=755 tmpfs "$root"',
    ...readOnly(process.execPath, entrypoint[0] ?? ''),
    ...readOnly(pod.app, '/app'),
    ...['/lib', '/lib64', '/usr/lib', '/usr/lib64'].filter(existsSync).flatMap((path) => readOnly(path, path)),
    ...container.volumeMounts.flatMap(({ name, mountPath }) => readOnly(folderOf(pod, name), mountPath)),
    ...(container.securityContext.readOnlyRootFilesystem ? ['mount -o remount,bind,ro "$root"'] : []),
    `exec ${asUserOf(spec)} "$@"`,
  ].join('\n');
  const root = join(folder, 'root');
  await mkdir(root);
  const told = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
  const program = ['sh', '-c', script, 'pod', root, ...entrypoint, ...container.args, ...LOOPBACK];
  return spawn(UNSHARE, [...IN_USER_NAMESPACE, '--mount', ...program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      ...env,
      ...told,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    },
  });
}

/** Changes user and root at once: a program of the new root is all that is left to run. */
function asUserOf({ securityContext: { runAsUser, runAsGroup, fsGroup } }: PodSpec): string {
  if (IN_USER_NAMESPACE.length === 0) return `chroot --userspec=${runAsUser}:${runAsGroup} --groups=${fsGroup} "$root"`;
  return `${UNSHARE} --user --map-user=${runAsUser} --map-group=${runAsGroup} --root="$root"`;
}

/** Lines of the script that show a file or folder of this machine in the pod. */
function readOnly(from: string, at: string): readonly string[] {
  const place = `"$root${at}"`;
  const make = `if [ -d "${from}" ]; then mkdir -p ${place}; else mkdir -p "$root${dirname(at)}"; touch ${place}; fi`;
  return [make, `mount --bind "${from}" ${place}`, `mount -o remount,bind,ro ${place}`];
}
