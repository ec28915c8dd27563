import 'node-vault';
import type { ObjectKey } from '../../../sandbox/kube/engine/object.ts';
import { StatusError } from '../../../sandbox/kube/engine/status.ts';
import type { RotationSpec } from '../../../src/api/types.ts';
import { createAdapters } from '../../../src/composition/adapters.ts';
import { createPodIdentity } from '../../../src/composition/pod-identity.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { alwaysLeading } from '../../../src/runtime/leader-election/leadership.ts';
import { createReportsServer } from '../../../src/server/reports-api.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { createMemoryKube } from '../../doubles/memory-kube.ts';
import { createOutsideCalls } from '../../doubles/outside-calls.ts';
import { NAMESPACE, TARGETS } from '../world/places.ts';
import { begin, OBJECT, type Story } from '../world/story.ts';
import type { World } from '../world/world.ts';
import { createNetwork, type Network } from './network.ts';

/** What the reports API answered. */
export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string;
}

/** A story in a cluster where everything is right so far, told with the real adapters, and the hands of who is new to it. */
export interface Newcomer {
  readonly story: Story;
  readonly world: World;
  readonly network: Network;
  /** Makes the rotation, of one target in Vault unless told otherwise; answers what `kubectl apply` says where it is refused. */
  create(spec?: object): string | undefined;
  /** Merges into the object's spec as `kubectl apply` does; answers what it says where it is refused. */
  change(spec: object, object?: ObjectKey): string | undefined;
  /** Makes any object, in the namespace unless it names another. */
  make(object: {
    kind: string;
    metadata: { name: string; namespace?: string };
    [field: string]: unknown;
  }): string | undefined;
  /** Writes the fields of a Secret. */
  secret(name: string, fields: Record<string, string>): void;
  /** A report token as the kubelet projects it into a pod; null: one that is bound to no pod. */
  token(account: string, pod: string | null, audience?: string): string;
  /** Sends a report for the rotation. */
  report(body: unknown, options?: { token?: string; rotation?: string; type?: string }): Promise<Answer>;
  /** The fingerprint of the key that the target serves. */
  fingerprint(): string;
}

export const ISSUER = objectOf('apikeyissuers', 'apio');
export const VAULT = objectOf('keystores', TARGETS.Vault.storeRef.name);
const API_VERSIONS: Readonly<Record<string, string>> = {
  Secret: 'v1',
  ConfigMap: 'v1',
  ServiceAccount: 'v1',
  Namespace: 'v1',
  Pod: 'v1',
  Deployment: 'apps/v1',
};

function objectOf(plural: string, name: string): ObjectKey {
  return { resource: `${plural}.apikeyrotation.io`, namespace: NAMESPACE, name };
}

export function arrive(exempt: readonly string[] = []): Newcomer {
  let network: Network | undefined;
  const story = begin({
    stores: ['Vault', 'KubernetesSecret'],
    exempt,
    cluster: { secretsIn: 'operator' },
    adapters: ({ kube, clock, entropy, apio, vault }) => {
      network = createNetwork(apio, vault);
      const { transport } = network;
      const metrics = createMetrics(clock);
      const leadership = alwaysLeading;
      const storeAudiences = ['vault'];
      const aws = { podIdentity: createPodIdentity({}, clock), podIdentityNamespaces: [] };
      const clusterNamespace = 'operator';
      const trusting = () => ({ ...transport, close: async () => {} });
      const transports = { transport, trusting, declaredTransports: { shared: transport, trusting } };
      return createAdapters({
        kube,
        leadership,
        ...transports,
        clock,
        entropy,
        metrics,
        storeAudiences,
        clusterNamespace,
        ...aws,
      });
    },
  });
  if (!network) throw new Error('the operator has no adapters');
  const { world } = story;
  const { kube, apio, vault } = world;
  const reports = reportsServer(world);

  function refusal(write: () => unknown): string | undefined {
    try {
      write();
      return undefined;
    } catch (error) {
      if (error instanceof StatusError) return String(error.status.message);
      throw error;
    }
  }

  const newcomer: Newcomer = {
    story,
    world,
    network,
    create: (spec = {}) =>
      newcomer.make({ kind: 'ApiKeyRotation', metadata: { name: OBJECT.name }, spec: without({ ...SPEC, ...spec }) }),
    change: (spec, object = OBJECT) =>
      refusal(() => kube.patch(object, { type: 'merge', body: copy({ spec }) }, { fieldValidation: 'Strict' })),
    make: (object) =>
      refusal(() => {
        const apiVersion = API_VERSIONS[object.kind] ?? 'apikeyrotation.io/v1alpha1';
        const [group] = apiVersion.split('/');
        const resource = `${object.kind.toLowerCase()}s${group === 'v1' ? '' : `.${group}`}`;
        const { namespace = NAMESPACE } = object.metadata;
        const isOfCluster = /^(Namespace|Cluster.*)$/.test(object.kind);
        const collection = isOfCluster ? { resource } : { resource, namespace };
        kube.create(collection, copy({ apiVersion, ...object }), { fieldValidation: 'Strict' });
      }),
    secret(name, fields) {
      const object = { resource: 'secrets', namespace: NAMESPACE, name };
      if (kube.exists(object)) kube.delete(object);
      newcomer.make({ kind: 'Secret', metadata: { name }, stringData: fields });
    },
    token(account, pod, audience = 'apikeyrotation.io') {
      const boundObjectRef = pod === null ? {} : { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod } };
      const body = {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { audiences: [audience], ...boundObjectRef },
      };
      const { status } = kube.createToken({ namespace: NAMESPACE, name: account }, body) as {
        status?: { token?: string };
      };
      return status?.token ?? '';
    },
    async report(body, { token, rotation = OBJECT.name, type = 'application/json' } = {}) {
      const answer = await reports.inject({
        method: 'POST',
        url: `/v1/namespaces/${NAMESPACE}/rotations/${rotation}/reports`,
        headers: { 'content-type': type, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        payload: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const { error, state } = answer.json() as { error?: { code: string; message: string }; state?: string };
      return { status: answer.statusCode, code: error?.code ?? state, message: error?.message ?? answer.body };
    },
    fingerprint: () => story.status().rotation?.newKey?.fingerprint ?? story.status().current?.fingerprint ?? '',
  };
  for (const name of ['api', 'other']) newcomer.make({ kind: 'ServiceAccount', metadata: { name } });
  newcomer.secret('apio', { apiKey: apio.keys.find(({ manager }) => manager)?.text ?? '' });
  newcomer.secret('vault', { token: vault.createToken() });
  return newcomer;
}

function reportsServer({ kube, clock, rotation }: World) {
  const serverTime = createServerTime(clock);
  serverTime.observe(new Date(clock.now()).toUTCString(), clock.monotonic());
  const api = createMemoryKube(kube, createOutsideCalls().process(), clock, serverTime);
  const named = (_namespace: string, name: string) => (name === OBJECT.name ? rotation() : undefined);
  return createReportsServer({
    kube: api,
    rotations: { get: named, getLive: async (namespace, name) => named(namespace, name) },
    reports: { get: () => undefined },
    serverTime,
    clock,
    log: { error: () => {} },
  });
}

/** One consumer whose pods report. */
const SPEC: RotationSpec = {
  issuerRef: { name: 'apio' },
  key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'] },
  targets: [TARGETS.Vault],
  consumers: [{ name: 'api', evidence: [{ type: 'Report', report: { serviceAccountName: 'api' } }] }],
};

const copy = <T>(value: T) => JSON.parse(JSON.stringify(value));

/** Null takes a field away, as a merge patch does. */
function without(spec: object): object {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null));
}
