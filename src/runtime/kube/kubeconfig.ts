import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { assertConfidential, type Credentials, type KubeConnection, type TlsMaterial } from './connection.ts';

/** What to load: the files (the first one's current context counts) and the context to use instead of it. */
export interface KubeconfigOptions {
  readonly paths: readonly string[];
  readonly context?: string | undefined;
}

/**
 * The connection that a kubeconfig describes, with every kind of user that the client library knows (token, certificate,
 * exec plugin, OIDC). Import this module only when a kubeconfig is used: it loads the whole library.
 */
export function connectByKubeconfig({ paths, context }: KubeconfigOptions): KubeConnection {
  const config = new KubeConfig();
  for (const path of paths) config.mergeConfig(load(path), config.getCurrentContext() !== undefined);
  if (context) config.setCurrentContext(context);

  const cluster = config.getCurrentCluster();
  const name = config.getCurrentContext();
  if (!cluster) throw new Error(`The kubeconfig has no context ${name}, or its context names no cluster`);
  if (cluster.proxyUrl) throw new Error(`The cluster of context ${name} has a proxy-url, which is not supported`);
  assertConfidential(cluster.server);
  allowPlainHttp(config);

  return {
    server: cluster.server.replace(/\/+$/, ''),
    namespace: config.getContextObject(name)?.namespace,
    credentials: () => readCredentials(config),
  };
}

function load(path: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(path);
  return config;
}

/** The library wants TLS verification switched off before it speaks plain HTTP, where there is none to switch off. */
function allowPlainHttp(config: KubeConfig): void {
  config.clusters = config.clusters.map((cluster) =>
    cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  );
}

async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return { headers: readHeaders(options), tls: readTls(options) };
}

function readHeaders({ auth, headers = {} }: RequestOptions): Record<string, string> {
  const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value).trim()]);
  return { ...basic, ...Object.fromEntries(entries) };
}

function readTls({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): TlsMaterial {
  return {
    ...(isMaterial(ca) && { ca }),
    ...(isMaterial(cert) && { cert }),
    ...(isMaterial(key) && { key }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}

function isMaterial(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}
