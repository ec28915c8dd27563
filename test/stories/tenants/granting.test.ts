import { describe, expect, test } from 'vitest';
import { issueByHand, writeOutside } from '../world/outsiders.ts';
import { begin } from '../world/story.ts';
import { PATH, PODS } from '../world/world.ts';
import { beginShared, grantKeys, grantPaths, KEYS, outsideCalls, PATHS, SPEC } from './shared.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const ASK = 'ask whoever manages it for an entry of its spec.grants for namespace payments';
const EDIT_ISSUER = '(kubectl edit clusterapikeyissuer shared)';
const EDIT_STORE = '(kubectl edit clusterkeystore shared)';

test('a key that is granted is issued, published and replaced as any other, and status says where it is from', async () => {
  const story = beginShared();
  await story.firstKey();
  story.annotate({ rotate: 'a' });
  await story.published();
  story.consume(...PODS);
  await story.done(2);
  expect(story.status().current).toMatchObject({
    issuer: { kind: 'ClusterApiKeyIssuer', name: 'shared' },
    targets: [{ storeKind: 'ClusterKeyStore', storeName: 'shared', path: 'payments/apio' }],
  });
  expect(story.live()).toEqual([story.serves()]);
  expect(story.wrong()).toEqual([]);
});

test('a rotation that moves from the issuer of the cluster to one of its own has its old key revoked where it is from', async () => {
  const story = beginShared();
  await story.firstKey();
  story.change({ issuerRef: { kind: null, name: 'apio' } });
  await story.told('NotGranted');
  story.change({ targets: [{ name: 'vault', storeRef: { name: 'vault' }, path: 'payments/apio' }] });
  await story.published(2);
  expect(story.status().rotation?.oldKey?.issuer).toMatchObject({ kind: 'ClusterApiKeyIssuer', name: 'shared' });
  expect(story.status().rotation?.plan.issuer).toMatchObject({ kind: 'ApiKeyIssuer', name: 'apio' });
  story.consume(...PODS);
  await story.done(2);
  expect(story.live()).toEqual([story.serves()]);
  expect(story.wrong()).toEqual([]);
});

const KEY = { environment: 'Live', organization: 'acme', permissions: ['payments:read'] };
const target = (path: string) => [{ ...SPEC.targets[0], path }];

