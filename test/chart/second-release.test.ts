import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ClusterObject } from '../e2e/world/cluster.ts';
import { OPERATOR } from '../integration/documented-roles.ts';
import { documentedText } from '../integration/documents/block.ts';
import { manifestOf } from './values/manifest.ts';
import { TOGETHER } from './values/together.ts';

const titles = (objects: readonly ClusterObject[]) =>
  objects.map(({ kind, metadata: { name, namespace = '' } }) => `${kind} ${namespace}/${name}`);

test('a second release with the values of the README shares nothing with the first one but the account', async () => {
  const values = documentedText('charts/apikey-rotation-operator/README.md “A second release in one cluster” yaml 1');
  const command = documentedText('charts/apikey-rotation-operator/README.md “A second release in one cluster” sh 1');
  const [, name = ''] = /^helm install (\S+)/.exec(command) ?? [];
  const first = await manifestOf({ rbac: { namespaces: ['payments'] } });
  const second = await manifestOf(parse(values), name);
  expect(titles(second.objects).filter((title) => titles(first.objects).includes(title))).toEqual([]);
  expect(second.at(`Deployment ${name}: spec.template.spec.serviceAccountName`)).toBe(OPERATOR.name);
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
