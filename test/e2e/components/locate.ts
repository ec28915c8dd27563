import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Component, type ComponentName, components, type GoComponent } from './catalogue.ts';

/** Where a component is, or will be when it has been built. */
export interface Location {
  readonly path: string;
  /** `Missing`: not there yet. */
  readonly from: 'KUBEBUILDER_ASSETS' | 'PATH' | 'Cache' | 'Missing';
}

/**
 * Looks for a component: KUBEBUILDER_ASSETS, PATH, then the cache of what was built before. One of another release (by major
 * and minor) is passed over; so is a Python program outside of its own environment, which may belong to a Python that is
 * not active, and what is to have exactly the version of its lock.
 */
export function locate(name: ComponentName, env: NodeJS.ProcessEnv = process.env): Location {
  const component: Component = components[name];
  const found = component.type === 'Go' ? locateInstalled(component, env) : undefined;
  if (found) return found;
  const folder = cacheFolder(component, env);
  const path = join(folder, programIn(component));
  const isThere = component.type === 'Go' ? isProgram(path) : existsSync(join(folder, COMPLETE));
  return { path, from: isThere ? 'Cache' : 'Missing' };
}

/** The file that ends the building of what is built in place: pip brings programs before what they import. */
export const COMPLETE = '.complete';

function locateInstalled(component: GoComponent, { KUBEBUILDER_ASSETS: assets, PATH = '' }: NodeJS.ProcessEnv) {
  const places = [
    { folder: assets ?? '', from: 'KUBEBUILDER_ASSETS' as const },
    ...PATH.split(delimiter).map((folder) => ({ folder, from: 'PATH' as const })),
  ];
  for (const { folder, from } of places) {
    const path = join(folder, component.name);
    if (folder !== '' && isProgram(path) && isOfRelease(component, path)) return { path, from };
  }
  return undefined;
}

function isOfRelease({ version, versionArgs }: GoComponent, path: string): boolean {
  const { stdout, stderr } = spawnSync(path, versionArgs, { encoding: 'utf8', timeout: 10_000 });
  const release = /^v?\d+\.\d+/.exec(version)?.[0].replace('v', '') ?? version;
  return new RegExp(`\\bv?${release.replace('.', '\\.')}\\b`).test(`${stdout}${stderr}`);
}

/** The path of a component that is known to be there. Throws where it is not, naming the command that builds it. */
export function programPath(name: ComponentName): string {
  const { path, from } = locate(name);
  if (from === 'Missing') throw new Error(`${name} is not built yet; run node test/e2e/components/build.ts`);
  return path;
}

/** The folder that holds a built component: keyed by version and by all that decides what comes out. */
export function cacheFolder(component: Component, env: NodeJS.ProcessEnv = process.env): string {
  const root = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const { name, version } = component;
  return join(root, 'apikey-rotation-operator', 'components', `${name}-${version}-${digestOf(component)}`);
}

function digestOf(component: Component): string {
  const hash = createHash('sha256').update(`${process.platform}/${process.arch}`);
  if (component.type === 'Python') hash.update(readFileSync(component.requirements)).update(pythonVersion());
  else if (component.type === 'Npm') hash.update(readFileSync(join(component.folder, 'package-lock.json')));
  else {
    const folder = moduleFolder(component.module);
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(folder, file)));
    hash.update(component.flags.join(' '));
  }
  return hash.digest('hex').slice(0, 12);
}

/** An environment ends with the Python that made it. Where there is none, building says so. */
function pythonVersion(): string {
  return (
    spawnSync('python3', ['-c', 'import sys; print(sys.version, sys.base_prefix)'], { encoding: 'utf8' }).stdout ?? ''
  );
}

/** Where the go.mod of a module of ours is. */
export function moduleFolder(module: string): string {
  return join(import.meta.dirname, 'go', module);
}

function programIn(component: Component): string {
  if (component.type === 'Npm') return join('node_modules', component.program);
  return component.type === 'Python' ? join('bin', component.name) : component.name;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
