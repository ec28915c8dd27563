import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { applyManifests, applyObjects, parseManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { VaultEngine } from '../../../sandbox/vault/engine/vault-engine.ts';
import type { ApiKeyIssuer, ApiKeyRotation } from '../../../src/api/types.ts';
import { createPatience } from '../../../src/composition/patience.ts';
import type { Issuer, IssuerCapabilities } from '../../../src/issuers/port.ts';
import type { Adapters } from '../../../src/operator/adapters.ts';
import { createOperator, type Operator, type OperatorDeps } from '../../../src/operator/operator.ts';
import type { Limits } from '../../../src/rotation/facts.ts';
import type { Entropy } from '../../../src/runtime/entropy.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';
import { createPatientKube } from '../../../src/runtime/kube/patient-kube.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { alwaysLeading } from '../../../src/runtime/leader-election/leadership.ts';
import type { Log } from '../../../src/runtime/log.ts';
import { createKubernetesStore } from '../../../src/stores/kubernetes/kubernetes-store.ts';
import type { AuditRecord } from '../../../src/telemetry/audit.ts';
import { createEventRecorder } from '../../../src/telemetry/events.ts';
import { createMemoryStore } from '../../doubles/kv-store.ts';
import { createMemoryIssuer } from '../../doubles/memory-issuer.ts';
import { createMemoryKube } from '../../doubles/memory-kube.ts';
import { type CallFault, createOutsideCalls } from '../../doubles/outside-calls.ts';
import { type GuardObject, withPolicies } from '../../doubles/report-policy.ts';
import { reticent } from '../../doubles/reticent-issuer.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';
import { createPlaces, MOUNT, NAMESPACE, type Places, type StoreType, TARGETS } from './places.ts';

export const INSTALLATION = 'sim';
export const PATH = TARGETS.Vault.path;
/** Two pods of one consumer. */
export const PODS = ['api-0', 'api-1'];
const LIMITS: Limits = {
  takeOverAfter: 60_000,
  recheckAfter: 300_000,
  sweepDelay: 600_000,
  issueCallsPerHour: 6,
  namespaceIssueCallsPerHour: 1_000,
  restartsAtOnce: 3,
  deletionGiveUpAfter: 600_000,
};

export interface WorldOptions {
  readonly seed: number;
  /** May be added to at any time. */
  readonly faults?: readonly CallFault[];
  /** Called after every outside call of an operator, with all the state there is. */
  readonly afterEach?: (world: World) => void;
  /** What the issuer can do; by default what APIO can. */
  readonly capabilities?: IssuerCapabilities;
  /** Whether the issuer does not say which key it is shown. */
  readonly isReticent?: boolean;
  /** The adapter of an issuer object, where it is not the Live world; may throw as a real one does. */
  readonly issuerOf?: (object: ApiKeyIssuer) => Issuer | undefined;
  /** The adapters of all objects, where they are not those that call the engines directly. */
  readonly adapters?: (parts: AdapterParts) => Adapters;
  /** Set where the operator follows issuers and stores of the whole cluster. */
  readonly cluster?: NonNullable<OperatorDeps['cluster']>;
  /** The only namespaces that the operator follows; all of them by default. */
  readonly namespaces?: readonly string[];
  /** The stores there are, Vault alone by default; consumers read what the target of the first one serves. */
  readonly stores?: readonly StoreType[];
}

/** What adapters are made of: one process's way to Kubernetes, and the engines that they lead to. */
export interface AdapterParts {
  readonly kube: KubeApi;
  readonly clock: VirtualClock;
  readonly entropy: Entropy;
  readonly apio: ApioEngine;
  readonly vault: VaultEngine;
}

/**
 * The whole engines of the sandbox, with schemas, defaults and rules, in one process and in virtual time, and operators that live and
 * die. Every call is answered at once, so that a story can say when things happen and what is told in the end. Where everything may go
 * wrong at any moment is `test/simulation`.
 */
export interface World {
  readonly clock: VirtualClock;
  readonly kube: KubeEngine;
  readonly apio: ApioEngine;
  readonly vault: VaultEngine;
  readonly stores: readonly StoreType[];
  readonly places: Places;
  /** Admission policies and their bindings, by the plural of their kind. */
  readonly policies: Map<string, GuardObject>;
  /** Names of all outside calls that operators made, in order. */
  readonly calls: readonly string[];
  /** Every line that an operator logged. */
  readonly logs: readonly string[];
  /** What operators recorded of what they did, in order. */
  readonly audit: readonly (AuditRecord & { readonly time: string })[];
  /** How many reconciles of rotations have ended. */
  reconciled(): number;
  /** Starts an operator process; living ones get a rival. One that dies is followed by the next at once. */
  start(): void;
  rotation(): ApiKeyRotation | undefined;
  /** Cuts the running operator off from Kubernetes: calls are refused, watches say nothing more. */
  partition(): void;
  heal(): void;
  /** Takes rights on kinds in a namespace from the operators, as the deletion of a Role does. */
  forbid(namespace: string, plurals: readonly string[]): void;
  allow(namespace: string): void;
  /** The operator that was started last. */
  operator(): Operator;
  /** Ends all operator processes in good order. */
  stop(): Promise<void>;
}

export function createWorld(options: WorldOptions): World {
  const { seed, faults = [], afterEach = () => {}, issuerOf = () => undefined } = options;
  const { stores = ['Vault'] } = options;
  const clock = new VirtualClock();
  const entropy = createSeededEntropy(seed);
  const now = () => clock.now();
  const kube = new KubeEngine({ now, ...entropy });
  const apio = new ApioEngine({ now, ...entropy });
  const reviewJwt = (jwt: string, audience: string) => {
    const verdict = kube.reviewToken(jwt, [audience]);
    return verdict.authenticated ? { subject: verdict.user.username } : undefined;
  };
  const vault = new VaultEngine({ now, uuid: entropy.uuid, reviewJwt });
  const manager = apio.createManager('Live', 'acme');
  vault.mountKv(MOUNT);
  const token = vault.createToken();
  const policies = new Map<string, GuardObject>();
  const logs: string[] = [];
  const audit: World['audit'][number][] = [];
  let cut = false;
  const forbidden = new Set<string>();
  let reconciled = 0;
  const outside = createOutsideCalls({
    faults,
    onDeath: () => void clock.schedule(0, start),
    afterEach: () => afterEach(world),
  });
  let running: { readonly abort: AbortController; readonly operator: Operator }[] = [];

  function record(entry: AuditRecord): void {
    audit.push({ time: new Date(now()).toISOString(), ...entry });
    logs.push(JSON.stringify({ ...entry, message: 'audit' }));
  }

  function start(): void {
    const process = outside.process();
    const serverTime = createServerTime(clock);
    const policed = withPolicies(
      createMemoryKube(kube, process, clock, serverTime, {
        isCut: () => cut,
        isForbidden: ({ resource, namespace }) => forbidden.has(`${namespace} ${resource.plural}`),
      }),
      process,
      policies,
    );
    const api = createPatientKube(policed, clock);
    const log = recordingLog(logs);
    const telling = createMemoryIssuer(apio, manager.text, process, options.capabilities);
    const issuer = options.isReticent ? reticent(telling) : telling;
    const vaultStore = createMemoryStore(vault, MOUNT, token, process);
    const secretStore = createKubernetesStore({ api, namespace: NAMESPACE });
    const adapters: Adapters = options.adapters?.({ kube: api, clock, entropy, apio, vault }) ?? {
      issuer: (object, environment) => (environment === 'Live' ? (issuerOf(object) ?? issuer) : undefined),
      store: ({ spec }) => (spec.type === 'Vault' ? vaultStore : secretStore),
      forget() {},
    };
    const operator = createOperator({
      kube: api,
      serverTime,
      clock,
      entropy,
      log,
      events: createEventRecorder({ kube: api, clock, entropy, log, instance: 'sim', namespace: 'default' }),
      adapters: createPatience(adapters, clock),
      effects: { audit: { record }, keyIssued() {}, keyRevoked() {} },
      leadership: alwaysLeading,
      onPhaseEnded() {},
      installation: INSTALLATION,
      namespaces: options.namespaces ?? [],
      ...(options.cluster && { cluster: options.cluster }),
      limits: LIMITS,
      concurrency: 4,
      onReconciled(controller) {
        if (controller === 'rotation') reconciled += 1;
      },
    });
    const abort = new AbortController();
    void operator.run(abort.signal);
    running.push({ abort, operator });
  }

  const world: World = {
    clock,
    kube,
    apio,
    vault,
    stores,
    policies,
    places: createPlaces(kube, vault),
    calls: outside.names,
    logs,
    audit,
    reconciled: () => reconciled,
    partition: () => {
      cut = true;
    },
    heal: () => {
      cut = false;
    },
    forbid(namespace, plurals) {
      for (const plural of plurals) forbidden.add(`${namespace} ${plural}`);
    },
    allow(namespace) {
      for (const each of forbidden) if (each.startsWith(`${namespace} `)) forbidden.delete(each);
    },
    operator() {
      const last = running.at(-1);
      if (!last) throw new Error('no operator runs');
      return last.operator;
    },
    start,
    rotation: rememberRotation(kube),
    async stop() {
      for (const { abort } of running) abort.abort();
      running = [];
      await clock.idle();
    },
  };
  prepare(kube, stores);
  return world;
}

/** Consumers, invariants and conditions ask for it all the time: it is read again only after something was written. */
function rememberRotation(kube: KubeEngine): () => ApiKeyRotation | undefined {
  let seen: { readonly at: string; readonly object: ApiKeyRotation | undefined } | undefined;
  return () => {
    if (seen?.at === kube.resourceVersion) return seen.object;
    const { items } = kube.list({ resource: 'apikeyrotations.apikeyrotation.io', namespace: NAMESPACE });
    seen = { at: kube.resourceVersion, object: items[0] as ApiKeyRotation | undefined };
    return seen.object;
  };
}

function recordingLog(lines: string[], bindings: object = {}): Log {
  const write = (fields: object, message: string) => {
    lines.push(JSON.stringify({ ...bindings, ...fields, message }));
  };
  return {
    debug: write,
    info: write,
    warn: write,
    error: write,
    child: (more) => recordingLog(lines, { ...bindings, ...more }),
  };
}

const CRD_FOLDER = join(import.meta.dirname, '../../../crds');
/** Read once: a file of tests makes a hundred worlds. */
const CRDS = readdirSync(CRD_FOLDER).flatMap((file) => parseManifests(readFileSync(join(CRD_FOLDER, file), 'utf8')));

/** CRDs, namespace, issuer, stores and the consumer's pods. */
function prepare(kube: KubeEngine, stores: readonly StoreType[]): void {
  applyObjects(kube, CRDS);
  applyManifests(
    kube,
    `
apiVersion: v1
kind: Namespace
metadata: {name: ${NAMESPACE}}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyIssuer
metadata: {name: apio, namespace: ${NAMESPACE}}
spec:
  type: APIO
  apio: {environments: [{name: Live, url: "https://live.apio.test", credentials: {secretRef: {name: apio, key: apiKey}}}]}
`,
  );
  for (const type of stores) applyManifests(kube, KEY_STORES[type]);
  for (const name of PODS) addPod(kube, name);
}

const KEY_STORES: Readonly<Record<StoreType, string>> = {
  Vault: `
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: ${TARGETS.Vault.storeRef.name}, namespace: ${NAMESPACE}}
spec:
  type: Vault
  vault: {url: "https://vault.test", mount: ${MOUNT}, auth: {type: Token, token: {secretRef: {name: vault, key: token}}}}
`,
  KubernetesSecret: `
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: ${TARGETS.KubernetesSecret.storeRef.name}, namespace: ${NAMESPACE}}
spec: {type: KubernetesSecret}
`,
};

/** Where the consumers read. */
export function consumedPath({ stores: [first = 'Vault'] }: Pick<World, 'stores'>): string {
  return TARGETS[first].path;
}

/** The ServiceAccount of a pod: its name without the number. */
export function accountOf(pod: string): string {
  return pod.replace(/-\d+$/, '');
}

/** One more running pod. */
export function addPod(kube: KubeEngine, name: string): void {
  kube.create(
    { resource: 'pods', namespace: NAMESPACE },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { serviceAccountName: accountOf(name), containers: [{ name: 'app', image: 'app' }] },
    },
  );
  kube.patch(
    { resource: 'pods', namespace: NAMESPACE, name, subresource: 'status' },
    { type: 'merge', body: { status: { phase: 'Running' } } },
  );
}

/** The object under test. */
export const ROTATION = `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: apio, namespace: ${NAMESPACE}}
spec:
  issuerRef: {name: apio}
  key: {environment: Live, organization: acme, permissions: ["payments:read"]}
  targets:
  - {name: vault, storeRef: {name: vault}, path: ${PATH}}
  consumers:
  - name: api
    evidence:
    - {type: Report, report: {serviceAccountName: api}}
    - {type: Proof}
`;
