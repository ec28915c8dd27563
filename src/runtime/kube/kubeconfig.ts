import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { dirname } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { assertConfidential, type Credentials, type KubeConnection, type TlsMaterial } from './connection.ts';
import { KubeconfigError } from './kubeconfig-error.ts';

/** What to load: the files (the first one's current context counts) and the context to use instead of it. */
export interface KubeconfigOptions {
  readonly paths: readonly string[];
  readonly context?: string | undefined;
}

/**
 * The connection that a kubeconfig describes, with every kind of user that the client library knows (token, certificate,
 * exec plugin, OIDC). Throws KubeconfigError. Import this module only when a kubeconfig is used: it loads the whole library.
 */
export function connectByKubeconfig({ paths, context }: KubeconfigOptions): KubeConnection {
  const config = new KubeConfig();
  for (const path of paths) merge(config, path);
  if (context) config.setCurrentContext(context);

  const cluster = config.getCurrentCluster();
  const name = config.getCurrentContext();
  const where = `the kubeconfig ${paths.join(', ')}`;
  const chosen = context ? `context ${context}` : 'its current-context';
  if (!cluster) {
    throw new KubeconfigError(`${where}: ${chosen} is not there or names no cluster; choose another with --context`);
  }
  if (cluster.proxyUrl) {
    throw new KubeconfigError(`${where}: the cluster of ${chosen} has a proxy-url, which is not supported; remove it`);
  }
  if (!URL.canParse(cluster.server)) {
    throw new KubeconfigError(`${where}: server of the cluster of ${chosen} is no URL; write https://host:port`);
  }
  assertConfidential(cluster.server);
  allowPlainHttp(config);

  return {
    server: cluster.server.replace(/\/+$/, ''),
    namespace: config.getContextObject(name)?.namespace,
    credentials: () => readCredentials(config),
  };
}

/** Parsers and the library quote what they choke on, tokens included: none of their words are passed on. */
function merge(config: KubeConfig, path: string): void {
  const text = read(path);
  const loaded = new KubeConfig();
  try {
    loaded.loadFromString(text);
    loaded.makePathsAbsolute(dirname(path));
  } catch (error) {
    throw unusable(path, problemOf(error));
  }
  try {
    config.mergeConfig(loaded, config.getCurrentContext() !== undefined);
  } catch {
    throw unusable(path, 'it names a cluster, user or context that another file names too; rename one of them');
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    const remedy = 'name another with --kubeconfig or KUBECONFIG';
    if (code === 'ENOENT') throw unusable(path, `missing; ${remedy}, or create it`);
    throw unusable(path, `not readable (${code}); give this user the right to read it, or ${remedy}`);
  }
}

function problemOf(error: unknown): string {
  const line = lineOf(error);
  if (line !== undefined) return `not YAML at line ${line}; correct it there`;
  const missing = /^(clusters|users|contexts)\[\d+\](\.\w+)+ is missing$/.exec(
    error instanceof Error ? error.message : '',
  );
  if (missing) return `${missing[0]}; add it`;
  if (codeOf(error).startsWith('E'))
    return `a token-file that it names is not readable (${codeOf(error)}); correct its path`;
  return 'it is not a kubeconfig; write one with `kubectl config`, or name another with --kubeconfig';
}

/** The line where the YAML parser gave up, counted from 1. */
function lineOf(error: unknown): number | undefined {
  if (!(error instanceof Error && error.name === 'YAMLException')) return undefined;
  const mark = 'mark' in error && typeof error.mark === 'object' ? error.mark : undefined;
  return mark && 'line' in mark && typeof mark.line === 'number' ? mark.line + 1 : 1;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no code';
}

function unusable(path: string, why: string): KubeconfigError {
  return new KubeconfigError(`cannot read the kubeconfig ${path}: ${why}`);
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
