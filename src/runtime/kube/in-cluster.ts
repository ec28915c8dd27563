import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { KubeConnection } from './connection.ts';

/** Where the kubelet puts a pod's credentials. */
const SERVICE_ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The environment variables that tell a pod where the API server is. */
export interface PodEnvironment {
  readonly KUBERNETES_SERVICE_HOST?: string | undefined;
  readonly KUBERNETES_SERVICE_PORT?: string | undefined;
}

/**
 * The connection of a pod with its own ServiceAccount; undefined where this process runs in no pod. Reads files and nothing
 * else, so that in production the client library (its generated API costs 80 MiB) is never loaded.
 */
export function connectInCluster(
  environment: PodEnvironment,
  directory: string = SERVICE_ACCOUNT_DIRECTORY,
): KubeConnection | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = environment;
  const tokenFile = join(directory, 'token');
  if (!host || !existsSync(tokenFile)) return undefined;
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    namespace: readNamespace(join(directory, 'namespace')),
    async credentials() {
      const [token, ca] = await Promise.all([readFile(tokenFile, 'utf8'), readFile(join(directory, 'ca.crt'), 'utf8')]);
      return { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
    },
  };
}

function readNamespace(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined;
}
