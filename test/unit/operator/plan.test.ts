import { describe, expect, test } from 'vitest';
import type {
  ApiKeyIssuer,
  ApiKeyRotation,
  ClusterApiKeyIssuer,
  ClusterKeyStore,
  IssuerObject,
  KeyStoreObject,
  RecordedKey,
  RunningRotation,
  StoreObject,
} from '../../../src/api/types.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { createPlanner } from '../../../src/operator/rotation/gather/plan.ts';
import { objectKey } from '../../../src/runtime/object-key.ts';
import type { KeyStore } from '../../../src/stores/port.ts';

/** A status that tells of a check of that generation. */
function checked(observedGeneration: number, status: 'True' | 'False', message: string) {
  const ready = { type: 'Ready', status, reason: 'Any', message, lastTransitionTime: '2030-01-01T00:00:00Z' };
  return { conditions: [{ ...ready, observedGeneration }] };
}
const isReady = (generation: number) => checked(generation, 'True', 'the credentials work');
const notReady = (generation: number) => checked(generation, 'False', 'the credential is wrong');

const ISSUER: ApiKeyIssuer = {
  metadata: { namespace: 'team', name: 'apio', uid: 'issuer-uid', generation: 2 },
  spec: {
    type: 'APIO',
    apio: { environments: [environment('Test', 'test-credential'), environment('Live', 'live-credential')] },
  },
  status: isReady(2),
};
const PEOPLE: ApiKeyIssuer = {
  ...ISSUER,
  spec: { type: 'Support', support: { environments: [{ name: 'Live' }], expectedWithin: '48h' } },
};
const VAULT: KeyStoreObject = {
  metadata: { namespace: 'team', name: 'vault', uid: 'store-uid', generation: 1 },
  spec: {
    type: 'Vault',
    vault: {
      url: 'https://vault.test',
      mount: 'secret',
      auth: { type: 'Token', token: { secretRef: { name: 'v', key: 't' } } },
    },
  },
  status: isReady(1),
};
const SECRETS: KeyStoreObject = {
  metadata: { namespace: 'team', name: 'secrets', uid: 'secrets-uid', generation: 1 },
  spec: { type: 'KubernetesSecret' },
  status: isReady(1),
};
const SPEC: ApiKeyRotation['spec'] = {
  issuerRef: { name: 'apio' },
  key: { environment: 'Live', permissions: ['payments:read'] },
  targets: [{ name: 'vault', storeRef: { name: 'vault' }, path: 'payments/apio' }],
  consumers: [],
};

function environment(name: string, secret: string) {
  return {
    name,
    url: `https://${name.toLowerCase()}.apio.test`,
    credentials: { secretRef: { name: secret, key: 'k' } },
  };
}

const unused = () => Promise.reject(new Error('a plan calls nobody'));
function issuer(capabilities: Issuer['capabilities']): Issuer {
  const looks = { list: unused, verify: unused, get: unused, usage: unused, check: unused };
  return {
    ...looks,
    issue: unused,
    updatePermissions: unused,
    revoke: unused,
    capabilities,
    origin: 'https://live.apio.test',
  };
}
function store(address: string): KeyStore {
  const calls = { read: unused, publish: unused, readReplaced: unused, forgetReplaced: unused, check: unused };
  return { ...calls, address, versionsNameValues: true, keepsVersions: true };
}

function storeOf({ metadata }: StoreObject): KeyStore {
  return store(`address-of-${metadata.name}`);
}

interface World {
  readonly issuers?: readonly IssuerObject[];
  readonly stores?: readonly StoreObject[];
  readonly followsCluster?: boolean;
  /** A kind of the cluster that the API server does not serve to us. */
  readonly unknown?: string;
  readonly capabilities?: Issuer['capabilities'];
  readonly makeIssuer?: () => Issuer;
  readonly makeStore?: (object: StoreObject) => KeyStore;
}

function plannerIn(world: World) {
  const { issuers = [ISSUER], stores = [VAULT, SECRETS], capabilities = { replay: 'ID', list: true } } = world;
  const { makeIssuer = () => issuer(capabilities), makeStore = storeOf } = world;
  const find = <T extends IssuerObject | StoreObject>(objects: readonly T[]) => ({
    get: (key: string) => objects.find((object) => objectKey(object) === key),
  });
  return createPlanner({
    issuers: find(issuers),
    stores: find(stores),
    followsCluster: world.followsCluster ?? true,
    obstacleTo: (kind) => (kind === world.unknown ? 'they cannot be listed' : undefined),
    clusterNamespace: 'operator',
    adapters: {
      issuer: (_object, name) => (name === 'Live' ? makeIssuer() : undefined),
      store: makeStore,
      forget() {},
    },
  });
}

