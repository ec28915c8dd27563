import { NAMESPACE, TARGETS } from '../../world/places.ts';
import type { BadInput } from '../bad-input.ts';
import { ISSUER, type Newcomer, VAULT } from '../newcomer.ts';

const KEYS = {
  namespaces: [NAMESPACE],
  environments: ['Live'],
  organizations: ['acme'],
  permissions: ['payments:read'],
};
const PATHS = { namespaces: ['*'], pathPrefix: '{{namespace}}/' };
const OF_CLUSTER = {
  issuer: { resource: 'clusterapikeyissuers.apikeyrotation.io', name: 'shared' },
  store: { resource: 'clusterkeystores.apikeyrotation.io', name: 'shared' },
};
const issuerRef = { kind: 'ClusterApiKeyIssuer', name: 'shared' };
const target = (path: string) => ({ ...TARGETS.Vault, storeRef: { kind: 'ClusterKeyStore', name: 'shared' }, path });
const targets = [target(TARGETS.Vault.path)];

/** The platform team shares an issuer and a store, with their credentials in the operator's namespace. */
function share(newcomer: Newcomer, grants: { issuer?: readonly object[]; store?: readonly object[] } = {}): unknown {
  const { world, make } = newcomer;
  make({ kind: 'Namespace', metadata: { name: 'operator' } });
  for (const name of ['apio', 'vault']) {
    const { data } = world.kube.get({ resource: 'secrets', namespace: NAMESPACE, name });
    make({ kind: 'Secret', metadata: { name, namespace: 'operator' }, data });
  }
  const issuer = { ...specOf(newcomer, ISSUER), grants: grants.issuer ?? [KEYS] };
  const store = { ...specOf(newcomer, VAULT), grants: grants.store ?? [PATHS] };
  const metadata = { name: 'shared' };
  return (
    make({ kind: 'ClusterApiKeyIssuer', metadata, spec: issuer }) ??
    make({ kind: 'ClusterKeyStore', metadata, spec: store })
  );
}

function specOf({ world }: Newcomer, object: typeof ISSUER): object {
  return Object(world.kube.get(object).spec);
}

