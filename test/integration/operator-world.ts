import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type OperatorListener,
  type OperatorOptions,
  type OperatorProcess,
  startOperator,
} from '../../demo/operator-process.ts';
import { ApioEngine } from '../../sandbox/apio/engine/apio-engine.ts';
import { type ApioServer, startApioServer } from '../../sandbox/apio/front/server.ts';
import { KubeEngine } from '../../sandbox/kube/engine/engine.ts';
import type { JsonObject } from '../../sandbox/kube/engine/json.ts';
import { applyManifests } from '../../sandbox/kube/engine/manifests.ts';
import type { KubeObject } from '../../sandbox/kube/engine/object.ts';
import { type KubeServer, startKubeServer } from '../../sandbox/kube/front/server.ts';
import { machine } from '../../sandbox/standalone/part.ts';
import { VaultEngine } from '../../sandbox/vault/engine/vault-engine.ts';
import { startVaultServer } from '../../sandbox/vault/server.ts';
import type { ApiKeyRotation } from '../../src/api/types.ts';

export const NAMESPACE = 'payments';
export const MOUNT = 'secret';
export const PATH = 'payments/apio';
export const ROTATION = { resource: 'apikeyrotations.apikeyrotation.io', namespace: NAMESPACE, name: 'apio' };

/** As the engine gives it out. */
type Rotation = KubeObject & ApiKeyRotation;

/** The operator's own process against the sandbox over HTTP, with every request counted. */
export interface OperatorWorld {
  readonly kube: KubeEngine;
  readonly kubeServer: KubeServer;
  readonly apio: ApioEngine;
  readonly apioServer: ApioServer;
  readonly vault: VaultEngine;
  readonly vaultURL: string;
  readonly operator: OperatorProcess;
  readonly reportsURL: string;
  readonly probesURL: string;
  /** Starts one more replica; resolves when it serves. */
  startReplica(): Promise<Replica>;
  /** Requests to Kubernetes as `METHOD resource`, to the issuer as `issuer op`, to Vault as `vault METHOD`; watches and the Lease left out. */
  readonly requests: string[];
  rotation(): Rotation | undefined;
  apply(yaml: string): void;
  /** Resolves with the rotation as soon as `wanted` holds; fails after 20 s with what it looked like last. */
  until(what: string, wanted: (rotation: Rotation) => boolean): Promise<Rotation>;
  /** A token as the kubelet projects it into the pod. */
  reportToken(pod: string): string;
  close(): Promise<void>;
}

/** One operator's process, and where it serves. */
export interface Replica {
  readonly operator: OperatorProcess;
  readonly reportsURL: string;
  readonly probesURL: string;
}

const CRDS = join(import.meta.dirname, '../../crds');
const PATIENCE_MS = 20_000;

/** How a world differs from the usual one, in which the operator may do everything. */
export interface OperatorWorldOptions {
  /** RBAC is on, and the operator runs as this ServiceAccount, which `prepare` makes. */
  readonly restricted?: {
    readonly prepare: (kube: KubeEngine) => void;
    readonly namespace: string;
    readonly name: string;
  };
  /** More flags of the operator. */
  readonly flags?: readonly string[];
  /** What starts it, for those who know where its kubeconfig is; default: from its sources. */
  readonly program?: (kubeconfig: string) => readonly string[];
  /** The Node that it runs on; default: that of the tests. */
  readonly node?: string;
}

export async function startOperatorWorld({
  restricted,
  flags = [],
  program,
  node,
}: OperatorWorldOptions = {}): Promise<OperatorWorld> {
  const kube = new KubeEngine({ ...machine, rbac: restricted !== undefined });
  const apio = new ApioEngine(machine);
  const vault = new VaultEngine({ ...machine, reviewJwt: (jwt, audience) => subjectOf(kube, jwt, audience) });
  const requests: string[] = [];
  const [kubeServer, apioServer, vaultServer] = [
    await startKubeServer({ engine: kube }),
    await startApioServer({ engine: apio }),
    await startVaultServer({ engine: vault }),
  ];
  count({ kubeServer, apio, vault, requests });
  vault.mountKv(MOUNT);
  for (const file of await readdir(CRDS)) applyManifests(kube, await readFile(join(CRDS, file), 'utf8'));
  applyManifests(
    kube,
    fixtures(apioServer.url.Live, vaultServer.url, apio.createManager('Live', 'acme').text, vault.createToken()),
  );

  const folder = await mkdtemp(join(tmpdir(), 'operator-world-'));
  const kubeconfig = join(folder, 'kubeconfig');
  restricted?.prepare(kube);
  await writeFile(kubeconfig, kubeServer.kubeconfig(restricted && tokenOf(kube, restricted)));
  const leaseFlags = restricted ? ['--leader-election-namespace', restricted.namespace] : [];
  const replicas: Replica[] = [];
  async function startReplica(): Promise<Replica> {
    const replica = await serve({
      kubeconfig,
      flags: [...leaseFlags, ...flags],
      ...(program && { program: program(kubeconfig) }),
      ...(node && { node }),
    });
    replicas.push(replica);
    return replica;
  }
  const first = await startReplica();
  const rotation = () =>
    kube.list({ resource: ROTATION.resource, namespace: NAMESPACE }).items[0] as Rotation | undefined;

  return {
    kube,
    kubeServer,
    apio,
    apioServer,
    vault,
    vaultURL: vaultServer.url,
    ...first,
    startReplica,
    requests,
    rotation,
    apply: (yaml) => void applyManifests(kube, yaml),
    until: (what, wanted) => until(kube, what, wanted, () => JSON.stringify(rotation()?.status, null, 1)),
    reportToken: (pod) => {
      const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: pod };
      return tokenOf(kube, { namespace: NAMESPACE, name: 'api' }, { audiences: ['apikeyrotation.io'], boundObjectRef });
    },
    async close() {
      await Promise.all(replicas.map(({ operator }) => operator.stop(10_000)));
      await Promise.all([kubeServer.close(), apioServer.close(), vaultServer.close(), rm(folder, { recursive: true })]);
    },
  };
}

