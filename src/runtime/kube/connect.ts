import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeConnection } from './connection.ts';
import { connectInCluster, type PodEnvironment } from './in-cluster.ts';
import { KubeconfigError } from './kubeconfig-error.ts';

/** Where to look for the API server. */
export interface ConnectOptions {
  /** From the command line; wins over everything else. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly environment: PodEnvironment & { readonly KUBECONFIG?: string | undefined };
}

/** Finds the API server in the order flag, KUBECONFIG, pod, ~/.kube/config. */
export async function connect({ kubeconfig, context, environment }: ConnectOptions): Promise<KubeConnection> {
  const named = kubeconfig ? [kubeconfig] : (environment.KUBECONFIG ?? '').split(delimiter).filter(Boolean);
  const pod = named.length > 0 ? undefined : connectInCluster(environment);
  if (pod) return pod;
  const { connectByKubeconfig } = await import('./kubeconfig.ts');
  return connectByKubeconfig({ paths: named.length > 0 ? named : [homeKubeconfig()], context });
}

function homeKubeconfig(): string {
  const path = join(homedir(), '.kube', 'config');
  if (existsSync(path)) return path;
  throw new KubeconfigError(
    `No Kubernetes cluster to work with: no --kubeconfig, no KUBECONFIG, not in a pod, and no ${path}; name a kubeconfig`,
  );
}
