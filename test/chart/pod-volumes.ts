import { chmod, chown, mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../e2e/components/control-plane.ts';
import type { Cluster, ClusterObject } from '../e2e/world/cluster.ts';

/** A volume of the kinds that the chart uses. */
export interface Volume {
  readonly name: string;
  readonly projected?: { readonly defaultMode: number; readonly sources: readonly Source[] };
  readonly secret?: { readonly secretName: string; readonly defaultMode: number };
}

/** One part of a projected volume. */
interface Source {
  readonly serviceAccountToken?: { readonly path: string; readonly expirationSeconds: number };
  readonly configMap?: { readonly name: string; readonly items: readonly { key: string; path: string }[] };
  readonly downwardAPI?: {
    readonly items: readonly { readonly path: string; readonly fieldRef: { readonly fieldPath: string } }[];
  };
}

/** The pod that mounts it, and where its things are. */
export interface Mounting {
  readonly plane: ControlPlane;
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Of the Pod object, which tokens are bound to. */
  readonly name: string;
  readonly spec: { readonly serviceAccountName: string; readonly securityContext: { readonly fsGroup: number } };
  /** An empty folder that is the pod's alone. */
  readonly folder: string;
}

type File = readonly [path: string, content: string | Buffer];

/** Where the volume is outside of the pod. */
export const folderOf = ({ folder }: Pick<Mounting, 'folder'>, name: string) => join(folder, 'volumes', name);

/**
 * Writes a volume as it is in the cluster now, and again when that has changed. As the kubelet does it: files of root and the pod's group in
 * a folder of their own, which `..data` points to, so that all of them change in one moment.
 */
export async function layOut(mounting: Mounting, { name, projected, secret }: Volume): Promise<void> {
  const place = folderOf(mounting, name);
  const { fsGroup } = mounting.spec.securityContext;
  const before = await readlink(join(place, '..data')).catch(() => undefined);
  const written = `..${new Date().toISOString().replace(/[-:T]/g, '_')}`;
  await mkdir(join(place, written), { recursive: true });
  const mode = (projected ?? secret)?.defaultMode ?? 0;
  for (const [path, content] of await (secret
    ? secretFiles(mounting, secret.secretName)
    : projectedFiles(mounting, projected?.sources))) {
    const file = join(place, written, path);
    await writeFile(file, content);
    if (process.getuid?.() === 0) await chown(file, 0, fsGroup);
    await chmod(file, mode | READABLE_BY_GROUP);
    if (before === undefined) await symlink(join('..data', path), join(place, path));
  }
  await symlink(written, join(place, '..data_tmp'));
  await rename(join(place, '..data_tmp'), join(place, '..data'));
  if (before !== undefined) await rm(join(place, before), { recursive: true });
}

/** What an fsGroup gives on volumes that nobody writes. */
const READABLE_BY_GROUP = 0o440;

interface Secret extends ClusterObject {
  readonly data: Readonly<Record<string, string>>;
}

async function secretFiles({ cluster, namespace }: Mounting, name: string): Promise<readonly File[]> {
  const secret = await cluster.get<Secret>(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  if (!secret) throw new Error(`the pod waits for Secret ${name}`);
  return Object.entries(secret.data).map(([path, content]) => [path, Buffer.from(content, 'base64')]);
}

async function projectedFiles(mounting: Mounting, sources: readonly Source[] = []): Promise<readonly File[]> {
  return (await Promise.all(sources.map((source) => sourceFiles(mounting, source)))).flat();
}

async function sourceFiles(
  { cluster, plane, namespace, name, spec }: Mounting,
  { serviceAccountToken, configMap, downwardAPI }: Source,
): Promise<readonly File[]> {
  if (serviceAccountToken) {
    const { path, expirationSeconds } = serviceAccountToken;
    const account = { namespace, name: spec.serviceAccountName };
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name };
    return [[path, await cluster.token(account, { expirationSeconds, boundObjectRef })]];
  }
  if (downwardAPI) return downwardAPI.items.map(({ path }) => [path, namespace] as const);
  // The controller that writes this ConfigMap in every namespace does not run here.
  if (configMap?.name === 'kube-root-ca.crt') return configMap.items.map(({ path }) => [path, plane.ca] as const);
  throw new Error(`no kubelet of these tests knows the volume source ${JSON.stringify({ configMap })}`);
}
