import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { imageStart } from '../../scripts/image-start.ts';
import { components } from '../e2e/components/catalogue.ts';
import { programPath } from '../e2e/components/locate.ts';
import { type OperatorWorld, PATH, startOperatorWorld } from '../integration/operator-world.ts';
import { rendered } from './helm.ts';

const TOP = join(import.meta.dirname, '../..');
const dockerfile = readFileSync(join(TOP, 'Dockerfile'), 'utf8');
const allowed = readFileSync(join(TOP, '.dockerignore'), 'utf8').match(/(?<=^!).*/gm) ?? [];

let folder: string;
let tree: string;
let world: OperatorWorld | undefined;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'image-')));
  tree = join(folder, 'app');
  // As `COPY . .` of the Dockerfile and `npm ci`: nothing but what .dockerignore lets through.
  const source = join(folder, 'source');
  for (const path of allowed) await cp(join(TOP, path), join(source, path), { recursive: true });
  await symlink(join(TOP, 'node_modules'), join(source, 'node_modules'));
  const [, script = '', target = ''] = /node (scripts\/\S+) (\/\S+)$/m.exec(dockerfile) ?? [];
  expect(target).toBe('/app');
  execFileSync(process.execPath, [script, tree], { cwd: source, stdio: ['ignore', 'ignore', 'inherit'] });
});
afterEach(async () => {
  await world?.close();
  world = undefined;
});
afterAll(() => rm(folder, { recursive: true }));

describe('the tree of the image', () => {
  it('holds the packages that its bill of materials lists, all of them and no other', () => {
    const bill = JSON.parse(readFileSync(join(tree, 'sbom.cdx.json'), 'utf8'));
    const listed: readonly string[] = bill.components.map((component: { 'bom-ref': string }) => component['bom-ref']);
    const manifests = globSync('**/node_modules/{*,@*/*}/package.json', { cwd: tree });
    const found = manifests.map((manifest) => {
      const { name, version } = JSON.parse(readFileSync(join(tree, manifest), 'utf8'));
      return `${name}@${version}`;
    });
    expect(new Set(listed)).toEqual(new Set(found));
    expect(listed.length).toBeGreaterThan(50);
  });

  it('holds nothing that is for developers', () => {
    const { devDependencies, optionalDependencies } = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8'));
    const tools = Object.keys({ ...devDependencies, ...optionalDependencies }).filter(
      (name) => !name.startsWith('@types/'),
    );
    expect(tools.flatMap((name) => globSync(`**/node_modules/${name}`, { cwd: tree }))).toEqual([]);
    expect(globSync('{src,test,sandbox,demo}', { cwd: tree })).toEqual([]);
    expect(globSync('dist/**/*.ts', { cwd: tree })).toEqual([]);
  });

  // Each asked to obey; before 25, Node restricts nobody's network.
  it.each([
    ['the Node of the image, which is that of these tests', process.execPath, ['--allow-net']],
    ['the oldest Node that package.json names', programPath('node'), []],
  ])(
    'on %s rotates a key when it may read itself and its kubeconfig, write nothing and start nothing',
    async (_name, node, more) => {
      world = await startOperatorWorld({
        node,
        program: (kubeconfig) => [
          ...['--permission', ...more, `--allow-fs-read=${tree}`, `--allow-fs-read=${kubeconfig}`],
          ...imageStart()
            .entrypoint.slice(1)
            .map((part) => part.replace(/^\/app/, tree)),
        ],
      });
      world.apply(`{apiVersion: apikeyrotation.io/v1alpha1, kind: ApiKeyRotation, metadata: {name: apio, namespace: payments}, spec: {
      issuerRef: {name: apio}, key: {environment: Live, organization: acme, permissions: ["payments:read"]},
      targets: [{name: vault, storeRef: {name: vault}, path: ${PATH}, fields: {key: key}}],
      withoutEvidence: {overlap: 1s}}}`);
      await world.until('the first key', ({ status }) => status?.current !== undefined && !status.rotation);
      world.kube.patch(
        { resource: 'apikeyrotations.apikeyrotation.io', namespace: 'payments', name: 'apio' },
        { type: 'merge', body: { metadata: { annotations: { 'apikeyrotation.io/rotate': 'a' } } } },
      );
      await world.until('the second key', ({ status }) => status?.history?.[0]?.revision === 2 && !status.rotation);
      expect(world.operator.lines().filter((line) => line.includes('ERR_ACCESS_DENIED'))).toEqual([]);
    },
  );
});

it('the oldest Node of these tests is the oldest that package.json names', () => {
  const { engines } = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8'));
  expect(engines.node).toBe(`>=${components.node.version.split('.')[0]}`);
});

describe('the Dockerfile', () => {
  it('runs as the numeric user of the chart, and can be pinned by digest', async () => {
    const [, user, group] = /^USER (\d+):(\d+)$/m.exec(dockerfile) ?? [];
    const pod = (await rendered())
      .split(/^---$/m)
      .map((text) => parse(text))
      .find((object) => object?.kind === 'Deployment').spec.template.spec;
    expect(pod.securityContext).toMatchObject({
      runAsUser: Number(user),
      runAsGroup: Number(group),
      runAsNonRoot: true,
    });
    expect(pod.containers[0].command).toBeUndefined();
    expect(dockerfile.match(/^FROM .*$/gm)?.every((line) => /\$\{\w+_IMAGE\}/.test(line))).toBe(true);
  });

  it('starts a Node of the line that the tests run on', () => {
    const [, line] = /nodejs(\d+)-/.exec(dockerfile) ?? [];
    expect(process.versions.node).toMatch(new RegExp(`^${line}\\.`));
    expect(imageStart().entrypoint[0]).toBe('/nodejs/bin/node');
  });

  it.each(['title', 'description', 'licenses', 'version', 'revision', 'created', 'source'])(
    'labels the image with its %s',
    (label) => {
      expect(dockerfile).toContain(`org.opencontainers.image.${label}="`);
    },
  );
});
