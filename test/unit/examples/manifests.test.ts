import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { parseSchedule, type ScheduleSpec } from '../../../src/schedule/parse-schedule.ts';

const TOP = join(import.meta.dirname, '../../..');
const GROUP = 'apikeyrotation.io';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly issuerRef?: { readonly name: string };
    readonly targets?: readonly { readonly storeRef: { readonly name: string } }[];
    readonly schedule?: ScheduleSpec;
  };
}

function read(path: string): string {
  return readFileSync(join(TOP, path), 'utf8');
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(join(TOP, folder)).filter((file) => file.endsWith('.yaml'));
}

/** All manifests of a text, with an address of its own in place of each `${PLACEHOLDER_URL}`. */
function manifestsOf(text: string): readonly Manifest[] {
  const filled = text.replace(
    /\$\{([A-Z_]+)_URL\}/g,
    (_, name: string) => `http://${name.toLowerCase().replaceAll('_', '-')}.test`,
  );
  return parseAllDocuments(filled).map((document) => document.toJS());
}

function blocksOf(page: string): readonly string[] {
  return [...read(page).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block]) => block ?? '');
}

/** An API server with our CRDs and the namespaces that the manifests are in. */
function apiServer(namespaces: readonly string[]): KubeEngine {
  let ids = 0;
  const kube = new KubeEngine({ now: () => Date.UTC(2026, 0, 1), uuid: () => `id-${ids++}` });
  for (const file of filesOf('crds')) {
    kube.create({ resource: 'customresourcedefinitions.apiextensions.k8s.io' }, parse(read(`crds/${file}`)));
  }
  for (const name of new Set(namespaces)) {
    kube.create({ resource: 'namespaces' }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  return kube;
}

/** What an object says beside what only the API server and controllers write. */
function declared({ metadata, ...rest }: object & { metadata?: object }): object {
  const { labels, annotations } = metadata as Record<string, object>;
  const { status: _, ...said } = rest as Record<string, unknown>;
  return { ...said, labels, annotations };
}

function apply(kube: KubeEngine, manifest: Manifest): object {
  const collection = { resource: `${manifest.kind.toLowerCase()}s.${GROUP}`, namespace: manifest.metadata.namespace };
  return kube.create(collection, JSON.parse(JSON.stringify(manifest)), { fieldValidation: 'Strict' });
}

describe.each([
  ['README.md', () => blocksOf('README.md').flatMap(manifestsOf)],
  ['examples/demo', () => filesOf('examples/demo').flatMap((file) => manifestsOf(read(`examples/demo/${file}`)))],
])('the manifests of %s', (_place, load) => {
  const manifests = load();
  const rotations = manifests.filter(({ kind }) => kind === 'ApiKeyRotation');

  it('are an issuer, a store and a rotation that the API server takes without an unknown field', () => {
    const kube = apiServer(manifests.map(({ metadata }) => metadata.namespace));
    for (const manifest of manifests) apply(kube, manifest);
    expect(manifests.map(({ kind }) => kind)).toEqual(['ApiKeyIssuer', 'KeyStore', 'ApiKeyRotation']);
  });

  it('are stored as they are written, so that Argo CD has no difference to ignore', () => {
    const kube = apiServer(manifests.map(({ metadata }) => metadata.namespace));
    for (const manifest of manifests) expect(declared(apply(kube, manifest))).toEqual(declared(manifest));
  });

  it('name each other', () => {
    const has = (kind: string, name: string) => manifests.some((m) => m.kind === kind && m.metadata.name === name);
    for (const { spec } of rotations) {
      expect(has('ApiKeyIssuer', spec.issuerRef?.name ?? '')).toBe(true);
      expect(spec.targets?.map(({ storeRef }) => has('KeyStore', storeRef.name))).toEqual([true]);
    }
  });

  it('have a schedule that fires', () => {
    expect(rotations.map(({ spec }) => spec.schedule && parseSchedule(spec.schedule).ok)).toEqual([true]);
  });
});

describe.each(['docs/stores-aws.md', 'docs/stores-vault.md'])('the stores of %s', (page) => {
  const stores = blocksOf(page)
    .flatMap(manifestsOf)
    .filter(({ kind }) => kind === 'KeyStore');

  it('are taken by the API server, and stored as they are written', () => {
    expect(stores).not.toEqual([]);
    const kube = apiServer(stores.map(({ metadata }) => metadata.namespace));
    for (const store of stores) expect(declared(apply(kube, store))).toEqual(declared(store));
  });
});

describe('the recipes for vendors', () => {
  const recipes = filesOf('examples/issuers');

  it.each(recipes)('%s is one issuer that the API server takes, and stores as it is written', (file) => {
    const [issuer, ...more] = manifestsOf(read(`examples/issuers/${file}`));
    if (!issuer) throw new Error(`${file} is empty`);
    expect([issuer.kind, issuer.metadata.name, more]).toEqual(['ApiKeyIssuer', file.replace('.yaml', ''), []]);
    expect(declared(apply(apiServer([issuer.metadata.namespace]), issuer))).toEqual(declared(issuer));
  });

  it.each(recipes)('%s says what a rotation has to say, and has traps', (file) => {
    const text = read(`examples/issuers/${file}`);
    expect(text).toMatch(/^# {3}spec\.key of a rotation: \{environment: Live, permissions: \[/m);
    expect(text).toMatch(/^# Traps:\n# - /m);
  });

  it('are those that the index names', () => {
    const named = [...read('examples/issuers/README.md').matchAll(/\]\(([a-z-]+\.yaml)\)/g)].map(([, file]) => file);
    expect(named.toSorted()).toEqual(recipes.toSorted());
  });
});

it('the API server of these tests refuses a field that the CRD does not have, by its name', () => {
  const [issuer] = manifestsOf(read('examples/demo/01-issuer.yaml'));
  if (!issuer) throw new Error('01-issuer.yaml is empty');
  const wrong: Manifest = { ...issuer, spec: { ...issuer.spec, ...{ region: 'eu' } } };
  expect(() => apply(apiServer(['demo']), wrong)).toThrow(/spec\.region/);
});
