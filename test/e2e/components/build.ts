import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import {
  type Component,
  type ComponentName,
  componentNames,
  components,
  type GoComponent,
  type NpmComponent,
  type PythonComponent,
} from './catalogue.ts';
import { COMPLETE, cacheFolder, locate, moduleFolder } from './locate.ts';

/** A component that is not there and cannot be built; the message says what to do. */
class BuildError extends Error {
  override readonly name = 'BuildError';
}

type Tell = (line: string) => void;

const PROGRESS_MS = 10_000;
const INSTALL: Readonly<Record<string, string>> = {
  go: 'install Go 1.26 or newer, so that `go` is on PATH',
  npm: 'install Node.js 20 or newer with its npm',
  python3: 'install Python 3.11 or newer with its venv module (Debian: apt-get install python3 python3-venv)',
};

/** Builds what is missing, one after the other, and tells where each component comes from. Throws BuildError. */
export async function buildComponents(tell: Tell, names: readonly ComponentName[] = componentNames): Promise<void> {
  for (const name of names) {
    const { from, path } = locate(name);
    if (from === 'Missing') await build(components[name], tell);
    else tell(`${name}: ${from === 'Cache' ? `${components[name].version}, built before` : `${path}, from ${from}`}`);
  }
}

async function build(component: Component, tell: Tell): Promise<void> {
  const { name, version } = component;
  const started = performance.now();
  const seconds = () => `${Math.round((performance.now() - started) / 1000)} s`;
  let done = 0;
  const count = () => {
    done += 1;
  };
  tell(`${name}: building ${version}`);
  const timer = setInterval(() => tell(`${name}: ${done} steps after ${seconds()}`), PROGRESS_MS);
  try {
    await make(component, count);
  } finally {
    clearInterval(timer);
  }
  tell(`${name}: built in ${seconds()}`);
}

function make(component: Component, onStep: () => void): Promise<void> {
  switch (component.type) {
    case 'Go':
      return buildGo(component, onStep);
    case 'Python':
      return inPlace(component, (target) => buildPython(component, target, onStep));
    case 'Npm':
      return inPlace(component, (target) => buildNpm(component, target, onStep));
  }
}

async function buildGo(component: GoComponent, onStep: () => void): Promise<void> {
  const target = cacheFolder(component);
  await mkdir(target, { recursive: true });
  // In a folder beside, then moved: whoever looks meanwhile sees the whole program or none.
  const folder = await mkdtemp(`${target}/building-`);
  const built = `${folder}/${component.name}`;
  // -mod=readonly: the go.sum of this repository decides what is compiled.
  const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-v', ...component.flags];
  try {
    await run('go', ['build', ...flags, '-o', built, component.package], moduleFolder(component.module), onStep);
    await rename(built, `${target}/${component.name}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildPython(component: PythonComponent, target: string, onStep: () => void): Promise<void> {
  // --no-deps: the file names all of them, and a missing one shall be noticed rather than taken in any version.
  const options = ['--disable-pip-version-check', '--no-deps', '--requirement', component.requirements];
  const pip = ['-m', 'pip', 'install', ...options];
  await run('python3', ['-m', 'venv', '--clear', target], target, onStep);
  await run(`${target}/bin/python3`, pip, target, onStep);
}

async function buildNpm({ folder }: NpmComponent, target: string, onStep: () => void): Promise<void> {
  await cp(folder, target, { recursive: true });
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], target, onStep);
}

/** For what cannot be moved once it is made, as an environment of Python; one that was not completed is begun anew. */
async function inPlace(component: Component, build: (target: string) => Promise<void>): Promise<void> {
  const target = cacheFolder(component);
  await mkdir(target, { recursive: true });
  try {
    await build(target);
    await writeFile(`${target}/${COMPLETE}`, '');
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
}

const TAIL = 30;

/** Runs a program to its end; calls back for each line that it prints. */
function run(program: string, args: readonly string[], cwd: string, onLine: () => void): Promise<void> {
  const name = program.split('/').at(-1) ?? program;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const tail: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        onLine();
        tail.push(line);
        if (tail.length > TAIL) tail.shift();
      });
    }
    child.once('error', ({ message }) =>
      reject(
        new BuildError(`${name} is needed for the real components and does not start (${message}): ${INSTALL[name]}`),
      ),
    );
    child.once('close', (code) => {
      const failure = `${[name, ...args].join(' ')} ended with ${code}:\n${tail.join('\n')}\nIf ${name} is too old: ${INSTALL[name]}`;
      if (code === 0) resolve();
      else reject(new BuildError(failure));
    });
  });
}

if (import.meta.main) {
  try {
    await buildComponents((line) => console.log(line));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