function rotation(spec: Partial<ApiKeyRotation['spec']> = {}, namespace = 'team'): ApiKeyRotation {
  return { metadata: { namespace, name: 'payments', uid: 'uid-1' }, spec: { ...SPEC, ...spec } };
}

test('a plan names issuer, key and targets as they would be frozen', () => {
  const targets = [
    { name: 'vault', storeRef: { name: 'vault' }, path: 'payments/apio' },
    {
      name: 'env',
      storeRef: { name: 'vault' },
      path: 'env',
      fields: { API_KEY: 'key' as const },
      fieldsPolicy: 'Merge' as const,
    },
  ];
  const place = { storeName: 'vault', storeUID: 'store-uid', address: 'address-of-vault' };
  expect(plannerIn({}).resolve(rotation({ targets, key: { ...SPEC.key, organization: 'acme' } }))).toEqual({
    type: 'Resolved',
    hasSecretTarget: false,
    plan: {
      issuer: { kind: 'ApiKeyIssuer', name: 'apio', uid: 'issuer-uid', origin: 'https://live.apio.test' },
      key: { environment: 'Live', permissions: ['payments:read'], organization: 'acme' },
      targets: [
        { ...place, name: 'vault', path: 'payments/apio', fields: { key: 'key', keyID: 'keyID' } },
        { ...place, name: 'env', path: 'env', fields: { API_KEY: 'key' }, fieldsPolicy: 'Merge' },
      ],
    },
  });
});

function unusable(): never {
  throw new CallError('refused', 'InvalidURL', 'the url will not do');
}

describe('what is wrong is said', () => {
  const staging = { ...SPEC.key, environment: 'Staging' };
  const own = { name: 'own', storeRef: { name: 'secrets' }, path: 'test-credential' };
  type Row = [string, World, Partial<ApiKeyRotation['spec']>, string, string];
  test.each<Row>([
    [
      'there is no such issuer',
      { issuers: [] },
      {},
      'IssuerNotFound',
      'spec.issuerRef: there is no ApiKeyIssuer apio in namespace team; create it, or correct the name',
    ],
    [
      'the issuer is not ready',
      { issuers: [{ ...ISSUER, status: notReady(2) }] },
      {},
      'IssuerNotReady',
      'ApiKeyIssuer apio is not ready: the credential is wrong; see kubectl -n team describe apikeyissuer apio',
    ],
    [
      'the issuer has no such environment',
      {},
      { key: staging },
      'EnvironmentNotFound',
      'spec.key.environment: ApiKeyIssuer apio has no environment Staging, it has Test, Live; take one of them in a new rotation, or add it to the issuer',
    ],
    [
      'the issuer cannot be used',
      { makeIssuer: unusable },
      {},
      'InvalidURL',
      'ApiKeyIssuer apio cannot be used: the url will not do',
    ],
    [
      'there is no such store',
      { stores: [] },
      {},
      'StoreNotFound',
      'spec.targets vault: there is no KeyStore vault in namespace team; create it, or correct the name',
    ],
    [
      'the store takes keys of another environment',
      { stores: [{ ...VAULT, spec: { ...VAULT.spec, environment: 'Test' } }] },
      {},
      'EnvironmentMismatch',
      'spec.targets vault: KeyStore vault takes keys of environment Test only, this key belongs to Live; name another store, or correct spec.environment of the KeyStore',
    ],
    [
      'the store is not ready',
      { stores: [{ ...VAULT, status: notReady(1) }] },
      {},
      'StoreNotReady',
      'KeyStore vault is not ready: the credential is wrong; see kubectl -n team describe keystore vault',
    ],
    [
      'the store cannot be used',
      { makeStore: unusable },
      {},
      'InvalidURL',
      'KeyStore vault cannot be used: the url will not do',
    ],
    [
      "a target holds the issuer's own credential, also that of another environment",
      {},
      { targets: [own] },
      'SelfReference',
      "spec.targets own: Secret test-credential holds the issuer's own credential; choose another path",
    ],
    ...['payments-delivered-key', 'apio-support-register'].map(
      (path): Row => [
        `a target is ${path}, which belongs to an issuer behind which people work`,
        { issuers: [PEOPLE] },
        { targets: [{ ...own, path }] },
        'SelfReference',
        `spec.targets own: Secret ${path} is for what people give to the issuer; choose another path`,
      ],
    ),
  ])('%s', (_what, world, spec, reason, message) => {
    expect(plannerIn(world).resolve(rotation(spec))).toEqual({ type: 'Unresolved', reason, message });
  });
});

