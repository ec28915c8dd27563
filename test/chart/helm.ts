import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ControlPlane } from '../e2e/components/control-plane.ts';
import { programPath } from '../e2e/components/locate.ts';
import { OPERATOR } from '../integration/documented-roles.ts';

/** The folder of the chart. */
export const CHART = join(import.meta.dirname, '../../charts/apikey-rotation-operator');

/** Values of the chart, as in a file of `helm --values`. */
export type Values = Readonly<Record<string, unknown>>;

/** Runs helm with a kubeconfig of the plane's administrator; resolves with its output, rejects with what it complains about. */
export async function helm(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn(programPath('helm'), args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode === 0) return out;
  throw new Error(`helm ${args.join(' ')} ended with ${child.exitCode}: ${problems}`);
}

/** What `helm template` makes of the chart, or of an archive of it, as YAML; the release is the documented one, unless another is named. */
export function rendered(values: Values = {}, { chart = CHART, release = OPERATOR.name } = {}): Promise<string> {
  return helm(['template', release, chart, ...IN_NAMESPACE, ...valueFlags(values)]);
}

/** What the chart tells who installs it with these values. */
export async function notesOf(values: Values = {}): Promise<string> {
  const told = await helm([
    'install',
    OPERATOR.name,
    CHART,
    '--dry-run=client',
    ...IN_NAMESPACE,
    ...valueFlags(values),
  ]);
  return told.slice(told.indexOf('NOTES:'));
}

/** The documented release in a plane. */
export interface Release {
  /** Of the chart in the tree, or of an archive. */
  install(values?: Values, chart?: string): Promise<string>;
  upgrade(values?: Values): Promise<string>;
  uninstall(): Promise<string>;
  /** Types a command of a page, in the project's folder. */
  type(command: string): Promise<string>;
}

/** Prepares helm for a plane. */
export async function createRelease(plane: ControlPlane): Promise<Release> {
  const kubeconfig = `${plane.folder}/helm.kubeconfig`;
  await writeFile(kubeconfig, plane.kubeconfig(), { mode: 0o600 });
  // Nothing of the person who runs the tests.
  const env = {
    KUBECONFIG: kubeconfig,
    HELM_CONFIG_HOME: plane.folder,
    HELM_CACHE_HOME: plane.folder,
    HELM_DATA_HOME: plane.folder,
  };
  const run = (command: string, ...args: readonly string[]) => helm([command, ...args], env);
  return {
    install: (values, chart = CHART) =>
      run('install', OPERATOR.name, chart, ...IN_NAMESPACE, '--create-namespace', ...valueFlags(values)),
    upgrade: (values) => run('upgrade', OPERATOR.name, CHART, ...IN_NAMESPACE, ...valueFlags(values)),
    uninstall: () => run('uninstall', OPERATOR.name, ...IN_NAMESPACE),
    type: (command) => helm(command.replaceAll('\\\n', '').trim().split(/\s+/).slice(1), env),
  };
}

const IN_NAMESPACE = ['--namespace', OPERATOR.namespace];

function valueFlags(values: Values = {}): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['--set-json', `${name}=${JSON.stringify(value)}`]);
}