describe('what no grant covers waits, calls nobody, and begins at once when it is granted:', () => {
  test.each<[string, string, object, Parameters<typeof grantKeys>[1]]>([
    [
      'an issuer without grants',
      `spec.issuerRef: ClusterApiKeyIssuer shared grants no keys to namespace payments; ${ASK} ${EDIT_ISSUER}`,
      {},
      [],
    ],
    [
      'an issuer that has grants for others',
      `spec.issuerRef: ClusterApiKeyIssuer shared grants no keys to namespace payments; ${ASK} ${EDIT_ISSUER}`,
      {},
      [{ ...KEYS, namespaces: ['payment', 'payments-*'] }],
    ],
    [
      'a permission',
      `spec.key.permissions: ClusterApiKeyIssuer shared grants no key with refunds:write to namespace payments; ${ASK} whose permissions cover refunds:write ${EDIT_ISSUER}`,
      { key: { ...KEY, permissions: ['payments:read', 'refunds:write'] } },
      [KEYS],
    ],
    [
      'an organization',
      `spec.key.organization: ClusterApiKeyIssuer shared grants no key with acme to namespace payments; ${ASK} whose organizations cover acme ${EDIT_ISSUER}`,
      {},
      [{ ...KEYS, organizations: ['globex', '{{namespace}}-acme'] }],
    ],
    [
      'a key without organization, where organizations are granted',
      `spec.key.organization: ClusterApiKeyIssuer shared grants only keys with organization to namespace payments; ${ASK} ${EDIT_ISSUER}`,
      { key: { environment: 'Live', permissions: ['payments:read'] } },
      [KEYS],
    ],
    [
      'an environment',
      `spec.key.environment: ClusterApiKeyIssuer shared grants no key with Live to namespace payments; ${ASK} whose environments cover Live ${EDIT_ISSUER}`,
      {},
      [{ ...KEYS, environments: ['Test'] }],
    ],
  ])('%s', async (_what, message, spec, grants) => {
    const story = beginShared({ spec });
    grantKeys(story, grants);
    story.create();
    await story.told('NotGranted');
    await story.pass(HOUR_MS);
    expect(story.tells('Rotating')).toBe(`NotGranted: ${message}`);
    expect(story.tells('Ready')).toBe(`NotGranted: ${message}`);
    expect(outsideCalls(story)).toEqual([]);
    const { organizations: _, ...anyOrganization } = KEYS;
    grantKeys(story, [{ ...KEYS, organizations: ['*'], permissions: ['*'] }, anyOrganization]);
    await story.until(({ current }) => current !== undefined, SECOND_MS);
    expect(story.wrong()).toEqual([]);
  });

  test.each<[string, string, object, Parameters<typeof grantPaths>[1]]>([
    [
      'a store without grants',
      `spec.targets vault: ClusterKeyStore shared grants namespace payments nothing, and not path payments/apio; ${ASK} with a pathPrefix of that path ${EDIT_STORE}`,
      {},
      [],
    ],
    [
      "another team's path",
      `spec.targets vault: ClusterKeyStore shared grants namespace payments only what is below teams/payments/, and not path teams/payments-eu/apio; choose a path there, or ${ASK} with a pathPrefix of that path ${EDIT_STORE}`,
      { targets: target('teams/payments-eu/apio') },
      [{ namespaces: ['*'], pathPrefix: 'teams/{{namespace}}/' }],
    ],
  ])('%s', async (_what, message, spec, grants) => {
    const story = beginShared({ spec });
    grantPaths(story, grants);
    story.create();
    await story.told('NotGranted');
    await story.pass(HOUR_MS);
    expect(story.tells('Ready')).toBe(`NotGranted: ${message}`);
    expect(outsideCalls(story)).toEqual([]);
    grantPaths(story, [PATHS, { namespaces: ['payments'], pathPrefix: 'teams/' }]);
    await story.until(({ current }) => current !== undefined, SECOND_MS);
    expect(story.invariants()).toEqual([]);
  });

  test('an issuer of the namespace, for a store of the cluster', async () => {
    const story = beginShared({ spec: { issuerRef: { name: 'apio' } } });
    story.create();
    await story.told('NotGranted');
    expect(story.tells('Ready')).toBe(
      `NotGranted: spec.targets vault: ClusterKeyStore shared takes keys of ClusterApiKeyIssuers only, and spec.issuerRef names ApiKeyIssuer apio; name another issuer or store, or ask whoever manages it for spec.allowNamespacedIssuers ${EDIT_STORE}`,
    );
    expect(outsideCalls(story)).toEqual([]);
    story.world.kube.patch(
      { resource: 'clusterkeystores.apikeyrotation.io', name: 'shared' },
      { type: 'merge', body: { spec: { allowNamespacedIssuers: true } } },
    );
    await story.until(({ current }) => current !== undefined, SECOND_MS);
    expect(story.wrong()).toEqual([]);
  });
});

test('a key that people made is adopted only where the namespace could have had it issued', async () => {
  const key = { environment: 'Live', organization: 'acme', permissions: ['payments:write'] };
  const story = beginShared({ spec: { key, existingKey: { policy: 'Adopt' } } });
  grantKeys(story, [{ ...KEYS, permissions: ['payments:write'] }]);
  const found = issueByHand(story.world);
  writeOutside(story.world, PATH, { key: found.text });
  story.create();
  await story.stalled();
  expect(story.tells('Stalled')).toBe(
    `Conflict: the existing key cannot be adopted: the value at payments/apio is key ${found.id}, which is not granted: spec.key.permissions: ClusterApiKeyIssuer shared grants no key with payments:read to namespace payments; ${ASK} whose permissions cover payments:read ${EDIT_ISSUER}; write another key there`,
  );
  expect(story.issued()).toBe(0);
  grantKeys(story, [KEYS]);
  await story.until(({ current }) => current?.keyID === found.id);
  expect(story.wrongSoFar()).toEqual([]);
});

test('an operator that follows no objects of the cluster says so, and goes on when others are named', async () => {
  const story = begin({ spec: { issuerRef: { kind: 'ClusterApiKeyIssuer', name: 'shared' } } });
  story.create();
  await story.told('ClusterKindsNotFollowed');
  expect(story.tells('Ready')).toBe(
    'ClusterKindsNotFollowed: spec.issuerRef: this operator follows no objects of the whole cluster and cannot use ClusterApiKeyIssuer shared; name one of namespace payments, or ask whoever runs the operator to start it with --cluster-kinds=true',
  );
  story.change({ issuerRef: { kind: null, name: 'apio' } });
  await story.until(({ current }) => current !== undefined, SECOND_MS);
  expect(story.wrong()).toEqual([]);
});
