import { expect, test } from 'vitest';
import type { ClusterApiKeyIssuer, ClusterKeyStore } from '../../../src/api/types.ts';
import { type AdapterDeps, createAdapters } from '../../../src/composition/adapters.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { Adapters } from '../../../src/operator/adapters.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { declaredApio } from '../../doubles/declared-apio.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const ISSUER: ClusterApiKeyIssuer = {
  metadata: { name: 'shared', uid: 'u1', generation: 1 },
  spec: {
    type: 'APIO',
    apio: {
      environments: [
        { name: 'Live', url: 'https://apio.test', credentials: { secretRef: { name: 'apio', key: 'k' } } },
      ],
    },
  },
};
const auth = { type: 'JWT' as const, jwt: { role: 'r', serviceAccountName: 'vault-writer' } };
const caRef = { kind: 'ConfigMap' as const, name: 'authority', key: 'ca' };
const STORE: ClusterKeyStore = {
  metadata: { name: 'shared', uid: 'u2', generation: 1 },
  spec: { type: 'Vault', vault: { url: 'https://vault.test', mount: 'secret', auth, caRef } },
};

const inTeam = <T extends { metadata: object }>(object: T) => ({
  ...object,
  metadata: { ...object.metadata, namespace: 'team' },
});

/** Adapters, and what they read and asked for in Kubernetes; Secrets and ConfigMaps are denied. */
function adaptersAt(clusterNamespace: string | undefined) {
  const seen: string[] = [];
  const refuse = (what: string) => {
    seen.push(what);
    return Promise.reject(new CallError('denied', 'Forbidden', `${what}: not in this test`));
  };
  const kube = {
    get: ({ resource, namespace, name }) => refuse(`${resource.plural} ${namespace}/${name}`),
    createSubresource: async <T>({ namespace, name }: { namespace?: string; name: string }, subresource: string) => {
      seen.push(`${subresource} ${namespace}/${name}`);
      return { status: { token: 'a token' } } as T;
    },
  } as Partial<KubeApi> as KubeApi;
  const clock = new VirtualClock();
  const transport = { request: () => Promise.reject(new Error('nobody is called')), close: async () => {} };
  const unreached = transport as object as AdapterDeps['transport'];
  const adapters = createAdapters({
    kube,
    leadership: { holds: () => true },
    transport: unreached,
    trusting: () => unreached,
    declaredTransports: { shared: unreached, trusting: () => unreached },
    clock,
    entropy: createSeededEntropy(1),
    metrics: createMetrics(clock),
    storeAudiences: ['vault'],
    podIdentity: { grant: () => refuse('pod identity') },
    podIdentityNamespaces: [],
    clusterNamespace,
  });
  return { adapters, seen };
}

test("credentials, certificates and accounts of the cluster are those of the operator's namespace", async () => {
  const { adapters, seen } = adaptersAt('operator');
  await expect(adapters.issuer(ISSUER, 'Live')?.check()).rejects.toThrow(CallError);
  await expect(adapters.store(STORE).check()).rejects.toThrow(CallError);
  expect(seen).toEqual(['secrets operator/apio', 'token operator/vault-writer', 'configmaps operator/authority']);
});

const TENANTS: readonly [string, (adapters: Adapters) => Promise<unknown> | undefined, string][] = [
  ['an issuer', (adapters) => adapters.issuer(ISSUER, 'Live', {})?.get('k1'), 'ClusterApiKeyIssuer shared'],
  ['a store', (adapters) => adapters.store(STORE).read('payments/apio'), 'ClusterKeyStore shared'],
];
test.each(TENANTS)(
  'who uses %s of the cluster is not told where its credentials are, and whom to ask',
  async (_what, use, title) => {
    const message = `${title} cannot use its own credentials; its owner finds more in its condition Ready`;
    await expect(use(adaptersAt('operator').adapters)).rejects.toMatchObject({
      outcome: 'denied',
      reason: 'Forbidden',
      message,
    });
  },
);

const OWNERS: readonly [string, (adapters: Adapters) => Promise<unknown> | undefined, string][] = [
  ['an issuer', (adapters) => adapters.issuer(ISSUER, 'Live')?.check(), 'secrets operator/apio'],
  ['a store', (adapters) => adapters.store(STORE).check(), 'configmaps operator/authority'],
];
test.each(OWNERS)(
  'the owner of %s of the cluster is told where its credentials are missing',
  async (_what, check, place) => {
    await expect(check(adaptersAt('operator').adapters)).rejects.toThrow(`${place}: not in this test`);
  },
);

const TEAMS: readonly [string, (adapters: Adapters) => Promise<unknown> | undefined, string][] = [
  ['an issuer', (adapters) => adapters.issuer(inTeam(ISSUER), 'Live', {})?.get('k1'), 'secrets team/apio'],
  ['a store', (adapters) => adapters.store(inTeam(STORE)).read('apio'), 'configmaps team/authority'],
];
test.each(TEAMS)('who uses %s of the own namespace is told that, too', async (_what, use, place) => {
  await expect(use(adaptersAt('operator').adapters)).rejects.toThrow(`${place}: not in this test`);
});

test("the operator's own identity at AWS is for a store of the cluster only where its namespace is named", async () => {
  const spec: ClusterKeyStore['spec'] = {
    type: 'AWSSecretsManager',
    awsSecretsManager: { region: 'eu-north-1', accountID: '123456789012', auth: { type: 'PodIdentity' } },
  };
  const { adapters, seen } = adaptersAt('operator');
  await expect(adapters.store({ ...STORE, spec }).check()).rejects.toThrow('which namespace operator may not use');
  expect(seen).toEqual([]);
});

test('an operator that does not know its own namespace reads nothing, and says what to do', () => {
  const { adapters, seen } = adaptersAt(undefined);
  for (const make of [() => adapters.issuer(ISSUER, 'Live'), () => adapters.store(STORE)])
    expect(make).toThrow(/does not know its own namespace.*--cluster-resource-namespace/);
  expect(seen).toEqual([]);
});

test('of the sets of parameters that rotations name, those asked for last are remembered', () => {
  const declared = declaredApio('https://vendor.test');
  const request = { method: 'POST', path: '/keys/{{keyID}}', headers: { 'X-Team': '{{parameters.team}}' } };
  const http = { ...declared, parameters: [{ name: 'team', pattern: '[0-9]+' }], revoke: { request } };
  const object = { metadata: ISSUER.metadata, spec: { type: 'HTTP', http } } as object as ClusterApiKeyIssuer;
  const { adapters } = adaptersAt('operator');
  const of = (team: number) => adapters.issuer(object, 'Live', { team: `${team}` });
  const [oldest, used] = [of(0), of(1)];
  for (let team = 2; team < 301; team += 1) {
    of(team);
    expect(of(1)).toBe(used);
  }
  expect(of(0)).not.toBe(oldest);
});
