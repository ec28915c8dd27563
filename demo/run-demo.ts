import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine } from '../sandbox/standalone/part.ts';
import { PODS } from './cast.ts';
import { operatorToken, prepareCluster } from './cluster.ts';
import { configOf, equipPods, tokensOf } from './company.ts';
import { openFleet } from './consumers.ts';
import { inspect, provoke, secretsOf } from './inspection.ts';
import { type Output, withoutSecrets } from './leak-scan.ts';
import { type OperatorProcess, startOperator } from './operator-process.ts';
import type { DemoOptions } from './options.ts';
import { FAST, READABLE } from './pace.ts';
import { createProgress } from './progress.ts';
import type { DemoReport, Extras } from './report.ts';
import { openStage } from './stage.ts';
import { tellStory } from './story.ts';
import type { Timeline } from './timeline.ts';
import { watchStage } from './watcher.ts';
import { createWitness, type Witness } from './witness.ts';

/** What the demo works with. */
export interface DemoDeps {
  readonly options: DemoOptions;
  readonly timeline: Timeline;
  /** What this process wrote so far. */
  readonly ownOutput: () => Output;
  /** Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Called once with the outcome, while everything is still up. */
  readonly onOutcome: (outcome: Outcome) => void;
}

/** How it went. `operatorLog` holds the operator's last lines, without secrets. */
export interface Outcome {
  readonly report: DemoReport;
  readonly extras: Omit<Extras, 'seconds'>;
  readonly problem: string | undefined;
  readonly operatorLog: readonly string[];
  /** For kubectl. */
  readonly kubeconfig: string;
}

const STEP_BOUND_MS = 60_000;
const COUNTS_BOUND_MS = 3_000;
const STOP_GRACE_MS = 5_000;
const STANDING_MS = 200;
const LOG_LINES_SHOWN = 15;

/** Plays the whole story and cleans up behind it: processes by their ids, servers, files. */
export async function runDemo({ options, timeline, ownOutput, interrupted, onOutcome }: DemoDeps): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const pace = options.fast ? FAST : READABLE;
  const progress = createProgress({ boundMs: STEP_BOUND_MS, schedule });
  interrupted.addEventListener('abort', () => progress.fail(new Error('it was interrupted')));
  const aftermath = createProgress({ boundMs: COUNTS_BOUND_MS, schedule });
  const onChange = () => {
    progress.changed();
    aftermath.changed();
  };
  const witness = createWitness({ timeline, now: machine.now, onChange });

  const folder = await mkdtemp(join(tmpdir(), 'apikeyrotation-demo-'));
  cleanup.defer(() => rm(folder, { recursive: true }));
  const stage = await openStage(
    watchStage({
      witness,
      timeline,
      fault: options.fault,
      revokeOutside: (id) => stage.issuer.engine.revokeOutside(id),
    }),
  );
  cleanup.defer(() => stage.close());
  prepareCluster(stage);
  const pods = await equipPods(stage, folder);
  const operatorText = operatorToken(stage.kube.engine);
  const kubeconfig = join(folder, 'kubeconfig');
  const operatorKubeconfig = join(folder, 'operator.kubeconfig');
  await writeFile(kubeconfig, stage.kube.server.kubeconfig(), { mode: 0o600 });
  await writeFile(operatorKubeconfig, stage.kube.server.kubeconfig(operatorText), { mode: 0o600 });

  const operator = startOperator({
    kubeconfig: operatorKubeconfig,
    onLine: onChange,
    onDeath: (how) => progress.fail(new Error(`the operator ended ${how}`)),
  });
  cleanup.defer(() => operator.stop(STOP_GRACE_MS));
  const fleet = openFleet(PODS, {
    onMessage: witness.podMessage,
    onDeath: (pod) => progress.fail(new Error(`the process of ${pod} ended`)),
  });
  cleanup.defer(() => fleet.close());
  const standing = setInterval(() => timeline.standing(standingLine(witness)), STANDING_MS);
  cleanup.defer(() => clearInterval(standing));

  const startConsumers = () => {
    const reportsURL = operator.addresses()?.reports ?? '';
    for (const [index, pod] of pods.entries()) {
      const leaks = options.fault === 'leak-log' && index === 0;
      fleet.start(pod.name, configOf(pod, { stage, pace, reportsURL, leaks }));
    }
  };
  const isServing = () => operator.addresses() !== undefined;
  const stopConsumers = () => fleet.tell({ type: 'stop' });
  const problem = await tellStory({
    stage,
    witness,
    progress,
    timeline,
    pace,
    isServing,
    startConsumers,
    stopConsumers,
  })
    .then(() => undefined)
    .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (interrupted.aborted) return;
  if (problem !== undefined) {
    stopConsumers();
    await aftermath.until('the counts', () => witness.counts().length === PODS.length).catch(() => {});
  }

  const answers = await provoke(stage, operator.addresses(), pods[0]?.reportToken ?? '');
  if (!options.keep) await operator.stop(STOP_GRACE_MS);
  const secrets = secretsOf(stage, [...tokensOf(pods), { id: 'operator-token', text: operatorText }]);
  const outputs = [operatorLog(operator), ownOutput(), ...fleet.outputs(), ...answers, ...witness.outputs()];
  const { report, extras } = await inspect(stage, witness, { problem, outputs, secrets });
  const shownLog = operator
    .lines()
    .slice(-LOG_LINES_SHOWN)
    .map((line) => withoutSecrets(line, secrets));
  timeline.end();
  onOutcome({ report, extras, problem, operatorLog: shownLog, kubeconfig });
  if (!options.keep) return;
  fleet.tell({ type: 'resume' });
  if (!interrupted.aborted) await once(interrupted, 'abort');
  timeline.end();
}

function operatorLog(operator: OperatorProcess): Output {
  return { channel: 'log of the operator', text: operator.lines().join('\n') };
}

function standingLine(witness: Witness): string {
  const { calls, failed } = witness.totals();
  const { doing = '', consumers = '' } = witness.rotation() ?? {};
  const what = doing && ` | ${consumers && `${consumers} `}${doing}`;
  return `${calls.toLocaleString('en-US')} calls, ${failed} failed${what}`;
}

function schedule(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
