import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import { assertConfidential, type Credentials, type KubeConnection } from '../../runtime/kube/connection.ts';
import { connectInCluster, type PodEnvironment } from '../../runtime/kube/in-cluster.ts';
import { KubeconfigError } from '../../runtime/kube/kubeconfig-error.ts';
import { askPlugin, type PluginCredential } from './exec-plugin.ts';
import { type Cluster, type Kubeconfig, readKubeconfig, type User } from './kubeconfig-file.ts';

/** Where to look for the API server, and as whom to speak to it. */
export interface ConnectOptions {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly environment: PodEnvironment & { readonly KUBECONFIG?: string | undefined };
  readonly clock: Pick<Clock, 'now'>;
  /** Whether a credential plugin may ask the user something. */
  readonly isTerminal: boolean;
}

/** A plugin's credential is not used in its last seconds. */
const EXPIRY_MARGIN_MS = 10_000;

/** Finds the API server as kubectl does: flag, KUBECONFIG, ~/.kube/config, pod. Throws KubeconfigError. */
export function connect(options: ConnectOptions): KubeConnection {
  const paths = pathsOf(options);
  if (paths.length > 0) return connectBy(readKubeconfig(paths), paths, options);
  const pod = connectInCluster(options.environment);
  if (pod) return pod;
  throw new KubeconfigError(
    'No Kubernetes cluster to work with: no --kubeconfig, no KUBECONFIG, no ~/.kube/config, not in a pod',
  );
}

/** Of the files that KUBECONFIG lists some may be missing, as for kubectl. */
function pathsOf({ kubeconfig, environment }: ConnectOptions): readonly string[] {
  if (kubeconfig) return [kubeconfig];
  const listed = (environment.KUBECONFIG ?? '').split(delimiter).filter(Boolean);
  const found = listed.filter((path) => existsSync(path));
  if (listed.length > 0) return found.length > 0 ? found : listed;
  const home = join(homedir(), '.kube', 'config');
  return existsSync(home) ? [home] : [];
}

function connectBy(config: Kubeconfig, paths: readonly string[], options: ConnectOptions): KubeConnection {
  const name = options.context ?? config.currentContext ?? '';
  const context = config.contexts.get(name);
  const cluster = config.clusters.get(context?.cluster ?? '');
  const user = context?.user ? config.users.get(context.user) : {};
  const server = cluster?.server ?? '';
  const problem = problemOf(name, cluster, user);
  if (!cluster || !user || problem) {
    throw new KubeconfigError(`the kubeconfig ${paths.join(', ')}: ${problem}`);
  }
  assertConfidential(server);
  return {
    server: server.replace(/\/+$/, ''),
    namespace: context?.namespace,
    credentials: createCredentials(cluster, user, options),
  };
}

function problemOf(name: string, cluster: Cluster | undefined, user: User | undefined): string | undefined {
  if (!name) return 'it has no current-context; choose one with --context';
  if (!cluster) return `context ${name} is not there or names no cluster; choose another with --context`;
  if (cluster['proxy-url']) return `the cluster of context ${name} has a proxy-url, which is not supported; remove it`;
  if (!URL.canParse(cluster.server ?? '')) return `server of the cluster of context ${name} is no URL`;
  if (!user) return `context ${name} names a user that is not there; choose another with --context`;
  if (user['auth-provider']) return `the user of context ${name} has an auth-provider; use an exec plugin in its place`;
  return undefined;
}

function createCredentials(cluster: Cluster, user: User, { clock, isTerminal }: ConnectOptions) {
  let given: PluginCredential | undefined;

  async function plugin(wereRefused: boolean): Promise<Partial<PluginCredential>> {
    if (!user.exec) return {};
    if (!given || wereRefused || (given.expires ?? Number.POSITIVE_INFINITY) - EXPIRY_MARGIN_MS <= clock.now()) {
      given = await askPlugin(user.exec, cluster, isTerminal);
    }
    return given;
  }
  return async (wereRefused = false): Promise<Credentials> => {
    const { token: pluginToken, clientCertificateData, clientKeyData } = await plugin(wereRefused);
    const token = pluginToken ?? user.token ?? (await file(user.tokenFile))?.toString('utf8').trim();
    const ca = decoded(cluster['certificate-authority-data']) ?? (await file(cluster['certificate-authority']));
    const cert =
      clientCertificateData ?? decoded(user['client-certificate-data']) ?? (await file(user['client-certificate']));
    const key = clientKeyData ?? decoded(user['client-key-data']) ?? (await file(user['client-key']));
    return {
      headers: { ...authorization(token, user), ...impersonation(user) },
      tls: {
        ...(ca && { ca }),
        ...(cert && { cert }),
        ...(key && { key }),
        ...(cluster['tls-server-name'] && { servername: cluster['tls-server-name'] }),
        ...(cluster['insecure-skip-tls-verify'] && { rejectUnauthorized: false }),
      },
    };
  };
}

function authorization(token: string | undefined, { username, password }: User): Record<string, string> {
  if (token) return { authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
}

/** Groups are several headers of one name, which our requests do not have. */
function impersonation(user: User): Record<string, string> {
  if (user['as-groups']?.length) {
    throw new KubeconfigError('as-groups of a kubeconfig is not supported; name a user with --context who is in them');
  }
  return user.as ? { 'impersonate-user': user.as } : {};
}

function decoded(data: string | undefined): Buffer | undefined {
  return data ? Buffer.from(data, 'base64') : undefined;
}

async function file(path: string | undefined): Promise<Buffer | undefined> {
  return path ? readFile(path) : undefined;
}
