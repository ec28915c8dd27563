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
  await set(join(folder, 'values.yaml'), [
    [['image', 'repository'], image.repository],
    [['image', 'digest'], image.digest],
    [['metrics', 'prometheusRule', 'runbooks'], `${treeOf(origin, version)}/docs/runbooks/`],
  ]);
  const { name } = await set(join(folder, 'Chart.yaml'), [
    [['home'], repository],
    [['sources'], [repository]],
    [['maintainers'], [maintainerOf(origin)]],
    ...Object.entries(shown(origin, version, news)).map(
      ([annotation, text]): Setting => [['annotations', `artifacthub.io/${annotation}`], text],
    ),
  ]);
  await edit(join(folder, 'README.md'), [
    [/(?<=^helm (?:install|upgrade) \S+ )charts\/\S+/gm, `oci://${charts}/${name} --version ${version}`],
    [/ \\\n +--set image\.repository=\S+$/gm, ''],
    [/<!-- tree: .*?<!-- end of tree -->\n\n/s, ''],
    [/(?<=\]\()\.\.\/\.\.(?=\/)/g, treeOf(origin, version)],
  ]);
}

const treeOf = ({ repository }: Origin, version: string) => `${repository}/blob/v${version}`;

/** Whoever owns the repository answers for what it publishes. */
function maintainerOf({ repository }: Origin) {
  const url = repository.slice(0, repository.lastIndexOf('/'));
  return { name: url.slice(url.lastIndexOf('/') + 1), url };
}

/** What Artifact Hub shows of a release, as https://artifacthub.io/docs/topics/annotations/helm has it: YAML as text. */
function shown(origin: Origin, version: string, { changes }: Version): Readonly<Record<string, string>> {
  const { repository, image } = origin;
  const tree = treeOf(origin, version);
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
    // Until 1.0.0 what people rely on may change.
    prerelease: `${/^0\.|-/.test(version)}`,
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

/** Replaces what each pattern finds, and throws where one finds nothing. */
async function edit(file: string, steps: readonly (readonly [RegExp, string])[]): Promise<void> {
  let text = await readFile(file, 'utf8');
  for (const [pattern, replacement] of steps) {
    const next = text.replace(pattern, replacement);
    if (next === text) throw new Error(`${file} has nothing like ${pattern}: mend it, or scripts/release/chart.ts`);
    text = next;
  }
  await writeFile(file, text);
}
