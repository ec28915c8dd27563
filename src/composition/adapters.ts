import {
  CLUSTER_STORE_KIND,
  ISSUER_KIND,
  isClusterIssuer,
  isClusterStore,
  STORE_KIND,
  titleOf,
} from '../api/references.ts';
import type { IssuerObject, StoreObject } from '../api/types.ts';
import { CallError } from '../http/call-error.ts';
import type { HttpTransport } from '../http/transport.ts';
import { createApioIssuer } from '../issuers/apio/apio-issuer.ts';
import { createHttpWorlds } from '../issuers/http/http-worlds.ts';
import { readParameters } from '../issuers/parameters.ts';
import type { Issuer } from '../issuers/port.ts';
import { createSupportWorlds } from '../issuers/support/support-worlds.ts';
import { createUndisclosed } from '../issuers/undisclosed.ts';
import type { Adapters } from '../operator/adapters.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Entropy } from '../runtime/entropy.ts';
import type { KubeApi } from '../runtime/kube/kube-api.ts';
import { guardWrites } from '../runtime/leader-election/guarded-kube.ts';
import type { Leadership } from '../runtime/leader-election/leadership.ts';
import { createKubernetesStore } from '../stores/kubernetes/kubernetes-store.ts';
import type { KeyStore } from '../stores/port.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAwsStores } from './aws-stores.ts';
import { createCredentials, type SecretKeyRef } from './credentials.ts';
import { discreetIssuer, discreetStore } from './discreet.ts';
import { measureIssuer, measureStore } from './measured.ts';
import type { PodIdentity } from './pod-identity.ts';
import { createVaultStores } from './vault-stores.ts';

/** Connections for issuers whose authors choose the requests: those that all of them share, and own ones for who names authorities. */
export interface DeclaredTransports {
  readonly shared: HttpTransport;
  /** `ca`: certificates in PEM. */
  readonly trusting: (ca: string) => HttpTransport;
}

export interface AdapterDeps {
  readonly kube: KubeApi;
  /** A Secret as a store is written by several calls, and each of them asks. */
  readonly leadership: Pick<Leadership, 'holds'>;
  readonly transport: HttpTransport;
  /** Connections like `transport` that trust these certificates (PEM) alone. */
  readonly trusting: (ca: string) => HttpTransport;
  /** For issuers of types HTTP and Support: docs/decisions/0012-private-networks-are-named-for-declared-issuers.md. */
  readonly declaredTransports: DeclaredTransports;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly metrics: Metrics;
  /** The audiences that a KeyStore may have tokens made for. */
  readonly storeAudiences: readonly string[];
  /** The operator's own identity at AWS. */
  readonly podIdentity: Pick<PodIdentity, 'grant'>;
  /** KeyStores of these namespaces may use it. */
  readonly podIdentityNamespaces: readonly string[];
  /** For tests: takes the calls to AWS. */
  readonly awsEndpoint?: string | undefined;
  /** The operator's own namespace, where everything is that issuers and stores of the cluster name; undefined where it is not known. */
  readonly clusterNamespace?: string | undefined;
}

