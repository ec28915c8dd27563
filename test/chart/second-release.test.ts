import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { closeAfterAll } from '../e2e/components/close-after-all.ts';
import { type ControlPlane, startControlPlane } from '../e2e/components/control-plane.ts';
import { type ClusterObject, collectionOf } from '../e2e/world/cluster.ts';
import { typeAs } from '../e2e/world/person.ts';
import { OPERATOR } from '../integration/documented-roles.ts';
import { documented, documentedText } from '../integration/documents/block.ts';
import { createRelease, type Release } from './helm.ts';
import { type Manifest, manifestOf } from './values/manifest.ts';
import { TOGETHER } from './values/together.ts';

const titles = (objects: readonly ClusterObject[]) =>
  objects.map(({ kind, metadata: { name, namespace = '' } }) => `${kind} ${namespace}/${name}`);

const VALUES = documented('charts/apikey-rotation-operator/README.md “A second release in one cluster” yaml');
const [OF_FIRST = '', OF_SECOND = ''] = VALUES.map(({ text }) => text);
const TO_INSTALL = documentedText('charts/apikey-rotation-operator/README.md “A second release in one cluster” sh 1');
const OF_SECOND_ALONE = documentedText('charts/apikey-rotation-operator/README.md “When the first one goes” yaml 1');
const TO_TAKE_OVER = documentedText('charts/apikey-rotation-operator/README.md “When the first one goes” sh 1');
const SECOND = `${OPERATOR.name}-billing`;

interface Owned {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
}

/** The namespaces that the operator of a release watches; `*`: all. */
function watchedBy({ at }: Manifest, name: string): readonly string[] {
  const args = at(`Deployment ${name}: spec.template.spec.containers.0.args`) as readonly string[];
  return (
    args
      .find((arg) => arg.startsWith('--namespace='))
      ?.replace('--namespace=', '')
      .split(',') ?? ['*']
  );
}

test('a second release with the values of the README shares nothing with the first one but the account, and no namespace', async () => {
  const first = await manifestOf(parse(OF_FIRST));
  const second = await manifestOf(parse(OF_SECOND), SECOND);
  expect(titles(second.objects).filter((title) => titles(first.objects).includes(title))).toEqual([]);
  expect(second.at(`Deployment ${SECOND}: spec.template.spec.serviceAccountName`)).toBe(OPERATOR.name);
  const watched = [...watchedBy(first, OPERATOR.name), ...watchedBy(second, SECOND)];
  expect(watched).toEqual([...new Set(watched)]);
  expect(watched).not.toContain('*');
});

describe('a second release', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane();
    for (const name of ['payments', 'billing'])
      await plane.request('POST', '/api/v1/namespaces', { metadata: { name } });
    await plane.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'alice' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'User', name: 'alice' }],
    });
  });
  closeAfterAll(() => ({ close: (options) => plane.stop(options) }));

  /** Types the commands of a block, with these files in the folder; answers what kubectl says. */
  async function typeAll(release: Release, block: string, files: Readonly<Record<string, string>>) {
    for (const [file, text] of Object.entries(files)) await writeFile(`${plane.folder}/${file}`, text);
    let said = '';
    for (const command of block
      .trim()
      .replaceAll(/ \\\n */g, ' ')
      .split('\n')) {
      const inFolder = command.replace('--values ', `--values ${plane.folder}/`);
      if (command.startsWith('helm ')) await release.type(inFolder);
      else said += await typeAs({ plane }, 'alice', command);
    }
    return said;
  }

  test('it takes over all that goes with the first one, by the commands of the README', async () => {
    const release = await createRelease(plane);
    const { objects: cluster } = await manifestOf(parse(OF_FIRST));
    const shared = cluster.filter(
      ({ kind, metadata: { name } }) => kind === 'ServiceAccount' || /apikeyrotation(\.io|-\w+)$/.test(name),
    );
    await release.install();
    await typeAll(release, TO_INSTALL, { 'payments.yaml': OF_FIRST, 'billing.yaml': OF_SECOND });
    const said = await typeAll(release, TO_TAKE_OVER, { 'billing.yaml': OF_SECOND_ALONE });
    expect(said).toBe(`deployment.apps/${SECOND} restarted\n`);
    const owners = shared.map(async (object) => {
      const { body } = await plane.request('GET', `${collectionOf(object)}/${object.metadata.name}`);
      return (body as Owned).metadata.annotations['meta.helm.sh/release-name'];
    });
    expect(new Set(await Promise.all(owners))).toEqual(new Set([SECOND]));
    expect(shared.length).toBeGreaterThan(10);
  });
});

/** Helm takes no longer name of a release. */
const LONGEST = 'a'.repeat(53);

test.each([
  ['apikey-rotation', 'apikey-rotation-apikey-rotation-operator'],
  ['keys', 'keys-apikey-rotation-operator'],
  ['keys-apikey-rotation-operator-2', 'keys-apikey-rotation-operator-2'],
  ['team-payments-of-the-northern-division', 'team-payments-of-the-northern-division-apikey-rotatio'],
  [LONGEST, LONGEST],
])('release %s has Deployment %s, and no name that is longer than a label may be', async (release, name) => {
  const { objects, at } = await manifestOf(TOGETHER, release);
  expect(at(`Deployment ${name}`)).toBe('there');
  const own = objects.map(({ metadata }) => metadata.name).filter((other) => other.startsWith(name));
  expect(own.length).toBeGreaterThan(10);
  expect(own.filter((other) => other.length > 63)).toEqual([]);
});

test('two releases whose long names differ in their last letter have no name in common but those of the cluster', async () => {
  const releases = [LONGEST, `${LONGEST.slice(1)}b`];
  const [one, other] = await Promise.all(
    releases.map(async (release) => titles((await manifestOf({}, release)).objects)),
  );
  const common = one?.filter((title) => other?.includes(title)) ?? [];
  expect(common.filter((title) => !/apikeyrotation(\.io|-\w+)$/.test(title))).toEqual([]);
  expect(common.length).toBeGreaterThan(0);
});
