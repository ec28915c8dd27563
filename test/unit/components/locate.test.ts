import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ComponentName, componentNames, components } from '../../e2e/components/catalogue.ts';
import { cacheFolder, locate } from '../../e2e/components/locate.ts';

let root: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'akr-locate-'));
  env = { KUBEBUILDER_ASSETS: join(root, 'assets'), PATH: join(root, 'path'), XDG_CACHE_HOME: join(root, 'cache') };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, mode = 0o755, version = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "${version}"\n`, { mode });
  return path;
}
const inAssets = (name: ComponentName, version: string = components[name].version) =>
  put(join(root, 'assets', name), 0o755, version);
const inPath = (name: ComponentName, version: string = components[name].version) =>
  put(join(root, 'path', name), 0o755, `${name} version ${version}`);

test('a component is taken from KUBEBUILDER_ASSETS before PATH, from PATH before the cache, else it is missing', () => {
  const cached = join(cacheFolder(components.etcd, env), 'etcd');
  expect(locate('etcd', env)).toEqual({ path: cached, from: 'Missing' });
  put(cached);
  expect(locate('etcd', env)).toEqual({ path: cached, from: 'Cache' });
  const path = inPath('etcd');
  expect(locate('etcd', env)).toEqual({ path, from: 'PATH' });
  const assets = inAssets('etcd');
  expect(locate('etcd', env)).toEqual({ path: assets, from: 'KUBEBUILDER_ASSETS' });
});

test('a file that cannot be run is not the component', () => {
  put(join(root, 'path', 'etcd'), 0o644);
  expect(locate('etcd', env).from).toBe('Missing');
});

test.each([
  ['v3.6.99', 'PATH'],
  ['3.6.4-dispatcher', 'PATH'],
  ['v3.5.4', 'Missing'],
  ['v13.6.4', 'Missing'],
  ['v3.60.4', 'Missing'],
])('for v3.6 of etcd, one on PATH that says %s is: %s', (version, from) => {
  inPath('etcd', version);
  expect(locate('etcd', env).from).toBe(from);
});

test('an environment of Python counts when it was completed', () => {
  const folder = cacheFolder(components.moto_server, env);
  put(join(folder, 'bin', 'moto_server'));
  expect(locate('moto_server', env).from).toBe('Missing');
  put(join(folder, '.complete'));
  expect(locate('moto_server', env)).toEqual({ path: join(folder, 'bin', 'moto_server'), from: 'Cache' });
});

test('the oldest Node is never the one that the tests themselves run on', () => {
  inPath('node');
  expect(locate('node', env).from).toBe('Missing');
  put(join(cacheFolder(components.node, env), '.complete'));
  expect(locate('node', env)).toMatchObject({
    path: expect.stringMatching(/node_modules.*\/bin\/node$/),
    from: 'Cache',
  });
});

test('a Python program on PATH is passed over, since its version is anyone’s guess', () => {
  inPath('moto_server');
  expect(locate('moto_server', env).from).toBe('Missing');
});

test('the cache has one folder for each version and each way to build', () => {
  const folders = componentNames.map((name) => cacheFolder(components[name], env));
  expect(new Set(folders).size).toBe(folders.length);
  const other = { ...components.vault, flags: [] };
  expect(cacheFolder(other, env)).not.toBe(cacheFolder(components.vault, env));
});

/** Runs the build with nothing on PATH; gives its exit code and what it said. */
function build() {
  const script = join(import.meta.dirname, '../../e2e/components/build.ts');
  const { status, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  return { status, stderr };
}

test('without Go the build ends with exit code 1 and says what to install', () => {
  const { status, stderr } = build();
  expect(stderr).toContain('go is needed for the real components and does not start');
  expect(stderr).toContain('install Go 1.26 or newer');
  expect(status).toBe(1);
});

test('without npm the build ends with exit code 1 and says what to install', () => {
  for (const name of componentNames) if (components[name].type === 'Go') inAssets(name);
  const { status, stderr } = build();
  expect(stderr).toContain('npm is needed for the real components and does not start');
  expect(status).toBe(1);
});

test('without Python the build ends with exit code 1 and says what to install', () => {
  for (const name of componentNames) if (components[name].type === 'Go') inAssets(name);
  put(join(cacheFolder(components.node, env), '.complete'));
  const { status, stderr } = build();
  expect(stderr).toContain('python3 is needed for the real components and does not start');
  expect(stderr).toContain('install Python 3.11 or newer with its venv module');
  expect(status).toBe(1);
});
