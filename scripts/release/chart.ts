import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument, stringify } from 'yaml';
import type { Version } from './changelog.ts';
import type { Origin } from './origin.ts';

/** Where in a document what is set. */
type Setting = readonly [path: readonly string[], value: unknown];

/** Writes into the folder of the chart where its image, its sources and its runbooks are, and what is new in it. */
export async function stampChart(folder: string, version: string, origin: Origin, news: Version): Promise<void> {
  const { repository, image, charts } = origin;
  const tree = `${repository}/blob/v${version}`;
  await set(join(folder, 'values.yaml'), [
    [['image', 'repository'], image.repository],
    [['image', 'digest'], image.digest],
    [['metrics', 'prometheusRule', 'runbooks'], `${tree}/docs/runbooks/`],
  ]);
  const { name } = await set(join(folder, 'Chart.yaml'), [
    [['home'], repository],
    [['sources'], [repository]],
    [['maintainers'], [maintainerOf(origin)]],
    ...Object.entries(shown(origin, news, tree)).map(
      ([annotation, text]): Setting => [['annotations', `artifacthub.io/${annotation}`], text],
    ),
  ]);
  await stampReadme(join(folder, 'README.md'), `oci://${charts}/${name} --version ${version}`);
}

/** Whoever owns the repository answers for what it publishes. */
function maintainerOf({ repository }: Origin) {
  const url = repository.slice(0, repository.lastIndexOf('/'));
  return { name: url.slice(url.lastIndexOf('/') + 1), url };
}

/** What Artifact Hub shows of a release, as https://artifacthub.io/docs/topics/annotations/helm has it: YAML as text. */
function shown({ repository, image }: Origin, { changes }: Version, tree: string): Readonly<Record<string, string>> {
  const images = [
    {
      name: 'operator',
      image: `${image.repository}@${image.digest}`,
      platforms: ['linux/amd64', 'linux/arm64'],
    },
  ];
  const links = [
    { name: 'documentation', url: `${tree}/docs/README.md` },
    { name: 'changelog', url: `${tree}/CHANGELOG.md` },
    { name: 'support', url: `${repository}/issues` },
  ];
  const text = (value: unknown) => stringify(value, { lineWidth: 0 });
  return {
    images: text(images),
    links: text(links),
    changes: text(changes),
    containsSecurityUpdates: `${changes.some(({ kind }) => kind === 'security')}`,
  };
}

/** Sets values in a file, and keeps its comments. Answers what it says then. */
async function set(file: string, settings: readonly Setting[]) {
  const document = parseDocument(await readFile(file, 'utf8'));
  for (const [path, value] of settings) document.setIn(path, value);
  await writeFile(file, document.toString({ lineWidth: 0 }));
  return document.toJS();
}

/** From the chart in the tree, whose image the reader builds, to the published one, which knows its image. */
async function stampReadme(file: string, published: string): Promise<void> {
  const readme = await readFile(file, 'utf8');
  const steps: readonly (readonly [RegExp, string])[] = [
    [/(?<=^helm install \S+ )charts\/\S+/m, published],
    [/ \\\n +--set image\.repository=<[^>]+>$/m, ''],
    [/There is no published image yet\. /, ''],
  ];
  for (const [pattern] of steps) if (!pattern.test(readme)) throw new Error(`${file} has nothing like ${pattern}`);
  await writeFile(
    file,
    steps.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), readme),
  );
}