async function serve(options: Omit<OperatorOptions, keyof OperatorListener>): Promise<Replica> {
  const serving = Promise.withResolvers<void>();
  const operator: OperatorProcess = startOperator({
    ...options,
    onLine: () => {
      if (operator.addresses()) serving.resolve();
    },
    onDeath: (how) => serving.reject(new Error(`the operator ended ${how}: ${operator.lines().join('\n')}`)),
  });
  await serving.promise;
  const { probes = '', reports = '' } = operator.addresses() ?? {};
  return { operator, reportsURL: reports, probesURL: probes };
}

/** A token of a ServiceAccount; without a spec one for the API server itself. */
function tokenOf(kube: KubeEngine, account: { namespace: string; name: string }, spec: JsonObject = {}): string {
  const { namespace, name } = account;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const { status } = kube.createToken({ namespace, name }, body) as { status?: { token?: string } };
  return status?.token ?? '';
}

/** Vault's JWT login trusts the tokens of this cluster. */
function subjectOf(kube: KubeEngine, jwt: string, audience: string): { subject: string } | undefined {
  const verdict = kube.reviewToken(jwt, [audience]);
  return verdict.authenticated ? { subject: verdict.user.username } : undefined;
}

function until(
  kube: KubeEngine,
  what: string,
  wanted: (rotation: Rotation) => boolean,
  last: () => string,
): Promise<Rotation> {
  return new Promise((resolve, reject) => {
    let cancel = () => {};
    const timer = setTimeout(() => {
      cancel();
      reject(new Error(`not seen within ${PATIENCE_MS} ms: ${what}; last: ${last()}`));
    }, PATIENCE_MS);
    cancel = kube.watch({ resource: ROTATION.resource, namespace: NAMESPACE }, {}, ({ type, object }) => {
      const seen = object as Rotation;
      if (type === 'BOOKMARK' || !wanted(seen)) return;
      clearTimeout(timer);
      // The engine calls back within `watch` for what exists already.
      queueMicrotask(() => cancel());
      resolve(seen);
    });
  });
}

function count({
  kubeServer,
  apio,
  vault,
  requests,
}: Pick<OperatorWorld, 'kubeServer' | 'apio' | 'vault' | 'requests'>): void {
  kubeServer.faults.inject({
    fault: { type: 'drop' },
    times: Number.POSITIVE_INFINITY,
    matches: ({ method, path }) => {
      const { pathname, searchParams } = new URL(path, 'http://kube');
      if (!searchParams.has('watch') && !pathname.includes('/leases'))
        requests.push(`${method} ${resourceOf(pathname)}`);
      return false;
    },
  });
  const handle = vault.handle.bind(vault);
  vault.handle = (request) => {
    requests.push(`vault ${request.method} ${request.path.includes('/data/') ? 'data' : request.path}`);
    return handle(request);
  };
  for (const operation of ['issue', 'list', 'get', 'revoke', 'self'] as const) {
    let calls = apio.calls[operation];
    Object.defineProperty(apio.calls, operation, {
      get: () => calls,
      set: (now: number) => {
        calls = now;
        requests.push(`issuer ${operation}`);
      },
    });
  }
}

/** `apikeyrotations/status` of `/apis/g/v/namespaces/n/apikeyrotations/name/status`. */
function resourceOf(pathname: string): string {
  const [resource = '', , subresource] = pathname
    .replace(/^\/(api\/v1|apis\/[^/]+\/[^/]+)\//, '')
    .replace(/^namespaces\/[^/]+\//, '')
    .split('/');
  return subresource ? `${resource}/${subresource}` : resource;
}

function fixtures(apioURL: string, vaultURL: string, managerText: string, vaultToken: string): string {
  return `
apiVersion: v1
kind: Namespace
metadata: {name: ${NAMESPACE}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: api, namespace: ${NAMESPACE}}
---
apiVersion: v1
kind: Secret
metadata: {name: apio, namespace: ${NAMESPACE}}
stringData: {apiKey: ${managerText}}
---
apiVersion: v1
kind: Secret
metadata: {name: vault, namespace: ${NAMESPACE}}
stringData: {token: ${vaultToken}}
---
apiVersion: v1
kind: Pod
metadata: {name: api-0, namespace: ${NAMESPACE}}
spec: {serviceAccountName: api, containers: [{name: app, image: app}]}
status: {phase: Running}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyIssuer
metadata: {name: apio, namespace: ${NAMESPACE}}
spec:
  type: APIO
  apio: {environments: [{name: Live, url: "${apioURL}", credentials: {secretRef: {name: apio, key: apiKey}}}]}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: vault, namespace: ${NAMESPACE}}
spec:
  type: Vault
  vault: {url: "${vaultURL}", mount: ${MOUNT}, auth: {type: Token, token: {secretRef: {name: vault, key: token}}}}
---
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: secrets, namespace: ${NAMESPACE}}
spec: {type: KubernetesSecret}
`;
}

/** A rotation with one reporting consumer. */
export const ONE_CONSUMER = `
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
    evidence: [{type: Report, report: {serviceAccountName: api}}]
`;
