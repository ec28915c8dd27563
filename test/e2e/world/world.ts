import { writeFile } from 'node:fs/promises';
import { type OperatorProcess, startOperator } from '../../../demo/operator-process.ts';
import { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import type { LedgerEntry } from '../../../sandbox/apio/engine/types.ts';
import { type ApioServer, startApioServer } from '../../../sandbox/apio/front/server.ts';
import { machine } from '../../../sandbox/standalone/part.ts';
import { OPERATOR } from '../../integration/documented-roles.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../components/control-plane.ts';
import { startVault, type Vault } from '../components/vault.ts';
import { type Denial, prepareAudit } from './audit.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { byHand, type Installation } from './installation.ts';
import { untilServed } from './until-served.ts';
import { admitNamespace, trustCluster } from './vault-access.ts';

/** A real control plane and a real Vault that trust each other, our CRDs, and the sandbox's issuing API. */
export interface World {
  readonly plane: ControlPlane;
  readonly cluster: Cluster;
  readonly installation: Installation;
  readonly vault: Vault;
  readonly apio: ApioEngine;
  readonly apioServer: ApioServer;
  /** Lets the account `vault-writer` of a namespace into Vault, by the role of the namespace's name. */
  admit(namespace: string): Promise<void>;
  /** Starts an operator as the ServiceAccount of docs/operator-rights.md; resolves when it serves. */
  operator(options?: WorldOperatorOptions): Promise<WorldOperator>;
  /** Every operator that was started. */
  readonly operators: readonly WorldOperator[];
  /** What operators asked for and RBAC refused, by the API server's audit log. */
  denials(): Promise<readonly Denial[]>;
  /** All that operators asked for, as the API server wrote it down. */
  auditLog(): Promise<string>;
  /** Ends everything. `keepLogs`: a test failed. */
  close(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** An operator's own process. */
export interface WorldOperator extends OperatorProcess {
  /** Its ServiceAccount's. */
  readonly token: string;
  readonly reportsURL: string;
  readonly probesURL: string;
}

/** How an operator differs from one that watches the whole cluster. */
export interface WorldOperatorOptions {
  readonly flags?: readonly string[];
  /** Reaches the API server here, for instance through a proxy; default: directly. */
  readonly server?: string;
  readonly onDeath?: (how: string) => void;
  /** Arguments of Node that start it; default: from its sources. */
  readonly program?: readonly string[] | undefined;
}

/** What a world has. */
export interface WorldOptions {
  /** Deployments roll out; default false. */
  readonly workloads?: boolean;
  /** Default: by hand, for the whole cluster. */
  readonly installation?: Installation;
  /** Whether the API server writes down who asked for what, which costs it time; default true. */
  readonly audited?: boolean;
  /** What starts operators, unless one is started otherwise. */
  readonly program?: readonly string[];
  /** Told of every effect at the issuing API, within the call that has it. */
  readonly onEntry?: (entry: LedgerEntry) => void;
}

/** Starts it, without an operator. */
export async function startWorld({
  workloads = false,
  audited = true,
  program: usually,
  installation = byHand({ wholeCluster: true }),
  onEntry,
}: WorldOptions = {}): Promise<World> {
  const apio = new ApioEngine({ ...machine, ...(onEntry && { onEntry }) });
  const audit = await prepareAudit();
  const started = await startServers({ workloads, apiServerFlags: audited ? audit.flags : [] }, apio);
  const { plane, vault, apioServer } = started;
  const cluster = createCluster(plane);
  const operators: WorldOperator[] = [];
  async function close(options?: { readonly keepLogs?: boolean }): Promise<void> {
    await Promise.all(operators.map((operator) => operator.stop(5_000)));
    await started.stop(options);
    await audit.close();
  }
  try {
    await trustCluster(vault, plane.serviceAccountPublicKey);
    await installation.install(plane, cluster);
    await untilServed(cluster);
  } catch (error) {
    await close({ keepLogs: true });
    throw error;
  }
  return {
    plane,
    cluster,
    installation,
    vault,
    apio,
    apioServer,
    admit: (namespace) => admitNamespace(vault, namespace),
    operators,
    denials: audit.denials,
    auditLog: audit.text,
    async operator({ flags = [], server, onDeath, program = usually } = {}) {
      const token = await cluster.token(OPERATOR, { expirationSeconds: 86_400 });
      const kubeconfig = `${plane.folder}/operator-${operators.length}.kubeconfig`;
      const text = plane.kubeconfig(token);
      await writeFile(kubeconfig, server === undefined ? text : text.replaceAll(plane.url, server), { mode: 0o600 });
      const lease = ['--leader-election-namespace', OPERATOR.namespace];
      const operator = {
        ...(await startServing({ kubeconfig, flags: [...lease, ...flags], onDeath, program })),
        token,
      };
      operators.push(operator);
      return operator;
    },
    close,
  };
}

/** The three servers of a world; where one does not start, the others are stopped. */
async function startServers(planeOptions: ControlPlaneOptions, engine: ApioEngine) {
  const apioServer = await startApioServer({ engine });
  const [plane, vault] = await Promise.allSettled([startControlPlane(planeOptions), startVault()]);
  if (plane.status === 'fulfilled' && vault.status === 'fulfilled') {
    const stop = async (options?: { readonly keepLogs?: boolean }) => {
      await Promise.all([plane.value.stop(options), vault.value.stop(options), apioServer.close()]);
    };
    return { plane: plane.value, vault: vault.value, apioServer, stop };
  }
  await apioServer.close();
  for (const server of [plane, vault]) if (server.status === 'fulfilled') await server.value.stop();
  throw plane.status === 'rejected' ? plane.reason : vault.status === 'rejected' ? vault.reason : undefined;
}

/** What an operator is started with. */
export interface ServingOptions {
  readonly kubeconfig: string;
  readonly flags: readonly string[];
  readonly onDeath?: ((how: string) => void) | undefined;
  readonly program: readonly string[] | undefined;
}

/** Starts one; resolves when it serves. */
export async function startServing(options: ServingOptions): Promise<Omit<WorldOperator, 'token'>> {
  const { kubeconfig, flags, onDeath, program } = options;
  const started = Promise.withResolvers<void>();
  const operator: OperatorProcess = startOperator({
    kubeconfig,
    flags,
    ...(program && { program }),
    onLine: () => {
      if (operator.addresses()) started.resolve();
    },
    onDeath: (how) => {
      onDeath?.(how);
      started.reject(new Error(`the operator ended ${how}: ${operator.lines().slice(-15).join('\n')}`));
    },
  });
  await started.promise;
  const { probes = '', reports = '' } = operator.addresses() ?? {};
  return { ...operator, reportsURL: reports, probesURL: probes };
}
