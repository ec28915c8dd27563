import type { KubeConnection } from './connection.ts';
import { connectInCluster, type PodEnvironment } from './in-cluster.ts';

/** Where to look for the API server. */
export interface ConnectOptions {
  /** From the command line; wins over everything else. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly environment: PodEnvironment & { readonly KUBECONFIG?: string | undefined };
}

/** Finds the API server in the order flag, KUBECONFIG, pod, ~/.kube/config. */
export async function connect({ kubeconfig, context, environment }: ConnectOptions): Promise<KubeConnection> {
  const named = kubeconfig || context || environment.KUBECONFIG;
  const pod = named ? undefined : connectInCluster(environment);
  if (pod) return pod;
  const { connectByKubeconfig } = await import('./kubeconfig.ts');
  return connectByKubeconfig({ path: kubeconfig, context });
}
