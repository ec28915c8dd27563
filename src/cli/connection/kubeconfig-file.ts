import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { KubeconfigError } from '../../runtime/kube/kubeconfig-error.ts';

/** A cluster of a kubeconfig, as far as it is used. */
export interface Cluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
  readonly 'proxy-url'?: string;
}

/** A user of a kubeconfig, as far as it is used. */
export interface User {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly as?: string;
  readonly 'as-groups'?: readonly string[];
  readonly exec?: ExecPlugin;
  readonly 'auth-provider'?: object;
}

/** A program that gives credentials (client.authentication.k8s.io). */
export interface ExecPlugin {
  readonly apiVersion?: string;
  readonly command?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: 'Never' | 'IfAvailable' | 'Always';
  readonly installHint?: string;
}

/** A context of a kubeconfig. */
export interface Context {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

/** One or more kubeconfigs taken together: of two entries of one name the first counts. Paths in it are absolute. */
export interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly users: ReadonlyMap<string, User>;
  readonly contexts: ReadonlyMap<string, Context>;
}

interface Wire {
  readonly 'current-context'?: string;
  readonly clusters?: readonly { readonly name: string; readonly cluster: Cluster }[] | null;
  readonly users?: readonly { readonly name: string; readonly user?: User | null }[] | null;
  readonly contexts?: readonly { readonly name: string; readonly context: Context }[] | null;
}

const CLUSTER_PATHS = ['certificate-authority'] as const;
const USER_PATHS = ['tokenFile', 'client-certificate', 'client-key'] as const;

/** Reads the files as kubectl does. Throws KubeconfigError, which quotes nothing of what is in them. */
export function readKubeconfig(paths: readonly string[]): Kubeconfig {
  const files = paths.map((path) => ({ folder: dirname(path), wire: read(path) }));
  return {
    currentContext: files.map(({ wire }) => wire['current-context']).find(Boolean),
    clusters: merged(files, ({ folder, wire }) =>
      (wire.clusters ?? []).map(({ name, cluster }) => [name, absolute(folder, cluster, CLUSTER_PATHS)]),
    ),
    users: merged(files, ({ folder, wire }) =>
      (wire.users ?? []).map(({ name, user }) => [name, withCommand(folder, absolute(folder, user ?? {}, USER_PATHS))]),
    ),
    contexts: merged(files, ({ wire }) => (wire.contexts ?? []).map(({ name, context }) => [name, context])),
  };
}

function merged<F, T>(files: readonly F[], entriesOf: (file: F) => [string, T][]): Map<string, T> {
  return new Map(files.toReversed().flatMap((file) => entriesOf(file).toReversed()));
}

function absolute<T extends object, K extends keyof T>(folder: string, entry: T, names: readonly K[]): T {
  const named = names.flatMap((name) => {
    const path = entry[name];
    return typeof path === 'string' && path ? [[name, resolve(folder, path)]] : [];
  });
  return { ...entry, ...Object.fromEntries(named) };
}

/** A command with a slash is a path, and relative to the file; one without is looked for on PATH. */
function withCommand(folder: string, user: User): User {
  const { command } = user.exec ?? {};
  if (!user.exec || !command?.includes('/')) return user;
  return { ...user, exec: { ...user.exec, command: resolve(folder, command) } };
}

function read(path: string): Wire {
  const wire = parsed(path);
  const isConfig = typeof wire === 'object' && wire !== null && !Array.isArray(wire);
  if (isConfig && [wire.clusters, wire.users, wire.contexts].every(isList)) return wire;
  throw unusable(path, 'it is not a kubeconfig; write one with `kubectl config`, or name another with --kubeconfig');
}

function isList(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) && value.every((entry) => typeof entry?.name === 'string');
}

function parsed(path: string): Wire {
  const text = textOf(path);
  try {
    return parse(text);
  } catch (error) {
    throw unusable(path, `not YAML${lineOf(error)}; correct it there`);
  }
}

/** The parser's message quotes the line that it chokes on, which may hold a token. */
function lineOf(error: unknown): string {
  const [at] = error instanceof Error && 'linePos' in error && Array.isArray(error.linePos) ? error.linePos : [];
  return typeof at?.line === 'number' ? ` at line ${at.line}` : '';
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
    throw unusable(path, `not readable (${code}); name another with --kubeconfig or KUBECONFIG`);
  }
}

function unusable(path: string, why: string): KubeconfigError {
  return new KubeconfigError(`cannot read the kubeconfig ${path}: ${why}`);
}
