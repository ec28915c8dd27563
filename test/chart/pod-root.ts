import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ControlPlane } from '../e2e/components/control-plane.ts';
import type { Cluster, ClusterObject } from '../e2e/world/cluster.ts';

/** As much of a pod as decides how its process runs. */
export interface PodSpec {
  readonly serviceAccountName: string;
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
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

interface Volume {
  readonly name: string;
  readonly projected: { readonly defaultMode: number; readonly sources: readonly Source[] };
}

/** One part of a projected volume. */
interface Source {
  readonly serviceAccountToken?: { readonly path: string; readonly expirationSeconds: number };
  readonly configMap?: { readonly name: string; readonly items: readonly { key: string; path: string }[] };
  readonly downwardAPI?: {
    readonly items: readonly { readonly path: string; readonly fieldRef: { readonly fieldPath: string } }[];
  };
}

/** A pod as the API server has it, and what a kubelet would need besides. */
export interface PodToRun {
  readonly plane: ControlPlane;
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly spec: PodSpec;
  /** What the image holds below /app. */
  readonly app: string;
  /** The Node that the image has where its ENTRYPOINT begins. */
  readonly node: string;
  /** The image's ENTRYPOINT, and its ENV. */
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** An empty folder that is the pod's alone. */
  readonly folder: string;
}

/** The one thing that differs from a cluster: a pod has a network of its own, and this machine's is for loopback alone. */
const LOOPBACK = ['--host', '127.0.0.1'];

/** Of util-linux, which every Linux has. */
const UNSHARE = '/usr/bin/unshare';

/** Root may change user and mount; whoever else runs the tests may not. */
export const canRunPods = process.getuid?.() === 0 && existsSync(UNSHARE);

/**
 * Starts the container of a pod as a kubelet does, without a container engine: the user of its securityContext, a root that
 * nobody can write with nothing but the image, Node and the libraries that it links to, and the volumes where the pod mounts
 * them, written by root with their modes. All of it is in a mount namespace that ends with the process.
 */
export async function runPod(pod: PodToRun): Promise<ChildProcessByStdio<null, Readable, Readable>> {
  const { spec, folder, entrypoint, env, plane } = pod;
  const [container] = spec.containers;
  for (const volume of spec.volumes) await writeVolume(pod, volume);
  const { hostname, port } = new URL(plane.url);
  const script = [
    'set -e',
    'root=$1; shift',
    'mount -t tmpfs -o mode=755 tmpfs "$root"',
    ...readOnly(pod.node, entrypoint[0] ?? ''),
    ...readOnly(pod.app, '/app'),
    ...['/lib', '/lib64', '/usr/lib', '/usr/lib64'].filter(existsSync).flatMap((path) => readOnly(path, path)),
    ...container.volumeMounts.flatMap(({ name, mountPath }) => readOnly(join(folder, 'volumes', name), mountPath)),
    ...(container.securityContext.readOnlyRootFilesystem ? ['mount -o remount,ro "$root"'] : []),
    `exec chroot --userspec=${spec.securityContext.runAsUser}:${spec.securityContext.runAsGroup} "$root" "$@"`,
  ].join('\n');
  const root = join(folder, 'root');
  await mkdir(root);
  const told = Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
  return spawn(UNSHARE, ['--mount', 'sh', '-c', script, 'pod', root, ...entrypoint, ...container.args, ...LOOPBACK], {
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

/** Lines of the script that show a file or folder of this machine in the pod. */
function readOnly(from: string, at: string): readonly string[] {
  const place = `"$root${at}"`;
  const make = `if [ -d "${from}" ]; then mkdir -p ${place}; else mkdir -p "$root${dirname(at)}"; touch ${place}; fi`;
  return [make, `mount --bind "${from}" ${place}`, `mount -o remount,bind,ro ${place}`];
}

async function writeVolume(pod: PodToRun, { name, projected }: Volume): Promise<void> {
  const folder = join(pod.folder, 'volumes', name);
  await mkdir(folder, { recursive: true });
  for (const source of projected.sources) {
    for (const [path, content] of await contentOf(pod, source)) {
      await writeFile(join(folder, path), content, { mode: projected.defaultMode });
    }
  }
}

async function contentOf(
  { cluster, plane, namespace, spec }: PodToRun,
  { serviceAccountToken, configMap, downwardAPI }: Source,
): Promise<readonly (readonly [path: string, content: string])[]> {
  if (serviceAccountToken) {
    const { path, expirationSeconds } = serviceAccountToken;
    return [[path, await cluster.token({ namespace, name: spec.serviceAccountName }, { expirationSeconds })]];
  }
  if (downwardAPI) return downwardAPI.items.map(({ path }) => [path, namespace] as const);
  // The controller that writes this ConfigMap in every namespace does not run here.
  if (configMap?.name === 'kube-root-ca.crt') return configMap.items.map(({ path }) => [path, plane.ca] as const);
  throw new Error(`no kubelet of these tests knows the volume source ${JSON.stringify({ configMap })}`);
}

/** A Deployment of a release. */
export type Deployed = ClusterObject & { readonly spec: { readonly template: { readonly spec: PodSpec } } };