const waits = { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Rotating', reason: 'NotGranted' } as const;

/** Issuers and stores of the whole cluster, and rotations that name one. */
export const CLUSTER_KINDS: readonly BadInput[] = [
  {
    did: 'misspelled the name of an issuer of the cluster',
    seen: { ...waits, reason: 'IssuerNotFound' },
    wrong: (newcomer) => {
      share(newcomer);
      return newcomer.create({ issuerRef: { ...issuerRef, name: 'shraed' }, targets });
    },
    correct: (newcomer) => newcomer.change({ issuerRef }),
    message:
      'spec.issuerRef: there is no ClusterApiKeyIssuer shraed; correct the name, or ask who manages the cluster for it',
    names: ['spec.issuerRef', 'ClusterApiKeyIssuer shraed'],
    remedy: 'Name one of `kubectl get clusterapikeyissuers`.',
  },
  {
    did: 'named an issuer of the cluster that grants your namespace nothing',
    seen: waits,
    wrong: (newcomer) => {
      share(newcomer, { issuer: [{ ...KEYS, namespaces: ['team-*'] }] });
      return newcomer.create({ issuerRef, targets });
    },
    correct: (newcomer) => newcomer.change({ grants: [KEYS] }, OF_CLUSTER.issuer),
    message:
      'spec.issuerRef: ClusterApiKeyIssuer shared grants no keys to namespace payments; ask whoever manages it for an entry of its spec.grants for namespace payments (kubectl edit clusterapikeyissuer shared)',
    names: ['spec.issuerRef', 'ClusterApiKeyIssuer shared', 'namespace payments', 'spec.grants'],
    remedy: 'Ask for a grant: [cluster-kinds.md](cluster-kinds.md#grants). The rotation begins as soon as it is there.',
  },
  {
    did: 'asked an issuer of the cluster for a permission that it does not grant',
    seen: waits,
    wrong: (newcomer) => {
      share(newcomer);
      const key = { environment: 'Live', organization: 'acme', permissions: ['payments:read', 'refunds:write'] };
      return newcomer.create({ issuerRef, targets, key });
    },
    correct: (newcomer) =>
      newcomer.change({ key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'] } }),
    message:
      'spec.key.permissions: ClusterApiKeyIssuer shared grants no key with refunds:write to namespace payments; ask whoever manages it for an entry of its spec.grants for namespace payments whose permissions cover refunds:write (kubectl edit clusterapikeyissuer shared)',
    names: ['spec.key.permissions', 'refunds:write', 'ClusterApiKeyIssuer shared', 'spec.grants'],
    remedy: 'Leave the permission out, or ask for one grant that covers all of the key: grants do not add up.',
  },
  {
    did: "named another team's path in a store of the cluster",
    seen: waits,
    wrong: (newcomer) => {
      share(newcomer);
      return newcomer.create({ issuerRef, targets: [target('billing/apio')] });
    },
    correct: (newcomer) => newcomer.change({ targets }),
    message:
      'spec.targets vault: ClusterKeyStore shared grants namespace payments only what is below payments/, and not path billing/apio; choose a path there, or ask whoever manages it for an entry of its spec.grants for namespace payments with a pathPrefix of that path (kubectl edit clusterkeystore shared)',
    names: ['spec.targets vault', 'ClusterKeyStore shared', 'below payments/', 'path billing/apio'],
    remedy: 'Choose a path below one that the message names. Nothing was read at the other.',
  },
  {
    did: 'sent a key of an issuer of your namespace to a store of the cluster',
    seen: waits,
    wrong: (newcomer) => {
      share(newcomer);
      return newcomer.create({ targets });
    },
    correct: (newcomer) => newcomer.change({ issuerRef }),
    message:
      'spec.targets vault: ClusterKeyStore shared takes keys of ClusterApiKeyIssuers only, and spec.issuerRef names ApiKeyIssuer apio; name another issuer or store, or ask whoever manages it for spec.allowNamespacedIssuers (kubectl edit clusterkeystore shared)',
    names: ['spec.targets vault', 'ClusterKeyStore shared', 'ApiKeyIssuer apio', 'spec.allowNamespacedIssuers'],
    remedy: 'Name an issuer of the cluster, or ask for `allowNamespacedIssuers: true`.',
  },
  {
    did: 'wrote the credential of an issuer of the cluster into your own namespace',
    seen: { type: 'Condition', kind: 'ClusterApiKeyIssuer', condition: 'Ready', reason: 'CredentialNotFound' },
    wrong: (newcomer) => {
      share(newcomer);
      newcomer.world.kube.delete({ resource: 'secrets', namespace: 'operator', name: 'apio' });
      return newcomer.create({ issuerRef, targets });
    },
    correct: ({ world, make }) => {
      const { data } = world.kube.get({ resource: 'secrets', namespace: NAMESPACE, name: 'apio' });
      make({ kind: 'Secret', metadata: { name: 'apio', namespace: 'operator' }, data });
    },
    message: 'Secret operator/apio does not exist; write the credential there (key apiKey), or correct secretRef',
    names: ['Secret operator/apio', 'key apiKey'],
    remedy: "Write it in the operator's namespace, which the message names (`--cluster-resource-namespace`).",
  },
  {
    did: 'rotated while whoever manages an issuer of the cluster had removed its credential',
    seen: { ...waits, reason: 'CredentialNotFound' },
    wrong: async (newcomer) => {
      share(newcomer);
      newcomer.create({ issuerRef, targets, consumers: null, withoutEvidence: { overlap: '1m' } });
      await newcomer.story.done(1);
      newcomer.world.kube.delete({ resource: 'secrets', namespace: 'operator', name: 'apio' });
      await newcomer.story.pass(90_000);
      newcomer.story.annotate({ rotate: 'a' });
    },
    correct: ({ world, make }) => {
      const { data } = world.kube.get({ resource: 'secrets', namespace: NAMESPACE, name: 'apio' });
      make({ kind: 'Secret', metadata: { name: 'apio', namespace: 'operator' }, data });
    },
    message: 'ClusterApiKeyIssuer shared cannot use its own credentials; its owner finds more in its condition Ready',
    names: ['ClusterApiKeyIssuer shared', 'its owner', 'condition Ready'],
    remedy: 'Ask whoever manages it: where its credential is, and what is wrong with it, is named to nobody else.',
  },
  {
    did: 'granted one path to all namespaces',
    seen: { type: 'Refused' },
    wrong: (newcomer) => share(newcomer, { store: [{ namespaces: ['*'], pathPrefix: 'teams/' }] }),
    correct: (newcomer) => {
      const spec = { ...specOf(newcomer, VAULT), grants: [PATHS] };
      newcomer.make({ kind: 'ClusterKeyStore', metadata: { name: 'shared' }, spec });
      return newcomer.create({ issuerRef, targets });
    },
    message:
      'ClusterKeyStore.apikeyrotation.io "shared" is invalid: spec.grants[0]: Invalid value: pathPrefix must contain {{namespace}} where the grant is for more than one namespace: they would read and overwrite each other\'s keys',
    names: ['ClusterKeyStore', 'spec.grants[0]', 'pathPrefix must contain {{namespace}}'],
    remedy: 'Write `pathPrefix: teams/{{namespace}}/`, or a grant for each namespace.',
  },
  {
    did: 'ended a prefix without a slash',
    seen: { type: 'Refused' },
    wrong: (newcomer) => share(newcomer, { store: [{ namespaces: [NAMESPACE], pathPrefix: NAMESPACE }] }),
    correct: (newcomer) => {
      const spec = { ...specOf(newcomer, VAULT), grants: [PATHS] };
      newcomer.make({ kind: 'ClusterKeyStore', metadata: { name: 'shared' }, spec });
      return newcomer.create({ issuerRef, targets });
    },
    message:
      'ClusterKeyStore.apikeyrotation.io "shared" is invalid: spec.grants[0].pathPrefix: Invalid value: "payments": must be names of letters, digits, . _ - and {{namespace}}, with a / after each of them',
    names: ['ClusterKeyStore', 'spec.grants[0].pathPrefix', 'with a / after each of them'],
    remedy: 'Write `payments/`: without the slash it would be `payments-eu` too.',
  },
];
