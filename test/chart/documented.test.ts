import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { ClusterObject } from '../e2e/world/cluster.ts';
import { documentedBlocks, OPERATOR } from '../integration/documented-roles.ts';
import { documented, documentedText, PAGES } from '../integration/documents/block.ts';
import { OBJECTS } from '../integration/documents/shell-objects.ts';
import { CHART, helm, rendered, type Values } from './helm.ts';
import { type Manifest, manifestOf } from './values/manifest.ts';

const TOP = join(CHART, '../..');
const OTHERS = ['charts/**/*.yaml', '{config,examples}/**/*.yaml', '{src,packages/*/src}/**/*.ts'];

/** All that is written for people, each command in one line. */
const WRITTEN = [...PAGES, ...globSync(OTHERS, { cwd: TOP })]
  .map((file) => readFileSync(join(TOP, file), 'utf8'))
  .join('\n')
  .replaceAll(/ *\\\n */g, ' ');

/** Where something of the operator is named, and its kind; without a namespace it is the one that the release is in. */
const MENTIONS: Readonly<Record<string, readonly [kind: string, pattern: RegExp]>> = {
  'Deployment of a command': ['Deployment', /\bdeploy(?:ments?)?[ /](?<name>apikey-rotation[\w-]*)/g],
  'ClusterRole that is bound or spoken of': [
    'ClusterRole',
    /(?:--clusterrole=|ClusterRole `?)(?<name>apikey-?rotation[\w-]+)/g,
  ],
  'Service that is called': ['Service', /https?:\/\/(?<name>[\w-]+)\.(?<namespace>apikey[\w-]*)\.svc\b/g],
  'account that is given a role': [
    'ServiceAccount',
    /ServiceAccount, name: (?<name>apikey[\w-]*), namespace: (?<namespace>[\w-]+)/g,
  ],
  'account that is made by hand': [
    'ServiceAccount',
    /ServiceAccount\nmetadata:\n {2}name: (?<name>apikey[\w-]*)\n {2}namespace: (?<namespace>.+)/g,
  ],
  'account of a command or a policy': [
    'ServiceAccount',
    /serviceaccount[:=](?<namespace>apikey[\w-]*):(?<name>[\w-]+)/g,
  ],
  'account that a second release runs as': [
    'ServiceAccount',
    /serviceAccount: \{ create: false, name: (?<name>[\w-]+)/g,
  ],
  'namespace of a command': ['Namespace', /kubectl .*?(?:-n|--namespace)[ =](?<name>apikey[\w-]*)/g],
};

/** What is told to helm beside the name of the release, but for what no name of an object hangs on. */
const flagsOf = (words: string) =>
  words.replace(/ charts\/\S+| --(?:create-namespace|take-ownership)| --set (?:image|rbac)\.\w+=\S+/g, '').trim();

describe('the release that the pages install', () => {
  test.each(['install', 'uninstall'])('is the one that is tested here: helm %s', (verb) => {
    const commands = [...WRITTEN.matchAll(new RegExp(`^ *helm ${verb} (\\S+)(.*?)( --values .*)?$`, 'gm'))];
    const first = commands.filter(([, , , values]) => values === undefined);
    expect(first).not.toEqual([]);
    for (const [, name, words = ''] of first)
      expect(`${name} ${flagsOf(words)}`).toBe(`${OPERATOR.name} --namespace ${OPERATOR.namespace}`);
  });

  let release: Manifest;
  let known: ReadonlySet<string>;
  beforeAll(async () => {
    release = await manifestOf();
    const objects = [...release.objects, ...objectsIn(documentedBlocks.join('---\n'))];
    known = new Set(objects.map(({ kind, metadata: { name, namespace } }) => titleOf(kind, name, namespace)));
  });

  test.each(Object.entries(MENTIONS))('has every %s', (_what, [kind, pattern]) => {
    const place = ['ClusterRole', 'Namespace'].includes(kind) ? undefined : OPERATOR.namespace;
    const mentioned = [...WRITTEN.matchAll(pattern)].map(({ groups }) =>
      titleOf(kind, groups?.name ?? '', groups?.namespace ?? place),
    );
    expect(mentioned).not.toEqual([]);
    expect(mentioned.filter((title) => !known.has(title))).toEqual([]);
  });

  test('has the Deployment, and pods with the labels, that the commands of the pages are tested with', () => {
    const isOperator = ({ metadata }: ClusterObject) => metadata.name.startsWith(OPERATOR.name);
    const [deployment, pod] = ['Deployment', 'Pod'].map((kind) =>
      objectsIn(OBJECTS).find((object) => object.kind === kind && isOperator(object)),
    );
    const ofRelease = `Deployment ${OPERATOR.name}: spec`;
    expect(deployment).toMatchObject({ metadata: OPERATOR, spec: { selector: release.at(`${ofRelease}.selector`) } });
    expect(release.at(`${ofRelease}.template.metadata.labels`)).toMatchObject(pod?.metadata.labels ?? {});
    expect(pod?.metadata).toMatchObject({ namespace: OPERATOR.namespace, labels: expect.anything() });
  });
});

const objectsIn = (text: string): readonly ClusterObject[] =>
  parseAllDocuments(text).map((document) => document.toJS());
const titleOf = (kind: string, name: string, namespace = '') => `${kind} ${namespace}/${name}`;

test.each(documented('charts/apikey-rotation-operator/README.md yaml'))(
  'the chart takes the values of $name',
  async (block) => {
    // What a reader replaces by their own.
    const values = parse(block.text.replaceAll(/<[^>]+>/g, 'mine'));
    await expect(rendered(values)).resolves.toContain('kind: Deployment');
  },
);

interface Installing {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly values?: Values;
    readonly destination?: { readonly namespace: string };
    readonly source?: { readonly helm: { readonly valuesObject: Values } };
  };
}

test.each(['HelmRelease', 'Application'])(
  'the %s of the page about GitOps installs the documented release, and the chart takes its values',
  async (kind) => {
    const blocks = documented('docs/gitops/README.md yaml').flatMap(({ text }) => parseAllDocuments(text));
    const objects = blocks.map((document): Installing => document.toJS());
    const { metadata, spec } = objects.find((object) => object.kind === kind) ?? expect.fail(`no ${kind}`);
    expect({ name: metadata.name, namespace: spec.destination?.namespace ?? metadata.namespace }).toEqual(OPERATOR);
    const { at } = await manifestOf(spec.values ?? spec.source?.helm.valuesObject);
    const image = at(`Deployment ${OPERATOR.name}: spec.template.spec.containers.0.image`);
    expect(image).toMatch(/^registry\.example\.com\//);
  },
);

test('helm takes the command of the README', async () => {
  const command = documentedText('charts/apikey-rotation-operator/README.md “The chart” sh 1');
  const [program, ...words] = command.replaceAll('\\\n', ' ').trim().split(/ +/);
  expect(program).toBe('helm');
  await expect(helm([...words, '--dry-run=client'])).resolves.toContain('STATUS: pending-install');
});