const IDENTITY = { kind: 'ApiKeyIssuer', name: 'apio', uid: 'issuer-uid', origin: 'https://live.apio.test' };
const KEY: RecordedKey = { keyID: 'k1', fingerprint: '0123456789abcdef', issuer: IDENTITY, targets: [] };
const RUNNING: RunningRotation = {
  attemptID: 'i/uid-1/1.1',
  attemptAt: '2030-01-01T00:00:00Z',
  claim: 'c',
  trigger: 'FirstKey',
  startedAt: '2030-01-01T00:00:00Z',
  plan: { issuer: IDENTITY, key: { environment: 'Live', permissions: ['payments:read'] }, targets: [] },
};

describe('an issuer or a store that was not looked at since it was made or changed', () => {
  const { status: _, ...unseen } = VAULT;
  const worlds: readonly (readonly [string, World, string])[] = [
    ['a new store', { stores: [unseen] }, 'StoreNotReady'],
    ['a store that was ready before it changed', { stores: [{ ...VAULT, status: isReady(0) }] }, 'StoreNotReady'],
    [
      'an issuer that was not ready before it changed',
      { issuers: [{ ...ISSUER, status: notReady(1) }] },
      'IssuerNotReady',
    ],
  ];

  test.each(worlds)('%s: a first key waits for the check', (_what, world, reason) => {
    expect(plannerIn(world).resolve(rotation())).toMatchObject({ type: 'Unresolved', reason });
  });

  test.each(worlds)('%s: a rotation that has a key, or is under way, goes on', (_what, world) => {
    for (const status of [{ current: KEY }, { rotation: RUNNING }])
      expect(plannerIn(world).resolve({ ...rotation(), status })).toMatchObject({ type: 'Resolved' });
  });
});

test('an issuer or a store that is being deleted: a first key is told so, since nobody looks at it any more', () => {
  const going = { generation: 2, deletionTimestamp: '2030-01-01T00:00:00Z' };
  const world = { stores: [{ ...VAULT, metadata: { ...VAULT.metadata, ...going } }] };
  expect(plannerIn(world).resolve(rotation())).toEqual({
    type: 'Unresolved',
    reason: 'StoreNotReady',
    message:
      'KeyStore vault is not ready: it is being deleted; name another one, or create it again; see kubectl -n team describe keystore vault',
  });
  expect(plannerIn(world).resolve({ ...rotation(), status: { current: KEY } })).toMatchObject({ type: 'Resolved' });
});

test('objects of the same name in another namespace are not looked at', () => {
  expect(plannerIn({}).resolve(rotation({}, 'other'))).toMatchObject({ reason: 'IssuerNotFound' });
});

test("the name of the issuer's credential is free in a store that is no KubernetesSecret", () => {
  const targets = [{ name: 'vault', storeRef: { name: 'vault' }, path: 'live-credential' }];
  expect(plannerIn({}).resolve(rotation({ targets }))).toMatchObject({ type: 'Resolved' });
});

test('a defect of ours is not taken for a mistake of theirs', () => {
  const defect = () => {
    throw new TypeError('cannot read properties of undefined');
  };
  expect(() => plannerIn({ makeStore: defect }).resolve(rotation())).toThrow(TypeError);
});

describe('the places that a rotation writes', () => {
  const targets = [
    { name: 'a', storeRef: { name: 'vault' }, path: 'one' },
    { name: 'b', storeRef: { name: 'secrets' }, path: 'two' },
    { name: 'c', storeRef: { name: 'missing' }, path: 'three' },
  ];

  test('are those of the stores that are there, whatever is wrong with the issuer', () => {
    for (const world of [{}, { issuers: [] }, { makeIssuer: unusable }]) {
      expect(plannerIn(world).places(rotation({ targets }))).toEqual([
        'address-of-vault one',
        'address-of-secrets two',
      ]);
    }
  });

  test('a store that cannot be used has none, and harms no other', () => {
    const makeStore = (object: KeyStoreObject) => (object === VAULT ? unusable() : store('elsewhere'));
    expect(plannerIn({ makeStore }).places(rotation({ targets }))).toEqual(['elsewhere two']);
  });
});

