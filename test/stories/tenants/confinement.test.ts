import { describe, expect, test } from 'vitest';
import type { RotationStatus } from '../../../src/api/types.ts';
import { restore, writeOutside } from '../world/outsiders.ts';
import { OBJECT } from '../world/story.ts';
import { PODS } from '../world/world.ts';
import { beginShared, grantPaths, otherTenant, outsideCalls, PATHS, SPEC } from './shared.ts';

const HOUR_MS = 3_600_000;
const VICTIM = 'team-a/apio';

/** The same status, in which every place is another one. */
function aimedAt(status: RotationStatus, path: string): RotationStatus {
  return JSON.parse(JSON.stringify(status).replaceAll('"payments/apio"', JSON.stringify(path)));
}

describe("a status that somebody has aimed at another team's path", () => {
  test.each([
    VICTIM,
    'payments/../team-a/apio',
    'payments/..%2fteam-a/apio',
    'payments//apio',
    '../secret/data/team-a/apio',
  ])('at rest, %s: it is neither read nor written for a copy, a deletion or a rotation', async (path) => {
    const story = beginShared({ spec: { deletionPolicy: 'Retain' }, exempt: ['S4'] });
    await story.firstKey();
    const value = { key: story.world.apio.keys.at(-1)?.text ?? '' };
    writeOutside(story.world, VICTIM, value);
    const seen = readsOf(story);
    restore(story, aimedAt(story.status(), path));
    story.change({ targets: [...SPEC.targets, { ...SPEC.targets[0], name: 'copy', path: 'payments/copy' }] });
    await story.pass(HOUR_MS);
    expect([...seen].filter((each) => !each.startsWith('payments/') || each === path)).toEqual([]);
    expect(story.world.vault.serving('secret', VICTIM)).toEqual(value);
  });

  test('in a rotation: it waits and says why', async () => {
    const story = beginShared({ exempt: ['S4'] });
    await story.firstKey();
    story.annotate({ rotate: 'a' });
    await story.published();
    const seen = readsOf(story);
    restore(story, aimedAt(story.status(), VICTIM));
    story.consume(...PODS);
    await story.told('NotGranted');
    expect(story.tells('Rotating')).toContain(
      'target vault: ClusterKeyStore shared grants namespace payments only what is below payments/, and not path team-a/apio',
    );
    expect([...seen].filter((path) => path === VICTIM)).toEqual([]);
    expect(story.live()).toHaveLength(2);
  });
});

describe("a name that leads into another team's namespace", () => {
  const victim = { issuer: `${OBJECT.namespace}/apio`, store: `${OBJECT.namespace}/vault` };

  test.each([
    { issuerRef: { kind: 'ClusterApiKeyIssuer', name: victim.issuer } },
    { targets: [{ name: 'vault', storeRef: { kind: 'ClusterKeyStore', name: victim.store }, path: 'thief/key' }] },
  ])('is taken by no API server: %j', async (change) => {
    const story = beginShared();
    await story.firstKey();
    const spec = { ...SPEC, key: { environment: 'Live', permissions: ['payments:read'] }, ...change };
    expect(() => otherTenant(story, 'thief', { ...spec, withoutEvidence: { overlap: '1h' } })).toThrow('should match');
  });

  test('leads nowhere where it stands in a status', async () => {
    const story = beginShared();
    await story.firstKey();
    story.annotate({ rotate: 'a' });
    await story.published();
    const forged = JSON.stringify(story.status())
      .replaceAll('"storeName":"shared"', `"storeName":"${victim.store}"`)
      .replaceAll('"name":"shared"', `"name":"${victim.issuer}"`);
    const before = outsideCalls(story).length;
    restore(story, JSON.parse(forged));
    story.consume(...PODS);
    await story.pass(60_000);
    expect(outsideCalls(story)).toHaveLength(before);
    expect(story.live()).toHaveLength(2);
  });
});

describe('two rotations on one path of the cluster', () => {
  const both = ['payments', 'team-a'].map((namespace) => ({ namespaces: [namespace], pathPrefix: 'payments/' }));
  const tenant = {
    ...SPEC,
    key: { environment: 'Live', permissions: ['payments:read'] },
    withoutEvidence: { overlap: '1h' },
  };

  test('the older one works, and the other is told so without the name of the other namespace', async () => {
    const story = beginShared();
    grantPaths(story, both);
    otherTenant(story, 'team-a', tenant);
    await story.pass(1_000);
    story.create();
    await story.told('Conflict');
    expect(story.tells('Stalled')).toBe(
      'Conflict: a rotation of another namespace is older and writes the same path; choose another path in spec.targets, or ask who sees all namespaces which one it is (kubectl get akr -A)',
    );
  });

  test('the older one is seen also where it was there before the store', async () => {
    const story = beginShared();
    grantPaths(story, both);
    const putBack = takeStore(story);
    // Its status says the same with a store and without one: of its place nobody hears but from the store.
    otherTenant(story, 'team-a', { ...tenant, suspend: true });
    await story.pass(1_000);
    putBack();
    await story.pass(1_000);
    story.create();
    await story.told('Conflict');
    expect(story.tells('Stalled')).toContain('is older and writes the same path');
    expect(story.issued()).toBe(0);
  });

  test('who names a path without a grant is in nobody’s way', async () => {
    const story = beginShared();
    grantPaths(story, [PATHS]);
    otherTenant(story, 'team-a', tenant);
    await story.pass(1_000);
    await story.firstKey();
    const [other] = story.world.kube.list({ resource: 'apikeyrotations.apikeyrotation.io', namespace: 'team-a' }).items;
    expect(JSON.stringify(other?.status)).toContain('NotGranted');
    expect(outsideCalls(story).filter((call) => call === 'issuer issue')).toHaveLength(1);
    expect(story.wrong()).toEqual([]);
  });
});

/** Deletes the store of the cluster; what it answers makes it again. */
function takeStore({ world: { kube } }: ReturnType<typeof beginShared>): () => void {
  const resource = 'clusterkeystores.apikeyrotation.io';
  const { apiVersion, kind, metadata, spec } = kube.get({ resource, name: 'shared' });
  kube.delete({ resource, name: 'shared' });
  return () => void kube.create({ resource }, { apiVersion, kind, metadata: { name: metadata.name }, spec });
}

/** The paths that Vault is asked for from now on. */
function readsOf({ world: { vault } }: ReturnType<typeof beginShared>): Set<string> {
  const seen = new Set<string>();
  const handle = vault.handle.bind(vault);
  vault.handle = (request) => {
    seen.add(request.path.replace(/^secret\/[a-z]+\//, ''));
    return handle(request);
  };
  return seen;
}
