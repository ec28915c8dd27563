import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Component, type ComponentName, components } from './catalogue.ts';

/** Where a component is, or will be when it has been built. */
export interface Location {
  readonly path: string;
  /** `Missing`: not there yet. */
  readonly from: 'KUBEBUILDER_ASSETS' | 'PATH' | 'Cache' | 'Missing';
}

/**
 * Looks for a component: KUBEBUILDER_ASSETS, PATH, then the cache of what was built before. A Python program is taken from
 * its own environment only: what is on PATH may be any version, or belong to a Python that is not active.
 */
export function locate(name: ComponentName, env: NodeJS.ProcessEnv = process.env): Location {
  const component: Component = components[name];
  const { KUBEBUILDER_ASSETS: assets, PATH = '' } = env;
  if (assets && isProgram(join(assets, name))) return { path: join(assets, name), from: 'KUBEBUILDER_ASSETS' };
  const folders = component.type === 'Python' ? [] : PATH.split(delimiter);
  const folder = folders.find((entry) => entry !== '' && isProgram(join(entry, name)));
  if (folder !== undefined) return { path: join(folder, name), from: 'PATH' };
  const path = join(cacheFolder(component, env), programIn(component));
  return { path, from: isProgram(path) ? 'Cache' : 'Missing' };
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
  if (component.type === 'Python') hash.update(readFileSync(component.requirements));
  else {
    const folder = moduleFolder(component.module);
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(folder, file)));
    hash.update(component.flags.join(' '));
  }
  return hash.digest('hex').slice(0, 12);
}

/** Where the go.mod of a module of ours is. */
export function moduleFolder(module: string): string {
  return join(import.meta.dirname, 'go', module);
}

function programIn(component: Component): string {
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
