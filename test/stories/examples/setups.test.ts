import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { KvMount } from '../../../sandbox/vault/engine/kv.ts';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import type { Adapters } from '../../../src/operator/adapters.ts';
import type { KeyStore } from '../../../src/stores/port.ts';
import { createKvStore } from '../../doubles/kv-store.ts';
import { createMemoryIssuer } from '../../doubles/memory-issuer.ts';
import { NAMESPACE } from '../world/places.ts';
import { type AdapterParts, createWorld, type World } from '../world/world.ts';

const SETUPS = join(import.meta.dirname, '../../../examples/setups');
const FOLDERS = readdirSync(SETUPS, { withFileTypes: true }).flatMap((each) => (each.isDirectory() ? [each.name] : []));
const GROUPS: Readonly<Record<string, string>> = {
  'rbac.authorization.k8s.io/v1': 'rbac.authorization.k8s.io',
  'apps/v1': 'apps',
};
const HOUR_MS = 3_600_000;

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function manifestsOf(folder: string): Manifest[] {
  const files = readdirSync(join(SETUPS, folder)).filter((file) => file.endsWith('.yaml'));
  const text = files.map((file) => readFileSync(join(SETUPS, folder, file), 'utf8')).join('\n---\n');
  return parseAllDocuments(text).map((document) => document.toJS());
}

/** A mount of its own for each store, and the Live world for each environment. */
function adaptersOf({ apio, clock }: AdapterParts): Adapters {
  const manager = apio.createManager('Live', 'acme');
  const issuer = createMemoryIssuer(apio, manager.text, {
    call: async (_name, execute) => execute(),
    isDead: () => false,
  });
  const stores = new Map<string, KeyStore>();
  const newStore = (name: string) => {
    const mount = new KvMount(
      () => clock.now(),
      () => {},
    );
    return createKvStore(`memory:${name}`, mount, async (_kind, _path, execute) => execute());
  };
  return {
    issuer: () => issuer,
    store({ metadata: { name } }) {
      const store = stores.get(name) ?? newStore(name);
      stores.set(name, store);
      return store;
    },
    forget() {},
  };
}

/** The world without the objects that stories begin with. */
function emptyWorld(): World {
  const world = createWorld({ seed: 1, adapters: adaptersOf, cluster: { secretsIn: 'operator' } });
  for (const [resource, name] of [
    ['apikeyissuers.apikeyrotation.io', 'apio'],
    ['keystores.apikeyrotation.io', 'vault'],
  ] as const)
    world.kube.delete({ resource, namespace: NAMESPACE, name });
  return world;
}

function apply(world: World, manifest: Manifest): object {
  const group = GROUPS[manifest.apiVersion] ?? manifest.apiVersion.split('/')[0];
  const resource = `${manifest.kind.toLowerCase()}s.${group}`;
  const body = JSON.parse(JSON.stringify(manifest));
  const { namespace } = manifest.metadata;
  const collection = namespace === undefined ? { resource } : { resource, namespace };
  return world.kube.create(collection, body, { fieldValidation: 'Strict' });
}

function rotationsIn({ kube }: World): ApiKeyRotation[] {
  const { items } = kube.list({ resource: 'apikeyrotations.apikeyrotation.io', namespace: NAMESPACE });
  return items as unknown as ApiKeyRotation[];
}

const isReady = ({ status }: ApiKeyRotation) =>
  status?.conditions?.some(({ type, status: now }) => type === 'Ready' && now === 'True') ?? false;

describe.each(FOLDERS)('examples/setups/%s', (folder) => {
  const manifests = manifestsOf(folder);

  test('is taken by the API server, and stored as it is written', () => {
    const world = emptyWorld();
    for (const manifest of manifests) expect(apply(world, manifest)).toMatchObject({ ...manifest });
  });

  test('gets its first keys from the operator', async () => {
    const world = emptyWorld();
    for (const manifest of manifests) apply(world, manifest);
    world.start();
    const live = () => rotationsIn(world).filter(({ spec }) => spec.key.environment === 'Live');
    expect(live()).toHaveLength(1);
    await world.clock.runUntil(() => live().every(isReady), HOUR_MS);
    const [rotation] = live();
    expect(rotation?.status?.current?.targets.map(({ name }) => name)).toEqual(
      rotation?.spec.targets.map(({ name }) => name),
    );
    await world.stop();
  });
});

test('the index names every set-up', () => {
  const named = [...readFileSync(join(SETUPS, 'README.md'), 'utf8').matchAll(/^\| \[([a-z-]+)\]/gm)].map(
    ([, name]) => name,
  );
  expect(named.toSorted()).toEqual(FOLDERS.toSorted());
});