/** Makes real adapters, one for each generation of an object. */
export function createAdapters(deps: AdapterDeps): Adapters {
  const { kube, leadership, transport, declaredTransports, clock, metrics } = deps;
  const credentials = createCredentials(deps);

  const awsStore = createAwsStores({ ...deps, credentials });
  const vaultStore = createVaultStores({ ...deps, credentials });

  /** Where the Secrets, ConfigMaps and ServiceAccounts are that an object names. */
  function homeOf({ metadata }: IssuerObject | StoreObject): string {
    const home = metadata.namespace ?? deps.clusterNamespace;
    if (home !== undefined) return home;
    const problem = 'the operator does not know its own namespace, where the Secrets of cluster kinds are';
    throw new CallError(
      'refused',
      'OperatorNamespaceUnknown',
      `${problem}; let whoever runs it start it with --cluster-resource-namespace`,
    );
  }

  function makeStore(object: StoreObject): Closable<KeyStore> {
    const { spec } = object;
    const namespace = homeOf(object);
    const title = titleOf(STORE_KIND, object);
    const measured = (store: KeyStore) =>
      measureStore(isClusterStore(object) ? discreetStore(store, title) : store, title, metrics, clock);
    if (spec.awsSecretsManager) return { adapter: measured(awsStore(namespace, spec.awsSecretsManager)) };
    if (!spec.vault && isClusterStore(object))
      throw new TypeError('The CRD admits no Secrets as a store of the cluster');
    if (!spec.vault)
      return { adapter: measured(createKubernetesStore({ api: guardWrites(kube, leadership), namespace })) };
    const vault = vaultStore(namespace, spec.vault);
    return { adapter: measured(vault), close: () => vault.close() };
  }

  function makeIssuers(object: IssuerObject): Closable<ReadonlyMap<string, World>> {
    const { metadata, spec } = object;
    const namespace = homeOf(object);
    const title = titleOf(ISSUER_KIND, object);
    const secret = (ref: SecretKeyRef) => credentials.secret(namespace, ref);
    const apio = (spec.apio?.environments ?? []).map(({ name, url, credentials: { secretRef } }) => {
      const issuer = createApioIssuer({ transport, url, name: `${title} (${name})`, credential: secret(secretRef) });
      return [name, withoutParameters(issuer, title)] as const;
    });
    const own: HttpTransport[] = [];
    const transportFor = (ca: string | undefined) => {
      if (ca === undefined) return declaredTransports.shared;
      const trusting = declaredTransports.trusting(ca);
      own.push(trusting);
      return trusting;
    };
    const http = spec.http
      ? createHttpWorlds({ declaration: spec.http, object: title, secret, transportFor, clock })
      : [];
    // People give keys in Secrets of the namespace that asks for them: there is no such type for the cluster.
    const support = 'support' in spec ? spec.support : undefined;
    const people = support
      ? createSupportWorlds({
          declaration: support,
          kube: guardWrites(kube, leadership),
          namespace,
          issuerName: metadata.name,
          title,
          transportFor,
          secret,
          clock,
        })
      : [];
    const manned = people.map(([name, issuer]) => [name, withoutParameters(issuer, title)] as const);
    const remembered = (name: string, world: World) => {
      const undisclosed = createUndisclosed(`${title} (${name})`);
      const discreet = (issuer: Issuer) => (isClusterIssuer(object) ? discreetIssuer(issuer, title) : issuer);
      return rememberByParameters((parameters) =>
        measureIssuer(discreet(undisclosed(world(parameters))), metrics, clock),
      );
    };
    return {
      adapter: new Map([...apio, ...http, ...manned].map(([name, world]) => [name, remembered(name, world)])),
      close: () => own.map((each) => each.close()),
    };
  }

  const issuers = rememberByGeneration(makeIssuers);
  const stores = rememberByGeneration(makeStore);
  return {
    issuer: (object, environment, parameters) => issuers.of(object).get(environment)?.(parameters),
    store: stores.of,
    forget(object) {
      if (object.kind === STORE_KIND || object.kind === CLUSTER_STORE_KIND) stores.forget(object);
      else issuers.forget(object);
    },
  };
}

/** One environment of an issuer; see Adapters.issuer. */
type World = (parameters: Readonly<Record<string, string>> | undefined) => Issuer;

/** Of one world. Whoever writes rotations chooses their parameters: there may be any number in the life of an issuer. */
const MAX_PARAMETERS = 300;

/**
 * Rotations ask for theirs many times, and there are as many parameters as places where they have keys. Those that were not asked for
 * longest go; nothing is closed, because all share their connections.
 */
function rememberByParameters(make: World): World {
  const made = new Map<string | undefined, Issuer>();
  return (parameters) => {
    const key = parameters && JSON.stringify(Object.entries(parameters).sort());
    const issuer = made.get(key) ?? make(parameters);
    made.delete(key);
    made.set(key, issuer);
    const [oldest] = made.keys();
    if (made.size > MAX_PARAMETERS) made.delete(oldest);
    return issuer;
  };
}

function withoutParameters(issuer: Issuer, title: string): World {
  return (given = {}) => {
    readParameters([], given, title);
    return issuer;
  };
}

interface Closable<A> {
  readonly adapter: A;
  readonly close?: () => unknown;
}

interface Generational {
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly uid?: string;
    readonly generation?: number;
  };
}

/** One adapter an object: a changed or recreated object gets a new one, and the old one is closed. */
function rememberByGeneration<T extends Generational, A>(make: (object: T) => Closable<A>) {
  const known = new Map<string, Closable<A> & { readonly version: string }>();
  const keyOfObject = ({ metadata: { namespace, name } }: Generational) => `${namespace}/${name}`;

  function forget(object: Generational): void {
    const key = keyOfObject(object);
    known.get(key)?.close?.();
    known.delete(key);
  }

  return {
    forget,
    of(object: T): A {
      const { uid, generation } = object.metadata;
      const version = `${uid}/${generation}`;
      const held = known.get(keyOfObject(object));
      if (held?.version === version) return held.adapter;
      forget(object);
      const made = { ...make(object), version };
      known.set(keyOfObject(object), made);
      return made.adapter;
    },
  };
}
