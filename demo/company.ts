import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine } from '../sandbox/standalone/part.ts';
import { PODS } from './cast.ts';
import { operatorToken, prepareCluster } from './cluster.ts';
import { type Fleet, openFleet } from './consumers.ts';
import type { Secret } from './leak-scan.ts';
import { type OperatorProcess, startOperator } from './operator-process.ts';
import type { Fault } from './options.ts';
import { type EquippedPod, equipPods, tokensOf } from './pods.ts';
import { openStage, type Stage } from './stage.ts';
import type { Timeline } from './timeline.ts';
import { watchStage } from './watcher.ts';
import { createWitness, type Witness } from './witness.ts';

/** Everything that runs: the servers, the operator, the consumers, and the witness of what they do. */
export interface Company {
  readonly stage: Stage;
  readonly operator: OperatorProcess;
  readonly fleet: Fleet;
  readonly pods: readonly EquippedPod[];
  readonly witness: Witness;
  /** The tokens that were handed out, as things that must not be found. */
  readonly tokens: readonly Secret[];
  /** The path of a kubeconfig for kubectl. */
  readonly kubeconfig: string;
}

/** Who hears of the company, and what goes wrong. */
export interface CompanyOptions {
  readonly timeline: Timeline;
  readonly fault: Fault | undefined;
  /** Something was seen. */
  readonly onChange: () => void;
  /** A process ended that should not have. */
  readonly onProblem: (problem: Error) => void;
  /** Takes what has to be undone at the end, whatever happens. */
  readonly cleanup: AsyncDisposableStack;
}

/** How long the operator may take to end. */
export const STOP_GRACE_MS = 5_000;

/** Opens the stage, and starts the operator and idle consumers. Nothing is declared yet. */
export async function gatherCompany({
  timeline,
  fault,
  onChange,
  onProblem,
  cleanup,
}: CompanyOptions): Promise<Company> {
  const witness = createWitness({ timeline, now: machine.now, onChange });
  const revokeOutside = (keyID: string) => stage.issuer.engine.revokeOutside(keyID);
  const stage = await openStage(watchStage({ witness, timeline, fault, revokeOutside }));
  cleanup.defer(() => stage.close());
  const { folder, pods, tokens, operatorKubeconfig } = await equip(stage, cleanup);
  const operator = startOperator({
    kubeconfig: operatorKubeconfig,
    onLine: onChange,
    onDeath: (how) => onProblem(new Error(`the operator ended ${how}`)),
  });
  cleanup.defer(() => operator.stop(STOP_GRACE_MS));
  const fleet = openFleet(PODS, {
    onMessage: witness.podMessage,
    onDeath: (pod) => onProblem(new Error(`the process of ${pod} ended`)),
  });
  cleanup.defer(() => fleet.close());
  return {
    ...{ stage, operator, fleet, pods, witness, tokens },
    kubeconfig: await save(folder, 'kubeconfig', stage.kube.server.kubeconfig()),
  };
}

/** What operator and pods need on an open stage; `folder` is gone after the cleanup. */
export interface Equipment extends Pick<Company, 'pods' | 'tokens'> {
  readonly folder: string;
  /** The path of a kubeconfig with the operator's own token. */
  readonly operatorKubeconfig: string;
}

/** Prepares the cluster, and hands out tokens and kubeconfigs. */
export async function equip(stage: Stage, cleanup: AsyncDisposableStack): Promise<Equipment> {
  prepareCluster(stage);
  const folder = await mkdtemp(join(tmpdir(), 'apikeyrotation-demo-'));
  cleanup.defer(() => rm(folder, { recursive: true }));
  const pods = await equipPods(stage, folder);
  const token = operatorToken(stage.kube.engine);
  return {
    folder,
    pods,
    tokens: [...tokensOf(pods), { id: 'operator-token', text: token }],
    operatorKubeconfig: await save(folder, 'operator.kubeconfig', stage.kube.server.kubeconfig(token)),
  };
}

async function save(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