describe('objects of the whole cluster', () => {
  const keys = { namespaces: ['team'], environments: ['Live'], permissions: ['payments:*'] };
  const issuers: ClusterApiKeyIssuer = {
    metadata: { name: 'apio', uid: 'cluster-issuer-uid', generation: 2 },
    spec: { type: 'APIO', apio: ISSUER.spec.apio ?? { environments: [] }, grants: [keys] },
    status: isReady(2),
  };
  const shared: ClusterKeyStore = {
    metadata: { name: 'vault', uid: 'cluster-store-uid', generation: 1 },
    spec: {
      type: 'Vault',
      ...(VAULT.spec.vault && { vault: VAULT.spec.vault }),
      grants: [{ namespaces: ['*'], pathPrefix: '{{namespace}}/' }],
    },
    status: isReady(1),
  };
  const world: World = { issuers: [ISSUER, issuers], stores: [VAULT, SECRETS, shared] };
  const target = { name: 'vault', storeRef: { kind: 'ClusterKeyStore' as const, name: 'vault' }, path: 'team/apio' };
  const spec = { issuerRef: { kind: 'ClusterApiKeyIssuer' as const, name: 'apio' }, targets: [target] };

  test('are planned by their kind, beside those of the namespace of the same name', () => {
    expect(plannerIn(world).resolve(rotation(spec))).toMatchObject({
      type: 'Resolved',
      plan: {
        issuer: { kind: 'ClusterApiKeyIssuer', name: 'apio', uid: 'cluster-issuer-uid' },
        targets: [
          { storeKind: 'ClusterKeyStore', storeName: 'vault', storeUID: 'cluster-store-uid', path: 'team/apio' },
        ],
      },
    });
    expect(plannerIn(world).resolve(rotation())).toMatchObject({ plan: { issuer: { uid: 'issuer-uid' } } });
  });

  test.each<[string, World, string, string]>([
    [
      'of a kind that is not served',
      { ...world, unknown: 'ClusterApiKeyIssuer', issuers: [ISSUER] },
      'ClusterKindsNotFollowed',
      'spec.issuerRef: this operator cannot use ClusterApiKeyIssuer apio: they cannot be listed; name one of namespace team, or ask whoever runs the operator to see to that',
    ],
    [
      'that are not followed',
      { ...world, followsCluster: false, issuers: [ISSUER] },
      'ClusterKindsNotFollowed',
      'spec.issuerRef: this operator follows no objects of the whole cluster and cannot use ClusterApiKeyIssuer apio; name one of namespace team, or ask whoever runs the operator to start it with --cluster-kinds=true',
    ],
    [
      'that are not there',
      { ...world, stores: [VAULT] },
      'StoreNotFound',
      'spec.targets vault: there is no ClusterKeyStore vault; correct the name, or ask who manages the cluster for it',
    ],
    [
      'that are not ready: of what their check says, which may name Secrets of others, the reason alone',
      { ...world, issuers: [{ ...issuers, status: notReady(2) }] },
      'IssuerNotReady',
      'ClusterApiKeyIssuer apio is not ready: its check ended with Any; see kubectl describe clusterapikeyissuer apio',
    ],
    [
      'that grant nothing, of which not even that is told',
      { ...world, issuers: [{ ...issuers, spec: { ...issuers.spec, grants: [] }, status: notReady(2) }] },
      'NotGranted',
      'spec.issuerRef: ClusterApiKeyIssuer apio grants no keys to namespace team; ask whoever manages it for an entry of its spec.grants for namespace team (kubectl edit clusterapikeyissuer apio)',
    ],
  ])('%s are told', (_what, given, reason, message) => {
    expect(plannerIn(given).resolve(rotation(spec))).toEqual({ type: 'Unresolved', reason, message });
  });

  test("have their credentials in the operator's namespace: only there a target may not be one of them", () => {
    const own = { name: 'own', storeRef: { name: 'secrets' }, path: 'live-credential' };
    const inOperators = { ...SECRETS, metadata: { ...SECRETS.metadata, namespace: 'operator' } };
    const grants = [{ ...keys, namespaces: ['*'] }];
    const all: World = { issuers: [{ ...issuers, spec: { ...issuers.spec, grants } }], stores: [SECRETS, inOperators] };
    const wanted = { issuerRef: spec.issuerRef, targets: [own] };
    expect(plannerIn(all).resolve(rotation(wanted, 'team'))).toMatchObject({ type: 'Resolved' });
    expect(plannerIn(all).resolve(rotation(wanted, 'operator'))).toMatchObject({ reason: 'SelfReference' });
  });

  test('are no place of a rotation whose path they do not grant', () => {
    const targets = [target, { ...target, name: 'other', path: 'other-team/apio' }];
    expect(plannerIn(world).places(rotation({ ...spec, targets }))).toEqual(['address-of-vault team/apio']);
  });
});
